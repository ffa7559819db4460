//go:build !windows

package eventlog

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/freeport"
)

// The benchmarks that docs/scaling.md reckons with.

// BenchmarkAppendAmongSessions appends to one session after another of very many
// that the log has, and says what memory each of them takes.
func BenchmarkAppendAmongSessions(b *testing.B) {
	for _, sessions := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(sessions), func(b *testing.B) {
			l := open(b, Config{Dir: b.TempDir(), Sync: time.Second})
			before := heap()
			last := fillEach(b, []*Log{l}, sessions)
			memory := heap() - before
			next := 0
			measure(b, func() {
				for b.Loop() {
					next = (next + 7919) % sessions // a prime, so that neighbours are no neighbours in a file
					last[next] = appendOne(b, l, fmt.Sprint("s", next), last[next])
				}
			})
			b.ReportMetric(float64(memory)/float64(sessions), "B/session")
		})
	}
}

// BenchmarkClusterAppend appends through all nodes of three, which share this
// process's processors, by so many writers with a session each.
func BenchmarkClusterAppend(b *testing.B) {
	for _, writers := range []int{2, 32} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			nodes := benchCluster(b)
			var session atomic.Int64
			b.SetParallelism(max(1, writers/runtime.GOMAXPROCS(0)))
			b.ResetTimer()
			measure(b, func() {
				b.RunParallel(func(pb *testing.PB) {
					n := session.Add(1)
					var after uint64
					for pb.Next() {
						seq, err := nodes[n%3].Append(context.Background(), fmt.Sprint("s", n), after, benchData)
						if err != nil {
							b.Error(err)
							return
						}
						after = seq
					}
				})
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
		})
	}
}

// benchCluster opens the logs of three nodes.
func benchCluster(b *testing.B) (nodes [3]*Log) {
	b.Helper()
	var addresses []string
	for range nodes {
		addresses = append(addresses, freeport.For(b))
	}
	together(len(nodes), func(i int) (err error) {
		nodes[i], err = Open(context.Background(), logTo(Config{
			Dir: b.TempDir(), Sync: time.Second, Cluster: &Cluster{Name: "bench", Listen: addresses[i], Peers: addresses, Secret: "secret"},
		}, &logText{}))
		return err
	})
	for _, l := range nodes {
		if l == nil {
			b.Fatal("a node did not start")
		}
		b.Cleanup(func() { _ = l.Close() })
	}
	return nodes
}

// fillEach stores two entries for each of so many sessions.
func fillEach(b *testing.B, nodes []*Log, sessions int) (last []uint64) {
	b.Helper()
	const writers = 64
	last = make([]uint64, sessions)
	together(writers, func(w int) error {
		for s := w; s < sessions; s += writers {
			for range 2 {
				seq, err := nodes[s%len(nodes)].Append(context.Background(), fmt.Sprint("s", s), last[s], benchData)
				if err != nil {
					b.Error(err)
					return err
				}
				last[s] = seq
			}
		}
		return nil
	})
	return last
}

// heap is how many bytes are in use.
func heap() int64 {
	debug.FreeOSMemory() // which collects first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
