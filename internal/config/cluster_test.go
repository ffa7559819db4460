package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/config"
)

const secret = "hunter2-hunter2-hunter2"

// node is the environment of one node of three, with changes; an empty value takes a setting out.
func node(changes ...string) []string {
	env := map[string]string{
		"CLUSTER_NAME": "blue", "CLUSTER_LISTEN": "127.0.0.1:6222", "CLUSTER_SECRET": secret,
		"CLUSTER_PEERS": "127.0.0.1:6222,127.0.0.2:6222, 127.0.0.3:6222,127.0.0.2:6222",
	}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		env[name] = value
	}
	var all []string
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	return all
}

func TestClusterIsRead(t *testing.T) {
	here := []string{"127.0.0.1:6222", "127.0.0.2:6222", "127.0.0.3:6222"}
	far := []string{"10.0.0.1:6222", "b.example:6222", "[2001:db8::3]:6222"}
	file := filepath.Join(t.TempDir(), "secret")
	write(t, file, secret+"\n")
	tests := map[string]struct {
		change []string
		want   config.Cluster
	}{
		"on one machine":       {nil, config.Cluster{Name: "blue", Listen: here[0], Peers: here, Secret: secret}},
		"the others only":      {[]string{"CLUSTER_PEERS=127.0.0.2:6222,127.0.0.3:6222"}, config.Cluster{Name: "blue", Listen: here[0], Peers: here[1:], Secret: secret}},
		"the oddest name":      {[]string{"CLUSTER_NAME=azAZ09-_"}, config.Cluster{Name: "azAZ09-_", Listen: here[0], Peers: here, Secret: secret}},
		"the shortest secret":  {[]string{"CLUSTER_SECRET=" + secret[:16]}, config.Cluster{Name: "blue", Listen: here[0], Peers: here, Secret: secret[:16]}},
		"by a name":            {[]string{"CLUSTER_LISTEN=localhost:6222"}, config.Cluster{Name: "blue", Listen: "localhost:6222", Peers: here, Secret: secret}},
		"secret in a file":     {[]string{"CLUSTER_SECRET=", "CLUSTER_SECRET_FILE=" + file}, config.Cluster{Name: "blue", Listen: here[0], Peers: here, Secret: secret}},
		"a network one trusts": {[]string{"CLUSTER_LISTEN=:6222", "CLUSTER_PEERS=" + strings.Join(far, ","), "CLUSTER_INSECURE=true"}, config.Cluster{Name: "blue", Listen: ":6222", Peers: far, Secret: secret, Insecure: true}},
		"by TLS": {
			[]string{"CLUSTER_LISTEN=:6222", "CLUSTER_PEERS=" + strings.Join(far, ","), "CLUSTER_CERT=c", "CLUSTER_KEY=k", "CLUSTER_CA=a"},
			config.Cluster{Name: "blue", Listen: ":6222", Peers: far, Secret: secret, Cert: "c", Key: "k", CA: "a"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, node(test.change...), "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got.Cluster); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if said := fmt.Sprint(got.Cluster); strings.Contains(said, secret) {
				t.Errorf("%s has the secret in it", said)
			}
		})
	}
}

func TestClusterThatCannotWorkIsRefused(t *testing.T) {
	tests := map[string]struct{ change, says string }{
		"no name":             {"CLUSTER_NAME=", "CLUSTER_LISTEN: needs CLUSTER_NAME beside it"},
		"nowhere to listen":   {"CLUSTER_LISTEN=", "CLUSTER_NAME: needs CLUSTER_LISTEN beside it"},
		"no peers":            {"CLUSTER_PEERS=", "CLUSTER_NAME: needs CLUSTER_PEERS beside it"},
		"no secret":           {"CLUSTER_SECRET=", "CLUSTER_SECRET: needs a secret of 16 characters"},
		"two secrets":         {"CLUSTER_SECRET_FILE=x", "CLUSTER_SECRET_FILE: cannot be set beside CLUSTER_SECRET"},
		"two nodes":           {"CLUSTER_PEERS=127.0.0.1:6222,127.0.0.2:6222", "CLUSTER_PEERS: names 2 of the nodes; a cluster has at least 3"},
		"two nodes, anywhere": {"CLUSTER_LISTEN=0.0.0.0:6222 CLUSTER_INSECURE=true CLUSTER_PEERS=10.0.0.1:6222,10.0.0.2:6222", "CLUSTER_PEERS: names 2"},
		"no TLS":              {"CLUSTER_LISTEN=0.0.0.0:6222", "CLUSTER_LISTEN: links to other machines need CLUSTER_CERT"},
		"a peer without TLS":  {"CLUSTER_PEERS=127.0.0.2:6222,10.0.0.3:6222", "(10.0.0.3:6222 is not on this one)"},
		"a certificate only":  {"CLUSTER_CERT=c", "CLUSTER_CERT: CLUSTER_KEY and CLUSTER_CA go together"},
		"a key only":          {"CLUSTER_KEY=k", "CLUSTER_CERT: CLUSTER_KEY and CLUSTER_CA go together"},
		"an authority only":   {"CLUSTER_CA=a", "CLUSTER_CERT: CLUSTER_KEY and CLUSTER_CA go together"},
		"no authority":        {"CLUSTER_CERT=c CLUSTER_KEY=k CLUSTER_INSECURE=true", "CLUSTER_CERT: CLUSTER_KEY and CLUSTER_CA go together"},
		"no key":              {"CLUSTER_CERT=c CLUSTER_CA=a", "CLUSTER_CERT: CLUSTER_KEY and CLUSTER_CA go together"},
		"a lost secret":       {"CLUSTER_SECRET= CLUSTER_SECRET_FILE=/nowhere/secret", "CLUSTER_SECRET_FILE: cannot be read"},
		"a short secret":      {"CLUSTER_SECRET=hunter2-hunter2", "CLUSTER_SECRET: needs a secret of 16 characters"},
		"an odd name":         {"CLUSTER_NAME=blue.green", "is not a word of up to"},
		"no folder":           {"DATA_DIR=memory", "needs a folder as DATA_DIR"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, node(strings.Fields(test.change)...), "")
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %s", err, test.says)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%v has the secret in it", err)
			}
		})
	}
}

func TestNATSIsRead(t *testing.T) {
	got, err := load(t, []string{"NATS_URL=nats://a:4222, tls://me:hunter2@b.example:4222", "NATS_CREDENTIALS=a.creds", "NATS_CA=ca.pem"}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := &config.NATS{URLs: []string{"nats://a:4222", "tls://me:hunter2@b.example:4222"}, Credentials: "a.creds", CA: "ca.pem"}
	if diff := cmp.Diff(want, got.NATS); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, beside := range [][]string{node(), {"DATA_DIR=memory"}} {
		if _, err := load(t, append(beside, "NATS_URL=nats://a:4222"), ""); err == nil || !strings.Contains(err.Error(), "NATS_URL: ") {
			t.Errorf("beside %s: %v", beside[0], err)
		}
	}
}
