package bare

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/freeport"
	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

func TestThreeNodesKeepWhatIsAppendedThroughAnyOfThem(t *testing.T) {
	var all []Node
	free, err := freeport.Addresses(9)
	if err != nil {
		t.Fatal(err)
	}
	links := free[:3]
	for i := range links {
		all = append(all, Node{Name: strconv.Itoa(i), Dir: t.TempDir(), Listen: free[3+i], Links: links[i], Health: free[6+i]})
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	for i := range all {
		all[i].Peers = links
		go func() { ended <- Serve(ctx, all[i]) }()
	}
	defer func() {
		stop()
		for range all {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}()
	last := uint64(0)
	for i, n := range all {
		awaitReady(t, n)
		c, err := Dial(n.Listen)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if err := c.CreateStream(t.Context()); err != nil {
			t.Fatal(err)
		}
		leader, err := c.Leader(t.Context())
		if n, convErr := strconv.Atoi(leader); err != nil || convErr != nil || n > 2 {
			t.Fatalf("the leader is %q, %v", leader, err)
		}
		if last, err = c.Append(t.Context(), "s", last, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Append(t.Context(), "s", last+1, nil); err == nil {
			t.Error("appended after what is not there")
		}
	}
	for _, n := range all { // a server that is stopped while it makes its copy leaves goroutines behind (v2.15.2)
		awaitReady(t, n)
	}
	if last != 3 {
		t.Errorf("the last of three messages has sequence %d", last)
	}
}

// awaitReady waits until a node takes part.
func awaitReady(t *testing.T, n Node) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for limit := time.After(time.Minute); ; {
		if w, err := client.Get("http://" + n.Health + "/readyz"); err == nil {
			w.Body.Close()
			if w.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("node %s takes no part within a minute", n.Name)
		}
	}
}

func TestAnAddressThatIsInUseIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	free, err := freeport.Addresses(2)
	if err != nil {
		t.Fatal(err)
	}
	n := Node{Name: "0", Dir: t.TempDir(), Listen: free[0], Links: free[1], Health: l.Addr().String()}
	if err := Serve(t.Context(), n); err == nil {
		t.Error("a node serves where another program does")
	}
	if n.Links = "nowhere"; Serve(t.Context(), n) == nil {
		t.Error("a node serves nowhere")
	}
}
