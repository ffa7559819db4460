package room

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
)

// historyBytes is more than what a room has at hand.
const historyBytes = 64 << 10

// eventful lets so many things happen that each kind of event is among them, and returns a reader that saw all.
func eventful(h *node, id string, rounds int) *reader {
	all := h.watch(id, "", "")
	h.do(id, join("ann"), join("bob"))
	topic := strings.Repeat("long ", 80)
	for range rounds {
		h.do(id, poker.Start{By: by("sm"), RoundID: "r", Topic: &topic}, poker.CastVote{By: by("ann"), Value: "5"}, poker.CastVote{By: by("bob"), Value: "8"},
			poker.RetractVote{By: by("bob")}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm")}, poker.Extend{By: by("ann")}, poker.Reconnect{By: by("bob")})
	}
	h.do(id, poker.Transfer{By: by("sm"), To: "ann"}, poker.Transfer{By: by("ann"), To: "sm"})
	return all
}

// checkResume resumes after each of the events and wants exactly the rest.
func checkResume(t *testing.T, h *node, id string, all []received) {
	t.Helper()
	for i := range all {
		r := h.watch(id, "", all[i].ID)
		var want strings.Builder
		for _, e := range all[i+1:] {
			want.WriteString(e.Text)
		}
		if got := r.text(); got != want.String() {
			t.Fatalf("after event %d of %d (%s): %d bytes %q, want %d bytes", i+1, len(all), all[i].ID, len(got), r.types(), want.Len())
		}
		r.cancel()
	}
}

func TestResume_from_memory(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	checkResume(t, h, id, eventful(h, id, 2).events())
}

func TestResume_from_the_log_when_memory_has_been_trimmed(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := eventful(h, id, 12).events()
	if at, ok := parsePosition(all[0].ID); !ok || atHand(h, id, at) {
		t.Fatal("not enough has happened for this test")
	}
	checkResume(t, h, id, all)
}

func TestResume_after_a_restart(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := eventful(h, id, 2)
	events := all.events()
	h = h.restart(time.Second)
	checkResume(t, h, id, events)
	live := h.watch(id, "", events[len(events)-1].ID)
	h.do(id, poker.Start{By: by("sm"), RoundID: "later"}, poker.CastVote{By: by("ann"), Value: "1"})
	checkResume(t, h, id, append(events, live.events()...))
}

// The return of somebody who was away is an event itself, after those that they missed.
func TestResume_that_brings_somebody_back_online(t *testing.T) {
	for name, restart := range map[string]bool{"while it runs": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			h.do(id, join("ann"))
			h.watch(id, "ann", "").cancel()
			h.clock.Advance(reloadGrace)
			equal(t, "before", all.types(), "session_updated user_joined user_disconnected")
			for _, seen := range all.events() {
				if restart {
					h = h.restart(time.Second)
				}
				before := h.watch(id, "", seen.ID)
				ann := h.watch(id, "ann", seen.ID)
				equal(t, "ann sees what an onlooker sees", ann.text(), before.text())
				if !strings.HasSuffix(ann.types(), "user_joined") || strings.Contains(ann.types(), "session_updated") {
					t.Errorf("after %s: %q, want what was missed and the return", seen.Type, ann.types())
				}
				ann.cancel()
				h.clock.Advance(reloadGrace)
				before.cancel()
			}
		})
	}
}

func TestResume_with_an_id_that_is_not_known(t *testing.T) {
	h := newNode(t)
	id, other := h.create(poker.Settings{}), h.create(poker.Settings{})
	foreign := h.watch(other, "", "").events()[0].ID
	events := eventful(h, id, 1).events()
	last := events[len(events)-1].ID
	seq, rest, _ := strings.Cut(last, ".")
	ids := map[string]string{
		"none": "", "foreign": foreign, "future": "99999999.0.abcdefghijk", "malformed": "what?", "a number": seq, "huge": strings.Repeat("9", 400), "no change": seq + ".0.",
		"negative": "-1.0.x", "of an entry lost with the disk": seq + ".0.AAAAAAAAAAA", "earlier, lost": events[3].ID + "x", "the index of no event": seq + ".7." + rest[2:],
		"not as it was issued": "0" + last, "line break": last + "\n",
	}
	check := func(t *testing.T) {
		for name, lastID := range ids {
			r := h.watch(id, "", lastID)
			if got := r.events(); len(got) != 1 || got[0].Type != "session_updated" || got[0].ID != last {
				t.Errorf("%s: got %v, want a session_updated with id %s", name, got, last)
			}
			r.cancel()
		}
	}
	t.Run("from memory", check)
	h = h.restart(time.Second)
	t.Run("after a restart", check)
}

func TestResume_while_things_happen_misses_nothing(t *testing.T) {
	for name, restart := range map[string]bool{"in memory": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			all := eventful(h, id, 2)
			if restart {
				h = h.restart(time.Second)
				all = h.watch(id, "", lastID(all))
			}
			h.do(id, poker.Start{By: by("sm"), RoundID: "busy"})
			for _, r := range busy(t, h, id) {
				seen := r.text() + h.watch(id, "", lastID(r)).text()
				_, seen, _ = strings.Cut(seen, "\n\n") // the snapshot at the beginning
				if !strings.HasSuffix(all.text(), seen) || seen == "" {
					t.Errorf("a reader that came back often saw other events than one that stayed: %d bytes", len(seen))
				}
			}
		})
	}
}

// busy lets two people vote all the time, and six readers come and go meanwhile.
func busy(t *testing.T, h *node, id string) []*reader {
	var all sync.WaitGroup
	for _, user := range []string{"ann", "bob"} {
		all.Go(func() {
			for range 60 {
				_ = h.try(id, poker.CastVote{By: by(user), Value: "3"})
			}
		})
	}
	readers := make([]*reader, 6)
	for i := range readers {
		readers[i] = &reader{}
		all.Go(func() { hop(t, h, id, readers[i], 15) })
	}
	all.Wait()
	return readers
}

// hop reads, goes and comes back, again and again.
func hop(t *testing.T, h *node, id string, r *reader, times int) {
	for range times {
		part := &reader{}
		cancel, err := h.Subscribe(t.Context(), Watch{SessionID: id, LastEventID: lastID(r)}, part)
		if err != nil {
			t.Error(err)
			return
		}
		_ = h.try(id, poker.Extend{By: by("sm")})
		cancel()
		length := len(part.text())
		r.Send(stream.Chunk(part.text()))
		if len(part.text()) != length {
			t.Error("sent to a reader after its cancel had returned")
		}
	}
}

// lastID is the id with which the reader would come back.
func lastID(r *reader) string {
	events := r.events()
	if len(events) == 0 {
		return ""
	}
	return events[len(events)-1].ID
}

// atHand reports whether the room has what follows the position in memory.
func atHand(h *node, id string, at position) bool {
	_, ok := h.open[id].feed.After(at.String())
	return ok
}

// Who has missed more than a fresh start would be, and very much, starts afresh.
func TestResume_of_very_much_is_a_fresh_start(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := eventful(h, id, 1)
	first := all.events()[0].ID
	topic := strings.Repeat("x", poker.MaxTopic)
	for i := 0; len(all.text()) < maxMissed+historyBytes; i++ {
		if i > 5000 {
			t.Fatal("this is not enough")
		}
		h.do(id, poker.Start{By: by("sm"), RoundID: "r", Topic: &topic}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm")}, poker.Extend{By: by("sm")})
	}
	r := h.watch(id, "", first)
	equal(t, "sent", r.types(), "session_updated")
	equal(t, "with the id of", lastID(r), lastID(all))
	equal(t, "ended", r.ended(), false)
}

func TestResume_by_a_forged_id_reads_one_entry_only(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := eventful(h, id, 12).events()
	at, _ := parsePosition(all[0].ID)
	room := h.open[id]
	for _, forged := range []position{{seq: at.seq, change: "forgedforge"}, {seq: at.seq, index: 99, change: at.change}, {seq: at.seq - 1, change: at.change}, {seq: 0, change: at.change}} {
		if err := room.issued(t.Context(), forged); !errors.Is(err, errNotKept) {
			t.Errorf("%s: %v", forged, err)
		}
		equal(t, "sent", h.watch(id, "", forged.String()).types(), "session_updated")
	}
	if err := room.issued(t.Context(), at); err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

// Their streams end with the event that they left: what follows from it is for those who stay.
func TestLeaving_ends_ones_own_stream_after_user_left(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	own, other := h.watch(id, "sm", ""), h.watch(id, "ann", "")
	h.do(id, poker.Leave{By: by("sm")})
	equal(t, "the one who left is sent", own.types(), "session_updated user_left")
	equal(t, "the other is sent", other.types(), "session_updated user_left scrum_master_changed")
	if !own.ended() || other.ended() {
		t.Errorf("own stream ended: %v, other's: %v", own.ended(), other.ended())
	}
}

// counted is a log that says how often a session was read, and waits before that.
type counted struct {
	*eventlog.Log
	read atomic.Int32
	wait chan struct{}
}

func (l *counted) Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error {
	l.read.Add(1)
	<-l.wait
	return l.Log.Range(ctx, session, after, fn)
}

// As after the death of a node that had all of a meeting, whose people share an address.
func TestResume_of_a_whole_meeting_at_once_reads_the_log_for_a_few(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	first := eventful(h, id, 3)
	all := first.events()
	seen := len(all) / 2
	log := &counted{Log: h.log, wait: make(chan struct{})}
	h.Close()
	h = h.on(log)
	readers := make([]*reader, 16)
	var coming sync.WaitGroup
	for i := range readers {
		readers[i] = &reader{}
		coming.Go(func() {
			if _, err := h.Subscribe(t.Context(), Watch{SessionID: id, LastEventID: all[seen].ID, Address: "192.0.2.1/32"}, readers[i]); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "all have begun", func() bool {
		h.readings.mu.Lock()
		defer h.readings.mu.Unlock()
		return h.readings.all == len(readers)
	})
	close(log.wait)
	coming.Wait()
	for _, r := range readers {
		equal(t, "what was missed", len(r.events()), len(all)-seen-1)
		equal(t, "and nothing else", r.text(), readers[0].text())
	}
	if n := log.read.Load(); n > maxReadings {
		t.Errorf("the log was read %d times", n)
	}
	for i := range all[seen:] {
		equal(t, "who has seen more of it", len(h.watch(id, "", all[seen+i].ID).events()), len(all)-seen-i-1)
	}
	if n := log.read.Load(); n > maxReadings {
		t.Errorf("the log was read %d times", n)
	}
}
