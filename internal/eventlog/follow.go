package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const followerTimeout = 300 * time.Millisecond

// follower is one Follow under way.
type follower struct {
	messages jetstream.MessagesContext
	end      sync.Once
	done     chan struct{}
}

// Follow passes every entry stored after the sequence after to fn, in log
// order, each once, from one goroutine, until ctx ends or stop is called. stop
// returns when fn will not be called again; fn must not call it.
func (l *Log) Follow(ctx context.Context, after uint64, fn func(Entry)) (stop func(), err error) {
	f, err := l.follow(ctx, after)
	if err != nil {
		return nil, l.unavailable("follow", "all sessions", err)
	}
	go f.run(l, fn)
	cancel := context.AfterFunc(ctx, f.stop)
	return func() {
		cancel()
		f.stop()
		<-f.done
	}, nil
}

func (l *Log) follow(ctx context.Context, after uint64) (*follower, error) {
	if l.isClosed() {
		return nil, ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	consumer, err := l.sessions.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   after + 1,
	})
	if err != nil {
		return nil, err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return nil, err
	}
	f := &follower{messages: messages, done: make(chan struct{})}
	return f, l.addFollower(f)
}

func (f *follower) run(l *Log, fn func(Entry)) {
	defer close(f.done)
	defer l.removeFollower(f)
	for {
		m, err := f.messages.Next()
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) || errors.Is(err, nats.ErrConnectionClosed) {
			return
		}
		if err != nil {
			l.logger.Warn("following the event log", "err", err)
			continue
		}
		e, err := followedEntry(m)
		if err != nil {
			l.logger.Error("message that is no entry", "subject", m.Subject(), "err", err)
			continue
		}
		fn(e)
	}
}

func followedEntry(m jetstream.Msg) (Entry, error) {
	meta, err := m.Metadata()
	if err != nil {
		return Entry{}, err
	}
	after, err := decidedOn(m.Headers())
	return Entry{Session: m.Subject()[len(sessionPrefix):], Seq: meta.Sequence.Stream, After: after, Data: m.Data()}, err
}

func (f *follower) stop() { f.end.Do(f.messages.Stop) }

func (l *Log) addFollower(f *follower) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		f.stop()
		return ErrClosed
	}
	l.followers[f] = struct{}{}
	return nil
}

func (l *Log) removeFollower(f *follower) {
	l.mu.Lock()
	delete(l.followers, f)
	l.mu.Unlock()
}

// stopFollowers stops all and waits for them, but not longer than
// followerTimeout: one may be stuck in a function that is not ours.
func (l *Log) stopFollowers() error {
	l.mu.Lock()
	all := slices.Collect(maps.Keys(l.followers))
	l.mu.Unlock()
	for _, f := range all {
		f.stop()
	}
	limit := time.After(followerTimeout)
	for _, f := range all {
		select {
		case <-f.done:
		case <-limit:
			return fmt.Errorf("a follower did not end within %v", followerTimeout)
		}
	}
	return nil
}
