package cluster_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// names are the metrics that a text names, without what Prometheus adds to those of a histogram.
func names(text string) (all []string) {
	for _, name := range regexp.MustCompile(`magnapp_[a-z0-9_]+`).FindAllString(text, -1) {
		all = append(all, strings.TrimSuffix(name, "_bucket"))
	}
	return all
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// deployFits checks that what is named in the files of deploy is there in a node.
func (n *node) deployFits(t *testing.T) {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	raw := readFile(t, "../../deploy/grafana/magnapp.json")
	if err := json.Unmarshal([]byte(raw), &dashboard); err != nil {
		t.Fatal(err)
	}
	expressions := 0
	for _, p := range dashboard.Panels {
		expressions += len(p.Targets)
	}
	if expressions < 20 {
		t.Errorf("the dashboard shows %d things", expressions)
	}
	metrics := n.must(t, "GET /metrics", "", "").raw
	for file, text := range map[string]string{
		"the dashboard": raw, "the alerts": readFile(t, "../../deploy/prometheus/alerts.yaml"), "docs/scaling.md": readFile(t, "../../docs/scaling.md"),
	} {
		named := names(text)
		if len(named) < 10 {
			t.Errorf("%s names %v", file, named)
		}
		for _, name := range named {
			if !strings.Contains(metrics, "\n# TYPE "+name+" ") {
				t.Errorf("%s names %s, which there is not", file, name)
			}
		}
	}
	probes := regexp.MustCompile(`(?:path: |httpchk GET )(/\w+)`).FindAllStringSubmatch(
		readFile(t, "../../deploy/kubernetes/statefulset.yaml")+readFile(t, "../../deploy/proxies/haproxy-cluster.cfg"), -1)
	if len(probes) != 5 {
		t.Errorf("probes: %v", probes)
	}
	for _, probe := range probes {
		n.must(t, "GET "+probe[1], "", "")
	}
}

// freePrefix is the beginning of three ports that end in 1, 2 and 3, at which nobody listens.
func freePrefix(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := freeport.For(t)
		prefix := address[strings.LastIndexByte(address, ':')+1 : len(address)-1]
		free := true
		for last := 1; last <= 3 && free; last++ {
			l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", prefix, last))
			if free = err == nil; free {
				_ = l.Close()
			}
		}
		if free {
			return prefix
		}
	}
	t.Fatal("no free ports")
	return ""
}

// TestCommandsOfTheDocumentStartThreeNodes runs what docs/scaling.md says, at other ports.
func TestCommandsOfTheDocumentStartThreeNodes(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```sh\n(export CLUSTER_NAME=.*?)```").FindStringSubmatch(readFile(t, "../../docs/scaling.md"))
	if block == nil {
		t.Fatal("docs/scaling.md has no commands that begin with export CLUSTER_NAME=")
	}
	ports, links := freePrefix(t), freePrefix(t)
	commands := strings.NewReplacer("PORT=800", "PORT="+ports, ":622", ":"+links, "magnapp &", `magnapp & pids="$pids $!"`).Replace(block[1])
	if !strings.Contains(commands, "PORT="+ports+"$n") || !strings.Contains(commands, "pids") {
		t.Fatalf("the commands have changed:\n%s", commands)
	}
	sh := exec.Command("sh", "-c", "trap 'kill $pids; wait; exit 0' TERM\n"+commands)
	sh.Dir = t.TempDir()
	sh.Env = append(os.Environ(), "HOST=127.0.0.1", "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	var said built.Output
	sh.Stdout, sh.Stderr = &said, &said
	if err := sh.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sh.Process.Signal(syscall.SIGTERM)
		_ = sh.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	c := &cluster{}
	for i := range size {
		c.nodes[i] = &node{url: fmt.Sprint("http://127.0.0.1:", ports, i+1)}
	}
	for _, n := range c.nodes {
		n.awaitReady(t)
	}
	master := c.nodes[0].create(t)
	for _, n := range c.nodes[1:] {
		n.must(t, "GET /api/sessions/"+master.session, "", master.token)
		n.deployFits(t)
	}
}

// TestMeetingThroughTheProxyGoesOnWithoutANode holds a meeting through HAProxy as deploy has it, while a node is killed.
func TestMeetingThroughTheProxyGoesOnWithoutANode(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := startHAProxy(t, c)
	through := &node{url: url, server: c.nodes[0].server} // which stands for a server that runs
	behind := &cluster{nodes: [size]*node{through, through, through}}
	through.awaitReady(t)
	master := through.create(t)
	stream := behind.listen(t, master, 0)
	for i, n := range c.nodes {
		heard := len(stream.heard())
		n.kill()
		if a, took, err := behind.persist(0, master.as("extend"), "", master.token); err != nil || a.status != http.StatusOK {
			t.Fatalf("without node %d: %d %s %v after %v", i, a.status, a.raw, err, took)
		}
		eventually(t, "what was changed meanwhile is heard", func() bool { return len(stream.heard()) > heard })
		n.start(t)
		n.awaitReady(t)
	}
	behind.finish(t, master, stream)
	sameEvents(t, "the stream", stream.heard(), stream.heard())
}
