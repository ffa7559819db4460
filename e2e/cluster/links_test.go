package cluster_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// certificates makes those of three nodes with the commands of docs/scaling.md, for this machine instead of the names there.
func certificates(t *testing.T) (dir string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(NAMES=.*?)```").FindStringSubmatch(string(text))
	if block == nil {
		t.Fatal("docs/scaling.md has no commands that begin with NAMES=")
	}
	commands := regexp.MustCompile(`NAMES=.*`).ReplaceAllString(block[1], "NAMES=IP:127.0.0.1")
	dir = t.TempDir()
	sh := exec.Command("sh", "-e", "-c", commands)
	sh.Dir = dir
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("the commands of docs/scaling.md: %v\n%s", err, out)
	}
	return dir
}

// linksFrom are the settings for links by TLS; {node} is a, b or c.
func linksFrom(dir string) []string {
	return []string{"CLUSTER_CA=" + filepath.Join(dir, "ca.pem"), "CLUSTER_CERT=" + filepath.Join(dir, "{node}.pem"), "CLUSTER_KEY=" + filepath.Join(dir, "{node}.key")}
}

// stranger starts a node that is not to get in, and waits until it says why, and one of the others does as well.
func (c *cluster) stranger(t *testing.T, says string, settings ...string) {
	t.Helper()
	var peers []string
	for _, n := range c.nodes {
		peers = append(peers, n.setting("CLUSTER_LISTEN"))
	}
	address, links := freeport.For(t), freeport.For(t)
	cmd := exec.Command(program)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{
		"HOST=127.0.0.1", "PORT=" + address[strings.LastIndexByte(address, ':')+1:], "DATA_DIR=" + filepath.Join(cmd.Dir, "data"),
		"CLUSTER_NAME=test", "CLUSTER_LISTEN=" + links, "CLUSTER_PEERS=" + strings.Join(peers, ",") + "," + links, "CLUSTER_SECRET=a-secret-of-the-tests",
	}, settings...)
	var said built.Output
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }() // it waits for the others for minutes
	eventually(t, "a line that says "+says, func() bool { return strings.Contains(said.String(), says) })
	eventually(t, "another node says so too", func() bool {
		for _, n := range c.nodes {
			if strings.Contains(n.said(), says) {
				return true
			}
		}
		return false
	})
	if resp, err := (&http.Client{Timeout: client.Timeout / 16}).Get("http://" + address + "/readyz"); err == nil {
		_ = resp.Body.Close()
		t.Errorf("it answers: %d", resp.StatusCode)
	}
	for who, text := range map[string]string{"the stranger": said.String(), "a node": c.nodes[0].said()} {
		if n := strings.Count(text, says); n > 3 { // once a minute
			t.Errorf("%s says it %d times:\n%s", who, n, text)
		}
	}
}

// setting is the value of a setting of the node's.
func (n *node) setting(name string) string {
	for _, s := range n.settings {
		if value, is := strings.CutPrefix(s, name+"="); is {
			return value
		}
	}
	return ""
}

func TestNodesLinkedByTLSLetNobodyElseIn(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("there is no openssl")
	}
	dir := certificates(t)
	c := startCluster(t, linksFrom(dir)...)
	master := c.nodes[0].create(t)
	stream := c.listen(t, master, 1)
	c.nodes[2].must(t, master.as("start"), `{"topic":"Over TLS"}`, master.token)
	eventually(t, "the start is heard", func() bool { return strings.Contains(fmt.Sprint(stream.heard()), "Over TLS") })

	settings := linksFrom(dir)
	for i := range settings {
		settings[i] = strings.ReplaceAll(settings[i], "{node}", "a")
	}
	c.stranger(t, "their cluster secrets differ", append(settings, "CLUSTER_SECRET=another-secret-of-the-tests")...)
	settings = linksFrom(certificates(t))
	for i := range settings {
		settings[i] = strings.ReplaceAll(settings[i], "{node}", "a")
	}
	c.stranger(t, "the certificate of one is not what the other expects", settings...)
	for _, n := range c.nodes {
		n.must(t, "GET /readyz", "", "")
		if figure(t, n, "magnapp_cluster_nodes") > 3 {
			t.Error("the nodes count a stranger")
		}
		eventually(t, "a node counts all three", func() bool { return figure(t, n, "magnapp_cluster_nodes") == 3 })
	}
	c.finish(t, master, stream)
}
