package eventlog

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Compact frees the storage of the session's entries with sequences below
// before. The entry at before must hold all that they did: Compact reads it and
// brings it to the disk first, so that neither a damaged file nor a power cut
// can take both, and fails if it cannot. So the last entry always stays.
//
// Like Forget it has no place on a request's path. The error is an
// ErrUnavailable, and trying again does no harm.
func (l *Log) Compact(ctx context.Context, session string, before uint64) error {
	if before <= 1 {
		return nil
	}
	kept, _, err := l.Next(ctx, session, before-1)
	if err == nil && kept.Seq != before {
		err = fmt.Errorf("%w: there is no entry %d that can be read", ErrUnavailable, before)
	}
	if err == nil {
		err = l.conn.synced(ctx)
	}
	if err != nil {
		return l.unavailable("compact session", session, err)
	}
	return l.purge(ctx, l.sessions, sessionPrefix, session, jetstream.WithPurgeSequence(before))
}

// Forget frees the storage of a session's entries, also while appends are
// refused: that is how a full store gets room again. It can take tens of
// milliseconds among many sessions, and seconds while the store is opened anew,
// so it has no place on a request's path.
//
// last is the sequence of the session's last entry. Where other nodes may have
// been away meanwhile, they must learn that the session is gone: there, an
// entry takes the place of all others for thirty days, see [IsGone], and no
// session can begin under the same name until then. It is refused as a
// [*ConflictError] if last is not the last; a session that is gone already is
// no error.
func (l *Log) Forget(ctx context.Context, session string, last uint64) error {
	return l.conn.forget(ctx, l, session, last)
}

// purge removes messages of one subject. Purging twice does no harm, so what a
// failed store, or one that is being opened anew, refused is tried again.
func (l *Log) purge(ctx context.Context, stream jetstream.Stream, prefix, session string, what ...jetstream.StreamPurgeOpt) error {
	subj, err := subject(prefix, session)
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	if l.isClosed() {
		return l.unavailable("purge", subj, ErrClosed)
	}
	what = append(what, jetstream.WithPurgeSubject(subj))
	for r := (retries{}); ; {
		err := l.tryPurge(ctx, stream, what)
		if err == nil {
			l.conn.wrote()
			return nil
		}
		if !r.again(ctx, l, err) {
			return l.unavailable("purge", subj, err)
		}
	}
}

func (l *Log) tryPurge(ctx context.Context, stream jetstream.Stream, what []jetstream.StreamPurgeOpt) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	err := l.conn.purging(ctx, func() error { return stream.Purge(ctx, what...) })
	if err != nil && l.conn.broken() != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	return err
}
