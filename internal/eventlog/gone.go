package eventlog

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// goneFor is how long a forgotten session's mark stays: longer than any node
// may be away.
const goneFor = 30 * 24 * time.Hour

var gone = []byte(`{"gone":true}`)

// IsGone reports whether an entry says that the session's storage was freed.
// Nothing comes before or after it.
func IsGone(e Entry) bool { return bytes.Equal(e.Data, gone) }

// bury puts the mark of a session that is gone in the place of all its entries.
// A purge would be seen by nobody who was away, and afterwards the name would
// be free at once.
func (l *Log) bury(ctx context.Context, session string, last uint64) error {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return err
	}
	_, tries, err := l.store(ctx, subj, last, gone, nats.Header{
		jetstream.MsgRollup:    {jetstream.MsgRollupSubject},
		jetstream.MsgTTLHeader: {goneFor.String()},
	})
	if errors.Is(err, ErrConflict) && l.isGone(ctx, session) {
		return nil
	}
	return l.note("forget session", session, tries, err)
}

// isGone reports whether the session's last entry says so. If it is not known,
// it does not.
func (l *Log) isGone(ctx context.Context, session string) bool {
	e, found, err := l.Last(ctx, session)
	return err == nil && found && IsGone(e)
}
