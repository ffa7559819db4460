//go:build !windows

package eventlog

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// appendBy is one kind of append, with no tries after the first.
type appendBy struct {
	name string
	do   func(l *Log, subject string, after uint64) (uint64, error)
}

var appendsBy = []appendBy{
	{"sender", func(l *Log, subject string, after uint64) (uint64, error) {
		return l.publish(context.Background(), subject, after, benchData, ackTimeout, nil)
	}},
	{"nats.Request", func(l *Log, subject string, after uint64) (uint64, error) {
		m := &nats.Msg{Subject: subject, Data: benchData, Header: nats.Header{expectedHeader: {fmt.Sprint(after)}}}
		answer, err := l.conn.appends.RequestMsg(m, ackTimeout)
		if err != nil {
			return 0, err
		}
		got := parseAck(answer)
		return got.seq, got.err
	}},
	{"jetstream.PublishMsg", func(l *Log, subject string, after uint64) (uint64, error) {
		ack, err := l.js.PublishMsg(context.Background(), &nats.Msg{Subject: subject, Data: benchData},
			jetstream.WithExpectLastSequencePerSubject(after), jetstream.WithRetryAttempts(0))
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	}},
}

// BenchmarkAppendCompared shows what our own sender saves against what nats.go
// offers. They take turns of a thousand appends in one run, so that what else
// the machine does falls on all of them.
func BenchmarkAppendCompared(b *testing.B) {
	const turn = 1000
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			l := open(b, benchConfig(b))
			costs := make([][]time.Duration, len(appendsBy))
			times := make([][]time.Duration, len(appendsBy))
			last := make([]uint64, writers)
			for b.Loop() {
				for i, by := range appendsBy {
					before, took := cpu(b), make([][]time.Duration, writers)
					var all sync.WaitGroup
					for w := range writers {
						all.Go(func() { took[w] = appendsOf(b, l, by, fmt.Sprint(sessionPrefix, "s", w), &last[w], turn/writers) })
					}
					all.Wait()
					costs[i] = append(costs[i], (cpu(b)-before)/time.Duration(turn/writers*writers))
					times[i] = append(times[i], slices.Concat(took...)...)
				}
			}
			for i, by := range appendsBy {
				b.ReportMetric(float64(median(costs[i]).Nanoseconds())/1000, by.name+"-cpu-µs")
				b.ReportMetric(float64(median(times[i]).Nanoseconds())/1000, by.name+"-p50-µs")
			}
		})
	}
}

func appendsOf(b *testing.B, l *Log, by appendBy, subject string, after *uint64, n int) (took []time.Duration) {
	for range n {
		begin := time.Now()
		seq, err := by.do(l, subject, *after)
		if err != nil {
			b.Error(err)
			return took
		}
		took, *after = append(took, time.Since(begin)), seq
	}
	return took
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
