package eventlog

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCluster_settings_that_cannot_work_are_refused(t *testing.T) {
	t.Parallel()
	good := Cluster{Name: "c", Listen: "127.0.0.1:1", Peers: []string{"127.0.0.1:2", "127.0.0.1:3"}, Secret: "s"}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Cluster)
		want   string
	}{
		"no name":         {func(c *Cluster) { c.Name = "" }, "one word"},
		"no secret":       {func(c *Cluster) { c.Secret = "" }, "secret is missing"},
		"no port":         {func(c *Cluster) { c.Listen = "127.0.0.1" }, "not host:port"},
		"two nodes":       {func(c *Cluster) { c.Peers = c.Peers[:1] }, "at least 3"},
		"one node twice":  {func(c *Cluster) { c.Peers[1] = c.Peers[0] }, "at least 3"},
		"this node again": {func(c *Cluster) { c.Peers[1] = c.Listen }, "at least 3"},
		"any address":     {func(c *Cluster) { c.Listen, c.Insecure = ":1", true }, "at least 3"},
		"beyond loopback": {func(c *Cluster) { c.Peers[0] = "192.0.2.1:1" }, "not encrypted"},
		"by name":         {func(c *Cluster) { c.Peers[0] = "other:1" }, "not encrypted"},
		"no such file":    {func(c *Cluster) { c.Cert, c.Key, c.CA = "a", "b", "c" }, "cluster certificate"},
		"half of TLS":     {func(c *Cluster) { c.Cert = "cert.pem" }, "all three files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := good
			bad.Peers = append([]string(nil), good.Peers...)
			test.change(&bad)
			l, err := Open(t.Context(), Config{Dir: t.TempDir(), Cluster: &bad})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v, want %q", l, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %v", err)
			}
		})
	}
	insecure := good
	insecure.Listen, insecure.Peers, insecure.Insecure = "192.0.2.1:1", []string{"192.0.2.2:1", "192.0.2.3:1"}, true
	if err := insecure.check(); err != nil {
		t.Errorf("allowed as insecure: %v", err)
	}
}

// wantSaidOnce starts the third node when the others run, and wants a line from
// one of them or from it, once.
func (c *testCluster) wantSaidOnce(t *testing.T, line string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.nodes[2].openWithin(ctx) }()
	eventually(t, "line "+line, func() bool {
		for _, n := range c.nodes {
			if strings.Contains(n.said.String(), line) {
				return true
			}
		}
		return false
	})
	wait(t.Context(), 2*time.Second) // links are tried again each second
	cancel()
	if err := <-done; err == nil {
		t.Error("the node has started")
	}
	for i, n := range c.nodes {
		if got := strings.Count(n.said.String(), line); got > 1 {
			t.Errorf("node %d said it %d times", i, got)
		}
	}
}

func TestNode_that_does_not_belong_to_the_others_is_refused_in_one_line(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for _, test := range []struct {
		name, line string
		change     func(*Cluster)
	}{
		{"secret", wrongSecret, func(c *Cluster) { c.Secret = "another" }},
		{"cluster", otherCluster, func(c *Cluster) { c.Name = "another" }},
	} {
		c.nodes[2].close()
		good := c.nodes[2].cfg
		bad := *good.Cluster
		test.change(&bad)
		c.nodes[2].cfg.Cluster, c.nodes[2].cfg.Dir = &bad, t.TempDir()
		c.wantSaidOnce(t, test.line)
		c.nodes[2].cfg = good
	}

	copied := t.TempDir()
	must(t, os.CopyFS(copied, os.DirFS(c.nodes[0].cfg.Dir)))
	c.nodes[2].cfg.Dir = copied
	err := c.tryStart(2)[0]
	if err == nil || !strings.Contains(err.Error(), "is a copy of that node's") {
		t.Errorf("started with a copy: %v", err)
	}
	appendAgain(t, c.nodes[0].log, "a", 0, "goes on")
}

func TestNode_without_the_certificate_gets_no_link(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	ours, theirs := newCA(t), newCA(t)
	for i, n := range c.nodes {
		from := ours
		if i == 2 {
			from = theirs
		}
		n.cfg.Cluster.Cert, n.cfg.Cluster.Key = from.issue(t)
		n.cfg.Cluster.CA = from.file
	}
	// Two of three form no new cluster, but say whom they refuse.
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	for _, n := range c.nodes[:2] {
		go func() { done <- n.openWithin(ctx) }()
	}
	const line = "certificate of one is not what the other expects"
	c.wantSaidOnce(t, line)
	cancel()
	for range 2 {
		if err := <-done; err == nil {
			t.Error("a node has started")
		}
	}
	c.nodes[2].cfg.Cluster.Cert, c.nodes[2].cfg.Cluster.Key = ours.issue(t)
	c.nodes[2].cfg.Cluster.CA = ours.file
	c.start(0, 1, 2)
	appendAgain(t, c.nodes[2].log, "a", 0, "by TLS")
}

// ca issues certificates for loopback.
type ca struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newCA(t *testing.T) *ca {
	t.Helper()
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	cert, key := certify(t, template, nil)
	return &ca{cert: cert, key: key, file: writePEM(t, "CERTIFICATE", cert.Raw)}
}

func (a *ca) issue(t *testing.T) (cert, key string) {
	t.Helper()
	made, private := certify(t, &x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a)
	raw, err := x509.MarshalECPrivateKey(private)
	must(t, err)
	return writePEM(t, "CERTIFICATE", made.Raw), writePEM(t, "EC PRIVATE KEY", raw)
}

func certify(t *testing.T, template *x509.Certificate, by *ca) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62))
	must(t, err)
	template.Subject = pkix.Name{CommonName: "test " + template.SerialNumber.String()}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	must(t, err)
	cert, err := x509.ParseCertificate(raw)
	must(t, err)
	return cert, key
}

func writePEM(t *testing.T, kind string, raw []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600))
	return path
}
