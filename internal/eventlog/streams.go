package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	sessionsStream = "SESSIONS"
	sessionPrefix  = "session."
	slotsStream    = "SLOTS"
	slotPrefix     = "slot."

	closeTimeout = 300 * time.Millisecond // for the one question that Close asks
	openTimeout  = 30 * time.Second       // a large store whose index is missing is read through
)

func (l *Log) openStreams(ctx context.Context, cfg Config) (err error) {
	storage := jetstream.FileStorage
	if cfg.Dir == "" {
		storage = jetstream.MemoryStorage
	}
	fresh := false
	l.sessions, err = l.openStream(ctx, &fresh, jetstream.StreamConfig{
		Name:        sessionsStream,
		Subjects:    []string{sessionPrefix + "*"},
		Storage:     storage,
		Discard:     jetstream.DiscardNew, // a full store refuses; it never drops history
		AllowDirect: true,
		Duplicates:  time.Second, // unused, but bounded
	})
	if err != nil {
		return err
	}
	if l.slots, err = l.openStream(ctx, &fresh, slotsConfig(storage, cfg.MaxSessions)); err != nil {
		return err
	}
	if fresh {
		if err := l.conn.syncNew(); err != nil {
			return err
		}
	}
	l.conn.opened(markOf(l.sessions.CachedInfo()))
	return nil
}

// slotsConfig makes a stream that holds one message for each slot taken. The
// server compares its limit and stores in one step, so exactly as many
// sessions as there are slots can hold one.
func slotsConfig(storage jetstream.StorageType, slots int) jetstream.StreamConfig {
	limit := int64(slots)
	if slots <= 0 {
		limit = -1
	}
	return jetstream.StreamConfig{
		Name:              slotsStream,
		Subjects:          []string{slotPrefix + "*"},
		Storage:           storage,
		MaxMsgs:           limit,
		MaxMsgsPerSubject: 1,
		Discard:           jetstream.DiscardNew,
		AllowDirect:       true,
		Duplicates:        time.Second,
	}
}

// openStream opens a stream and gives it this configuration, or makes it and
// says so in fresh, but not in place of one that is there and cannot be read.
func (l *Log) openStream(ctx context.Context, fresh *bool, want jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := l.js.Stream(ctx, want.Name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		*fresh = true
		return l.createStream(ctx, want)
	case err != nil:
		return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
	}
	if stream.CachedInfo().Config.MaxMsgs == wantedMsgs(want) {
		return stream, nil
	}
	stream, err = l.js.UpdateStream(ctx, want)
	if err != nil {
		return nil, fmt.Errorf("change stream %s: %w", want.Name, err)
	}
	return stream, nil
}

// wantedMsgs is the message limit as the server reports it.
func wantedMsgs(c jetstream.StreamConfig) int64 {
	if c.MaxMsgs == 0 {
		return -1
	}
	return c.MaxMsgs
}

func (l *Log) createStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	if l.conn.damaged(want.Name) {
		return nil, fmt.Errorf("stream %s is there but cannot be read; move it away or restore it", want.Name)
	}
	stream, err := l.js.CreateStream(ctx, want)
	if err != nil {
		return nil, fmt.Errorf("create stream %s: %w", want.Name, err)
	}
	return stream, nil
}

func markOf(info *jetstream.StreamInfo) mark {
	return mark{Last: info.State.LastSeq, Entries: info.State.Msgs}
}

// held asks the server what the log holds.
func (l *Log) held() (mark, error) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	info, err := l.sessions.Info(ctx)
	if err != nil {
		return mark{}, fmt.Errorf("ask what the log holds: %w", err)
	}
	return markOf(info), nil
}
