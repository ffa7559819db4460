package eventlog

import (
	"context"
	"fmt"
)

// Load returns the session's entries with sequences above after, in order. It
// returns none if there are none, and an ErrUnavailable if it cannot read.
// Among many sessions' entries this costs up to a millisecond per entry:
// Replay is for reading all.
func (l *Log) Load(ctx context.Context, session string, after uint64) ([]Entry, error) {
	entries, err := l.load(ctx, session, after, 0)
	if err != nil {
		return nil, l.unavailable("load session", session, err)
	}
	return entries, nil
}

// Next returns the session's first entry with a sequence above after; false if
// there is none. It reads that one entry only. The error is an ErrUnavailable.
func (l *Log) Next(ctx context.Context, session string, after uint64) (Entry, bool, error) {
	entries, err := l.load(ctx, session, after, 1)
	if err != nil {
		return Entry{}, false, l.unavailable("read entry", session, err)
	}
	if len(entries) == 0 {
		return Entry{}, false, nil
	}
	return entries[0], true, nil
}

func (l *Log) load(ctx context.Context, session string, after uint64, limit int) (entries []Entry, err error) {
	err = l.scan(ctx, session, after, limit, func(e Entry) bool {
		entries = append(entries, e)
		return true
	})
	return entries, err
}

// Range passes the session's entries with sequences above after to fn, in
// order, until fn returns false. Few of them are in memory at a time. Entries
// that cannot be read are left out, which shows in the next one's After. The
// error is an ErrUnavailable; it comes soon after ctx has ended.
func (l *Log) Range(ctx context.Context, session string, after uint64, fn func(Entry) bool) error {
	if err := l.scan(ctx, session, after, 0, fn); err != nil {
		return l.unavailable("read session", session, err)
	}
	return nil
}

func (l *Log) scan(ctx context.Context, session string, after uint64, limit int, fn func(Entry) bool) error {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return err
	}
	q := query{stream: sessionsStream, Filter: subj, Seq: after + 1, Batch: limit}
	return l.read(ctx, q, func(m message) bool { return fn(m.entry()) })
}

// Last returns the session's last entry; false if there is none, or if it is
// damaged. It is one cheap read. The error is an ErrUnavailable.
func (l *Log) Last(ctx context.Context, session string) (last Entry, found bool, err error) {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return Entry{}, false, fmt.Errorf("read the last entry: %w", err)
	}
	err = l.lastOf(ctx, []string{subj}, 0, func(m message) { last, found = m.entry(), true })
	if err != nil {
		return Entry{}, false, l.unavailable("read the last entry of", session, err)
	}
	return last, found, nil
}

// lastOf passes the last message of each subject to fn. Those without one that
// can be read are left out. 0 is no limit for until.
func (l *Log) lastOf(ctx context.Context, subjects []string, until uint64, fn func(message)) error {
	q := query{stream: sessionsStream, LastOf: subjects, UpTo: until}
	found := make(map[string]bool, len(subjects))
	err := l.read(ctx, q, func(m message) bool {
		found[m.subject] = true
		fn(m)
		return true
	})
	if len(subjects) == 1 {
		return err
	}
	for i, subj := range subjects { // one that cannot be read hides those behind it
		if err == nil && !found[subj] {
			err = l.lastOf(ctx, subjects[i:i+1], until, fn)
		}
	}
	return err
}
