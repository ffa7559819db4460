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
	source
	done chan struct{}
}

// source is where a follower's entries come from.
type source interface {
	// run passes each to fn until stop is called.
	run(fn func(Entry))
	stop()
}

// ordered is the source of a log that nobody else writes to.
type ordered struct {
	log      *Log
	messages jetstream.MessagesContext
	end      sync.Once
}

// Follow passes every entry stored after the sequence after to fn, in log
// order, each once, from one goroutine, until ctx ends or stop is called. stop
// returns when fn will not be called again; fn must not call it. A log that is
// shared is followed once at a time.
func (l *Log) Follow(ctx context.Context, after uint64, fn func(Entry)) (stop func(), err error) {
	f, err := l.follow(ctx, after)
	if err != nil {
		return nil, l.unavailable("follow", "all sessions", err)
	}
	go func() {
		defer close(f.done)
		defer l.removeFollower(f)
		f.run(fn)
	}()
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
	from, err := l.source(ctx, after)
	if err != nil {
		return nil, err
	}
	f := &follower{source: from, done: make(chan struct{})}
	return f, l.addFollower(f)
}

func (l *Log) source(ctx context.Context, after uint64) (source, error) {
	if l.sharing != nil {
		return l.sharing.live.follow(after)
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
	return &ordered{log: l, messages: messages}, nil
}

func (o *ordered) run(fn func(Entry)) {
	for {
		m, err := o.messages.Next()
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) || errors.Is(err, nats.ErrConnectionClosed) {
			return
		}
		if err != nil {
			o.log.logger.Warn("following the event log", "err", err)
			continue
		}
		e, err := followedEntry(m)
		if err != nil {
			o.log.logger.Error("message that is no entry", "subject", m.Subject(), "err", err)
			continue
		}
		fn(e)
	}
}

func (o *ordered) stop() { o.end.Do(o.messages.Stop) }

func followedEntry(m jetstream.Msg) (Entry, error) {
	meta, err := m.Metadata()
	if err != nil {
		return Entry{}, err
	}
	after, err := decidedOn(m.Headers())
	return Entry{Session: m.Subject()[len(sessionPrefix):], Seq: meta.Sequence.Stream, After: after, Data: m.Data()}, err
}

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
