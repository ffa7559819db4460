package cluster_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/magnapp/magnapp/internal/freeport"
)

// engine is three NATS servers without ours, with one stream on all of them to which clients write. What it cannot do, nobody can who is built on it.
type engine struct {
	servers [size]*natsServer
	streams [size]jetstream.JetStream // through each
	writing sync.WaitGroup

	mu      sync.Mutex
	count   [size]int
	longest time.Duration
}

func startEngine(t *testing.T) *engine {
	t.Helper()
	e := &engine{}
	program := buildNATS(t)
	var links [size]string
	for i := range size {
		links[i] = freeport.For(t)
	}
	for i := range size {
		dir := t.TempDir()
		e.servers[i] = &natsServer{program: program, config: filepath.Join(dir, "nats.conf"), address: freeport.For(t)}
		text := fmt.Sprintf("server_name: node%d\nlisten: %q\njetstream { store_dir: %q }\ncluster { name: alone, listen: %q, routes: [nats-route://%s] }\n",
			i, e.servers[i].address, filepath.Join(dir, "store"), links[i], strings.Join(links[:], ",nats-route://"))
		if err := os.WriteFile(e.servers[i].config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e.servers[i].start(t)
		t.Cleanup(e.servers[i].kill)
		nc, err := nats.Connect("nats://"+e.servers[i].address, nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.IgnoreDiscoveredServers())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		if e.streams[i], err = jetstream.New(nc); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the stream is made", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := e.streams[0].CreateStream(ctx, jetstream.StreamConfig{Name: "ALONE", Subjects: []string{"alone.*"}, Replicas: size})
		return err == nil
	})
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() { stop(); e.writing.Wait() })
	for i := range size {
		e.writing.Go(func() { e.write(ctx, i) })
	}
	return e
}

// write stores as people do who use our nodes: one after another, through one server after another.
func (e *engine) write(ctx context.Context, who int) {
	for n := who; ctx.Err() == nil; n++ {
		began := time.Now()
		for try := n; ctx.Err() == nil; try++ {
			limited, cancel := context.WithTimeout(ctx, time.Second)
			_, err := e.streams[try%size].Publish(limited, fmt.Sprint("alone.", who), []byte("x"), jetstream.WithRetryAttempts(0))
			cancel()
			if err == nil {
				break
			}
			<-time.After(rest)
		}
		e.mu.Lock()
		e.count[who]++
		e.longest = max(e.longest, time.Since(began))
		e.mu.Unlock()
		<-time.After(rest)
	}
}

func (e *engine) counts() [size]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

// after waits until writing works, and says how long the longest write has taken since the last call.
func (e *engine) after(t *testing.T) time.Duration {
	t.Helper()
	before := e.counts()
	eventually(t, "the engine stores", func() bool {
		for i, now := range e.counts() {
			if now < before[i]+3 {
				return false
			}
		}
		return true
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.longest
	e.longest = 0
	return was
}

// info is what one of the servers says of the stream.
func (e *engine) info() *jetstream.StreamInfo {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for _, js := range e.streams {
		if s, err := js.Stream(ctx, "ALONE"); err == nil && s.CachedInfo().Cluster != nil {
			return s.CachedInfo()
		}
	}
	return nil
}

// killLeader kills the leader, starts it again, and says how long the longest write has taken.
func (e *engine) killLeader(t *testing.T) time.Duration {
	t.Helper()
	leader := -1
	eventually(t, "the engine has a leader", func() bool {
		info := e.info()
		if info == nil || info.Cluster.Leader == "" {
			return false
		}
		_, err := fmt.Sscanf(info.Cluster.Leader, "node%d", &leader)
		return err == nil
	})
	e.after(t)
	e.servers[leader].kill()
	took := e.after(t)
	e.servers[leader].start(t)
	eventually(t, "all of the engine has everything", func() bool {
		info := e.info()
		if info == nil {
			return false
		}
		for _, r := range info.Cluster.Replicas {
			if !r.Current || r.Offline {
				return false
			}
		}
		return len(info.Cluster.Replicas) == size-1
	})
	e.after(t)
	return took
}
