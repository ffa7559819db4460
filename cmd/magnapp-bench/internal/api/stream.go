package api

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// An Event is one event of a stream.
type Event struct {
	ID    string
	Size  int  // bytes, field names and line ends included
	Whole bool // it is a session_updated, which has the whole session
}

// First opens a session's event stream as nobody in particular, returns its first event and closes it: the whole session, and where its events have come to.
func (c *Client) First(ctx context.Context, s Session) (Event, error) {
	var first Event
	err := c.follow(ctx, s, "", func(e Event) bool {
		first = e
		return false
	})
	if err == nil && first.ID == "" {
		err = errors.New("the stream began without an event that has an id")
	}
	return first, err
}

// A Resume is what it took to come back to a session.
type Resume struct {
	FirstEvent time.Duration // until the first event of the first stream
	Last       time.Duration // until the last event that was missed
	Events     int
	Streams    int // how many it took: a server may end a stream that has much to catch up with
}

// resumeLimit is how long coming back may take.
const resumeLimit = 2 * time.Minute

// Resume comes back to a session with the id of the last event that was seen. It ends when as many events have arrived as were missed, or one with the whole session instead.
func (c *Client) Resume(ctx context.Context, s Session, from string, missed int) (Resume, error) {
	ctx, cancel := context.WithTimeout(ctx, resumeLimit)
	defer cancel()
	var r Resume
	begin, before, done := time.Now(), 0, false
	for !done {
		err := c.follow(ctx, s, from, func(e Event) bool {
			if r.Events == 0 {
				r.FirstEvent = time.Since(begin)
			}
			r.Events++
			from = cmp.Or(e.ID, from)
			done = e.Whole || r.Events >= missed
			return !done
		})
		r.Streams++
		if err == nil && r.Events == before {
			err = errors.New("a stream ended without an event")
		}
		before = r.Events
		if err != nil {
			return r, fmt.Errorf("resume after %d events in %d streams: %w", r.Events, r.Streams, err)
		}
	}
	r.Last = time.Since(begin)
	return r, nil
}

// follow opens a stream and hands its events to take until that says no or the server ends the stream.
func (c *Client) follow(ctx context.Context, s Session, last string, take func(Event) bool) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/sse/"+s.ID, http.NoBody)
	if err != nil {
		return err
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	w, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(w.Body, 500)) // what there is of it serves the message
		return fmt.Errorf("the stream was refused: %s: %s", w.Status, text)
	}
	return readEvents(w.Body, take)
}

// readEvents parses a stream: lines, and an empty one after each event. Comments and what has no data are no events.
func readEvents(in io.Reader, take func(Event) bool) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var e Event
	hasData := false
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil // an event that is cut off here comes again
		}
		if err != nil {
			return err
		}
		e.Size += len(line)
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch {
		case field == "id":
			e.ID = strings.TrimPrefix(value, " ")
		case field == "data":
			hasData = true
			e.Whole = e.Whole || strings.Contains(value, `"type":"session_updated"`)
		case field != "" || value != "": // a comment, or a field that does not matter here
		case hasData && !take(e):
			return nil
		default:
			e, hasData = Event{}, false
		}
	}
}
