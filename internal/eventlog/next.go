package eventlog

import "context"

// Next returns the session's first entry with a sequence above after; false if there is none. It reads that one entry only. The error is an ErrUnavailable.
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
