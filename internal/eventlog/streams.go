package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	sessionsStream = "SESSIONS"
	sessionPrefix  = "session."
	slotsStream    = "SLOTS"
	slotPrefix     = "slot."

	closeLimit   = 2300 * time.Millisecond // for all that Close does
	closeTimeout = 300 * time.Millisecond  // for the one question that Close asks
	openTimeout  = 30 * time.Second        // a large store whose index is missing is read through
)

func (l *Log) openStreams(ctx context.Context, cfg Config) (err error) {
	made := false
	l.sessions, err = l.openStream(ctx, &made, l.sessionsConfig())
	if err != nil {
		return err
	}
	if l.slots, err = l.openStream(ctx, &made, slotsConfig(cfg.MaxSessions)); err != nil {
		return err
	}
	return l.conn.opened(ctx, l, made)
}

func (l *Log) sessionsConfig() jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name:       sessionsStream,
		Subjects:   []string{sessionPrefix + "*"},
		Discard:    jetstream.DiscardNew, // a full store refuses; it never drops history
		Duplicates: time.Second,          // unused, but bounded
	}
	if l.sharing != nil {
		c.Subjects = append(c.Subjects, nodePrefix+"*")
		c.RePublish = &jetstream.RePublish{Source: ">", Destination: livePrefix + ">"}
		c.AllowRollup = true
	}
	return c
}

// slotsConfig makes a stream that holds one message for each slot taken. The
// server compares its limit and stores in one step, so exactly as many
// sessions as there are slots can hold one.
func slotsConfig(slots int) jetstream.StreamConfig {
	limit := int64(slots)
	if slots <= 0 {
		limit = -1
	}
	return jetstream.StreamConfig{
		Name:              slotsStream,
		Subjects:          []string{slotPrefix + "*"},
		MaxMsgs:           limit,
		MaxMsgsPerSubject: 1,
		Discard:           jetstream.DiscardNew,
		Duplicates:        time.Second,
	}
}

// openStream opens a stream and gives it this configuration, or makes it and
// says so in made, but not in place of one that is there and cannot be read.
func (l *Log) openStream(ctx context.Context, made *bool, want jetstream.StreamConfig) (jetstream.Stream, error) {
	l.conn.configure(&want)
	stream, err := l.lookUp(ctx, want.Name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		*made = true
		return l.createStream(ctx, want)
	case err != nil:
		return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
	}
	if err := l.conn.found(ctx, l, stream.CachedInfo()); err != nil {
		return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
	}
	have := stream.CachedInfo().Config
	want.Metadata = have.Metadata
	if alike(have, want) {
		return stream, nil
	}
	stream, err = l.js.UpdateStream(ctx, want)
	if err != nil {
		return nil, fmt.Errorf("change stream %s: %w", want.Name, err)
	}
	return stream, nil
}

func (l *Log) lookUp(ctx context.Context, name string) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, l.conn.limits().ask)
	defer cancel()
	return l.js.Stream(ctx, name)
}

// alike reports whether a stream has all that we may want otherwise some day.
func alike(have, want jetstream.StreamConfig) bool {
	return have.MaxMsgs == wantedMsgs(want) && have.AllowDirect == want.AllowDirect &&
		slices.Equal(have.Subjects, want.Subjects) && max(have.Replicas, 1) == max(want.Replicas, 1) &&
		have.AllowMsgTTL == want.AllowMsgTTL && have.AllowRollup == want.AllowRollup &&
		(have.RePublish == nil) == (want.RePublish == nil)
}

// wantedMsgs is the message limit as the server reports it.
func wantedMsgs(c jetstream.StreamConfig) int64 {
	if c.MaxMsgs == 0 {
		return -1
	}
	return c.MaxMsgs
}

func (l *Log) createStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := l.conn.create(ctx, l, want)
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

// awaitLeaders returns when the streams can be written, and as many nodes as
// copies says have all of them.
func (l *Log) awaitLeaders(ctx context.Context, copies int) error {
	for _, stream := range []jetstream.Stream{l.sessions, l.slots} {
		for {
			err := l.askLeader(ctx, stream, copies)
			if err == nil {
				break
			}
			if !wait(ctx, longestPause) {
				return err
			}
		}
	}
	return nil
}

func (l *Log) askLeader(ctx context.Context, stream jetstream.Stream, copies int) error {
	ctx, cancel := context.WithTimeout(ctx, l.conn.limits().ask)
	defer cancel()
	info, err := stream.Info(ctx)
	if err != nil || info.Cluster == nil { // a lone server
		return err
	}
	if info.Cluster.Leader == "" {
		return fmt.Errorf("stream %s has no leader", info.Config.Name)
	}
	for _, peer := range info.Cluster.Replicas {
		if peer.Current {
			copies--
		}
	}
	if copies > 1 { // the leader has all of it
		return fmt.Errorf("stream %s is not on enough nodes yet", info.Config.Name)
	}
	return nil
}
