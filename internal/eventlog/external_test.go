package eventlog

import (
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/magnapp/magnapp/internal/freeport"
)

// natsServer is a NATS server as others run it.
type natsServer struct {
	options server.Options
	srv     *server.Server
}

func (n *natsServer) start(t *testing.T) {
	t.Helper()
	options := n.options
	srv, err := server.NewServer(&options)
	if err != nil {
		t.Fatal(err)
	}
	n.srv = srv
	srv.Start()
	if !srv.ReadyForConnections(testPatience) {
		t.Fatal("NATS server is not ready")
	}
	t.Cleanup(n.stop)
}

func (n *natsServer) stop() {
	n.srv.Shutdown()
	n.srv.WaitForShutdown()
}

func newNATSServer(t *testing.T, name string) *natsServer {
	t.Helper()
	host, port, err := net.SplitHostPort(freeport.For(t))
	must(t, err)
	number, err := strconv.Atoi(port)
	must(t, err)
	return &natsServer{options: server.Options{
		ServerName: name, Host: host, Port: number, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: t.TempDir(), JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 1 << 20,
		Username: "user", Password: "password", MaxPayload: maxPayload,
	}}
}

func (n *natsServer) url() string {
	return "nats://user:password@" + net.JoinHostPort(n.options.Host, strconv.Itoa(n.options.Port))
}

// startNATSCluster starts three servers.
func startNATSCluster(t *testing.T) (urls []string) {
	t.Helper()
	var servers [3]*natsServer
	var routes []*url.URL
	for i := range servers {
		n := newNATSServer(t, "nats"+strconv.Itoa(i))
		host, port, err := net.SplitHostPort(freeport.For(t))
		must(t, err)
		number, err := strconv.Atoi(port)
		must(t, err)
		n.options.Cluster = server.ClusterOpts{Name: "theirs", Host: host, Port: number}
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: net.JoinHostPort(host, port)})
		servers[i], urls = n, append(urls, n.url())
	}
	var starting sync.WaitGroup
	for _, n := range servers {
		n.options.Routes = routes
		starting.Go(func() { n.start(t) })
	}
	starting.Wait()
	return urls
}

func openAt(t *testing.T, said *logText, urls ...string) *Log {
	t.Helper()
	return open(t, logTo(Config{Dir: t.TempDir(), MaxSessions: 2, NATS: &NATS{URLs: urls}}, said))
}

func TestNodes_share_a_log_that_another_NATS_keeps(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) []string{
		"one server": func(t *testing.T) []string {
			n := newNATSServer(t, "theirs")
			n.start(t)
			return []string{n.url()}
		},
		"three servers": startNATSCluster,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := &logText{}
			urls := start(t)
			a, b := openAt(t, said, urls...), openAt(t, said, urls...)
			if a.Sharing().Node() == b.Sharing().Node() {
				t.Error("both nodes have one name")
			}
			last := shareEntries(t, a, b)
			shareSlots(t, a, b)
			eventually(t, "forgetting", func() bool { return b.Forget(t.Context(), "s", last) == nil })
			eventually(t, "the mark", func() bool {
				left, err := a.Load(t.Context(), "s", 0)
				return err == nil && len(left) == 1 && IsGone(left[0])
			})
		})
	}
}

// shareEntries stores two entries of session s, one through each node, and returns the last.
func shareEntries(t *testing.T, a, b *Log) (last uint64) {
	t.Helper()
	first := appendAgain(t, a, "s", 0, "one")
	last = appendAgain(t, b, "s", first, "two")
	var conflict *ConflictError
	eventually(t, "a conflict", func() bool {
		_, err := a.Append(t.Context(), "s", first, []byte("late"))
		if err == nil {
			t.Fatal("appended on an old sequence")
		}
		return errors.As(err, &conflict)
	})
	if conflict.Last != last {
		t.Errorf("append on an old sequence: a conflict with %d, want %d", conflict.Last, last)
	}
	eventually(t, "both entries", func() bool { return loaded(a, "s") == 2 })
	return last
}

// shareSlots takes both slots through one node, and gives one back through the other.
func shareSlots(t *testing.T, a, b *Log) {
	t.Helper()
	for _, session := range []string{"s", "other"} {
		eventually(t, "a slot", func() bool { return a.Reserve(t.Context(), session) == nil })
	}
	eventually(t, "no slot for a third session", func() bool {
		err := b.Reserve(t.Context(), "third")
		if err == nil {
			t.Fatal("a third session has a slot")
		}
		return errors.Is(err, ErrNoSlot)
	})
	eventually(t, "a slot less", func() bool { return b.Release(t.Context(), "other") == nil })
}

func TestNode_waits_for_another_NATS_and_says_so(t *testing.T) {
	t.Parallel()
	n := newNATSServer(t, "theirs")
	said := &logText{}
	opened := make(chan *Log, 1)
	cfg := logTo(Config{Dir: t.TempDir(), NATS: &NATS{URLs: []string{n.url()}}}, said)
	go func() {
		l, err := Open(t.Context(), cfg)
		if err != nil {
			t.Error(err)
		}
		opened <- l
	}()
	eventually(t, "a line", func() bool { return strings.Contains(said.String(), "waiting for NATS") })
	n.start(t)
	l := <-opened
	if l == nil {
		t.Fatal("not opened")
	}
	t.Cleanup(func() { _ = l.Close() })
	seq := appendAgain(t, l, "s", 0, "one")

	n.stop()
	eventually(t, "cut", l.Sharing().Cut)
	refusedAtOnce(t, "append", func() error {
		_, err := l.Append(t.Context(), "s", seq, []byte("two"))
		return err
	})
	if err := l.Ready(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ready: %v", err)
	}
	n.start(t)
	appendAgain(t, l, "s", seq, "two")
	node := l.Sharing().Node()

	copied := cfg
	copied.Dir = t.TempDir()
	must(t, os.CopyFS(copied.Dir, os.DirFS(cfg.Dir)))
	eventually(t, "a refusal of the copy", func() bool {
		l, err := Open(t.Context(), copied)
		if err == nil { // the node that is there had no time to say so
			must(t, l.Close())
			return false
		}
		if !strings.Contains(err.Error(), "is a copy of that node's") {
			t.Fatal(err)
		}
		return true
	})
	must(t, l.Close())
	if l := open(t, cfg); l.Sharing().Node() != node {
		t.Errorf("the node is %s, and was %s before", l.Sharing().Node(), node)
	}
}

// A NATS whose stream is gone stands for nodes that answer and agree on no leader.
func TestNode_that_hears_others_and_stores_nothing_for_long_counts_as_cut_off(t *testing.T) {
	t.Parallel()
	n := newNATSServer(t, "theirs")
	n.start(t)
	l := open(t, Config{Dir: t.TempDir(), NATS: &NATS{URLs: []string{n.url()}}})
	l.sharing.mu.Lock()
	l.sharing.may = 10 * time.Millisecond
	l.sharing.mu.Unlock()
	appendAgain(t, l, "s", 0, "one")
	changes := make(chan bool, 100)
	l.Sharing().Changes(func() { changes <- l.Sharing().Cut() })

	kept := l.sessions.CachedInfo().Config
	must(t, l.js.DeleteStream(t.Context(), sessionsStream))
	if !<-changes {
		t.Error("not cut off")
	}
	if err := l.Ready(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ready: %v", err)
	}
	if l.conn.cut() {
		t.Error("the connection is taken for lost")
	}

	_, err := l.js.CreateStream(t.Context(), kept)
	must(t, err)
	if <-changes {
		t.Error("still cut off")
	}
	eventually(t, "ready", func() bool { return l.Ready() == nil })
}
