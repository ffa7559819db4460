package eventlog

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// benchConfig is the default of the program; BENCH_SYNC=always and
// BENCH_DIR=memory measure the others.
func benchConfig(b *testing.B) Config {
	cfg := Config{Dir: b.TempDir(), Sync: time.Second}
	if os.Getenv("BENCH_SYNC") == "always" {
		cfg.Sync = 0
	}
	if os.Getenv("BENCH_DIR") == "memory" {
		cfg.Dir = ""
	}
	return cfg
}

// An event of the size of a vote's.
var benchData = []byte(`{"command":"5b0d9f0e-6a52-4f0e-9d0c-0a8d0f6f7d11","at":"2026-01-01T00:00:00.000Z","events":[{"type":"vote_cast","user":"0a8d0f6f-7d11-4f0e-9d0c-5b0d9f0e6a52","value":"13"}]}`)

func BenchmarkAppend(b *testing.B) {
	l := open(b, benchConfig(b))
	var after uint64
	measure(b, func() {
		for b.Loop() {
			after = appendOne(b, l, "only", after)
		}
	})
}

func BenchmarkAppendFollowed(b *testing.B) {
	l := open(b, benchConfig(b))
	var seen atomic.Uint64
	stop, err := l.Follow(context.Background(), 0, func(e Entry) { seen.Store(e.Seq) })
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	var after uint64
	measure(b, func() {
		for b.Loop() {
			after = appendOne(b, l, "only", after)
		}
	})
}

func BenchmarkAppendParallel(b *testing.B) {
	for _, writers := range []int{4, 32, 256} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			l := open(b, benchConfig(b))
			var session atomic.Int64
			b.SetParallelism(writers / 2)
			measure(b, func() {
				b.RunParallel(func(pb *testing.PB) {
					name := fmt.Sprintf("s%d", session.Add(1))
					var after uint64
					for pb.Next() {
						after = appendOne(b, l, name, after)
					}
				})
			})
		})
	}
}

func BenchmarkOpenAgain(b *testing.B) {
	cfg := benchConfig(b)
	for b.Loop() {
		l, err := Open(context.Background(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkReplay(b *testing.B) {
	const sessions, each = 1000, 20
	l := open(b, benchConfig(b))
	after := make([]uint64, sessions)
	for range each {
		for s := range after {
			after[s] = appendOne(b, l, fmt.Sprint("s", s), after[s])
		}
	}
	measure(b, func() {
		for b.Loop() {
			n := 0
			if _, err := l.Replay(context.Background(), nil, func(Entry) { n++ }); err != nil || n != sessions*each {
				b.Fatal(n, err)
			}
		}
	})
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/sessions/each, "ns/entry")
}

func appendOne(tb testing.TB, l *Log, session string, after uint64) uint64 {
	seq, err := l.Append(context.Background(), session, after, benchData)
	if err != nil {
		tb.Error(err)
	}
	return seq
}

// measure reports the processor time of an operation, the server's included.
func measure(b *testing.B, run func()) {
	b.ReportAllocs()
	before := cpu(b)
	run()
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func cpu(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func open(tb testing.TB, cfg Config) *Log {
	tb.Helper()
	l, err := Open(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}
