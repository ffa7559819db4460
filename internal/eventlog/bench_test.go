//go:build !windows

package eventlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// BenchmarkStart opens a log of 3,000 sessions with 70 entries each, the last of
// them a snapshot of 5 KB, after a clean stop and after a kill that left the
// server no index, and reads the snapshots or everything.
func BenchmarkStart(b *testing.B) {
	const sessions, each = 3000, 70
	cfg := benchConfig(b)
	fillSessions(b, cfg, sessions, each, make([]byte, 5000))
	for _, killed := range []bool{false, true} {
		for what, tt := range map[string]struct {
			begin func(Entry) uint64
			want  int
		}{
			"snapshots":  {func(e Entry) uint64 { return e.Seq }, sessions},
			"everything": {nil, sessions * each},
		} {
			b.Run(fmt.Sprintf("%s/killed=%t", what, killed), func(b *testing.B) {
				var opening, reading time.Duration
				for b.Loop() {
					if killed {
						_ = os.Remove(filepath.Join(cfg.Dir, "jetstream", "$G", "streams", sessionsStream, "msgs", "index.db"))
					}
					opened, read := start(b, cfg, tt.begin, tt.want)
					opening, reading = opening+opened, reading+read
				}
				b.ReportMetric(float64(opening.Microseconds())/1000/float64(b.N), "open-cpu-ms")
				b.ReportMetric(float64(reading.Microseconds())/1000/float64(b.N), "read-cpu-ms")
			})
		}
	}
}

// start opens a log, reads what begin asks for and returns what each has cost.
func start(b *testing.B, cfg Config, begin func(Entry) uint64, want int) (opening, reading time.Duration) {
	b.Helper()
	began := cpu(b)
	l, err := Open(context.Background(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	opened, n := cpu(b), 0
	if _, err := l.Replay(context.Background(), begin, func(Entry) { n++ }); err != nil || n != want {
		b.Fatal(n, err)
	}
	read := cpu(b)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return opened - began, read - opened
}

// fillSessions stores so many entries for each of so many sessions, interleaved.
func fillSessions(b *testing.B, cfg Config, sessions, each int, snapshot []byte) {
	b.Helper()
	l, err := Open(context.Background(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	last := make([]uint64, sessions)
	for n := range each {
		together(16, func(w int) error {
			for s := w; s < sessions; s += 16 {
				if n < each-1 {
					last[s] = appendOne(b, l, fmt.Sprint("s", s), last[s])
				} else if _, err := l.Snapshot(context.Background(), fmt.Sprint("s", s), last[s], snapshot); err != nil {
					b.Error(err)
				}
			}
			return nil
		})
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
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
