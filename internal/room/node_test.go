package room

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/leaks"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

// node is the rooms of one node, on a real log, by a clock that the test moves.
type node struct {
	*Rooms
	t     testing.TB
	log   *eventlog.Log
	clock *clock.Manual
	side  *side // of the log, for a node among several
}

const (
	timeout = 10 * time.Minute
	grace   = 5 * time.Minute
)

func openLog(t testing.TB, slots int) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(t.Context(), eventlog.Config{MaxSessions: slots, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func newNode(t testing.TB) *node {
	t.Helper()
	return newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), nil)
}

func nodeOptions(c clock.Clock) Options {
	return Options{
		Rules:           poker.Rules{SessionTimeout: timeout, GracePeriod: grace, MaxParticipants: 16},
		CleanupInterval: 2 * time.Minute, Clock: c, Logger: slog.New(slog.DiscardHandler),
	}
}

// patient has rooms wait at their end for as long as it takes: a machine that has other
// things to do would have a store be given up that works.
func patient(rs *Rooms) {
	rs.closes = closeBounds{rooms: time.Minute, snapshots: time.Minute, snapshot: time.Minute}
}

// newNodeOn opens a node; change may alter its options.
func newNodeOn(t testing.TB, l *eventlog.Log, c *clock.Manual, change func(*Options)) *node {
	t.Helper()
	o := nodeOptions(c)
	if change != nil {
		change(&o)
	}
	rs, err := Open(t.Context(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	patient(rs)
	t.Cleanup(rs.Close)
	return &node{Rooms: rs, t: t, log: l, clock: c}
}

// restart ends the node and starts it again, so much later, on the same log.
func (h *node) restart(later time.Duration) *node {
	h.t.Helper()
	h.Close()
	h.clock.Advance(later)
	return newNodeOn(h.t, h.log, h.clock, nil)
}

// create opens a session of sm's and returns its id.
func (h *node) create(settings poker.Settings) string {
	h.t.Helper()
	c := creation()
	c.Settings = settings
	if _, err := h.Create(h.t.Context(), c, Call{}); err != nil {
		h.t.Fatal(err)
	}
	return c.SessionID
}

func creation() *poker.Create {
	return &poker.Create{SessionID: uuid.NewString(), Name: "Sprint", Deck: poker.Fibonacci(), Creator: poker.Newcomer{ID: "sm", Name: "Sam"}}
}

func join(id string) *poker.Join { return &poker.Join{Newcomer: poker.Newcomer{ID: id, Name: id}} }

func by(id string) poker.By { return poker.By{UserID: id} }

// proven is everybody's proof, or nobody's.
type proven bool

func (p proven) Proves(poker.Participant) bool { return bool(p) }

func (h *node) try(id string, c poker.Command) error {
	_, err := h.Do(h.t.Context(), id, c, Call{Proof: proven(true)})
	return err
}

func (h *node) do(id string, commands ...poker.Command) *poker.Session {
	h.t.Helper()
	var s *poker.Session
	for _, c := range commands {
		outcome, err := h.Do(h.t.Context(), id, c, Call{Proof: proven(true)})
		if err != nil {
			h.t.Fatalf("%s: %v", poker.Name(c), err)
		}
		s = outcome.Session
	}
	return s
}

func (h *node) state(id string) *poker.Session {
	h.t.Helper()
	s, err := h.Session(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *node) online(id, user string) bool {
	h.t.Helper()
	p, ok := h.state(id).Participant(user)
	if !ok {
		h.t.Fatalf("%s is not in the session", user)
	}
	return p.Online()
}

// reason is why something was refused; empty if it was not.
func reason(err error) poker.Reason {
	var refusal *poker.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refusal):
		return refusal.Reason
	}
	return poker.Reason("no refusal: " + err.Error())
}

// reader is a client's end of a stream.
type reader struct {
	mu     sync.Mutex
	bytes  []byte
	closed int
	late   int // sends after the close
	cancel func()
}

func (r *reader) Send(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed > 0 {
		r.late++
	}
	for content := range stream.Contents(b) {
		r.bytes = append(r.bytes, content...)
	}
}

func (r *reader) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed++
}

func (r *reader) ended() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed > 0
}

// received is an event as a client reads it.
type received struct {
	ID, Type, Text string
}

func (r *reader) events() []received {
	r.mu.Lock()
	text := string(r.bytes)
	r.mu.Unlock()
	var events []received
	for _, f := range strings.SplitAfter(text, "\n\n") {
		if f == "" {
			continue
		}
		id, data, _ := strings.Cut(strings.TrimPrefix(f, "id: "), "\ndata: ")
		var head struct{ Type string }
		if err := json.Unmarshal([]byte(data), &head); err != nil {
			panic(fmt.Sprintf("frame %q: %v", f, err))
		}
		events = append(events, received{ID: id, Type: head.Type, Text: f})
	}
	return events
}

func (r *reader) types() string {
	var types []string
	for _, e := range r.events() {
		types = append(types, e.Type)
	}
	return strings.Join(types, " ")
}

// data is what the last event of that type says.
func (r *reader) data(kind string) map[string]any {
	var found map[string]any
	for _, e := range r.events() {
		if e.Type == kind {
			_, text, _ := strings.Cut(e.Text, "data: ")
			var event struct{ Data map[string]any }
			if err := json.Unmarshal([]byte(text), &event); err != nil {
				panic(err)
			}
			found = event.Data
		}
	}
	return found
}

// forget drops what has been read.
func (r *reader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes = nil
}

func (r *reader) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(bytes.Clone(r.bytes))
}

// watch opens a stream of a user's, or of nobody's.
func (h *node) watch(id, user, lastEventID string) *reader {
	h.t.Helper()
	r := &reader{}
	cancel, err := h.Subscribe(h.t.Context(), Watch{SessionID: id, UserID: user, Proof: proven(true), LastEventID: lastEventID}, r)
	if err != nil {
		h.t.Fatal(err)
	}
	r.cancel = cancel
	return r
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// together runs fn n times at once and counts how they ended.
func together(n int, fn func(i int) error) map[poker.Reason]int {
	ends := make([]poker.Reason, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			ends[i] = reason(fn(i))
		})
	}
	close(start)
	wg.Wait()
	count := make(map[poker.Reason]int)
	for _, end := range ends {
		count[end]++
	}
	return count
}
