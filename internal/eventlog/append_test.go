package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
)

// together runs fn n times at once and returns the errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func count(errs []error, target error) (n int) {
	for _, err := range errs {
		if errors.Is(err, target) {
			n++
		}
	}
	return n
}

func TestAppend_of_many_on_one_sequence_one_wins(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "first")
	for _, after := range []uint64{first, 0} {
		session := fmt.Sprintf("after-%d", after)
		if after == first {
			session = "a"
		}
		errs := together(50, func(i int) error {
			_, err := l.Append(t.Context(), session, after, fmt.Append(nil, i))
			return err
		})
		if won, lost := count(errs, nil), count(errs, ErrConflict); won != 1 || lost != 49 {
			t.Errorf("after %d: %d won and %d met a conflict, want 1 and 49: %v", after, won, lost, errors.Join(errs...))
		}
		if got := mustLoad(t, l, session, after); len(got) != 1 {
			t.Errorf("after %d: %d entries stored, want 1", after, len(got))
		}
	}
}

func TestAppend_after_a_wrong_sequence_is_a_conflict(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	one := mustAppend(t, l, "a", 0, "1")
	two := mustAppend(t, l, "a", one, "2")
	for _, after := range []uint64{0, one, two + 1, 99} {
		_, err := l.Append(t.Context(), "a", after, []byte("x"))
		var conflict *ConflictError
		if !errors.Is(err, ErrConflict) || !errors.As(err, &conflict) || conflict.Last != two {
			t.Errorf("after %d: got %v, want a conflict with %d", after, err, two)
		}
	}
	if err := l.Ready(); err != nil {
		t.Errorf("a conflict is no failure of the store: %v", err)
	}
}

func TestAppend_refuses_what_cannot_be_stored(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	for _, session := range []string{"", "a.b", "*", ">", "a b", "a\r\nb"} {
		if _, err := l.Append(t.Context(), session, 0, []byte("x")); err == nil {
			t.Errorf("session %q was taken", session)
		}
	}
	if _, err := l.Append(t.Context(), "a", 0, make([]byte, MaxEntryBytes+1)); err == nil {
		t.Error("an entry above the limit was taken")
	}
	if seq, err := l.Append(t.Context(), "a", 0, make([]byte, MaxEntryBytes)); err != nil {
		t.Errorf("an entry at the limit, after %d, was refused: %v", seq, err)
	}
}

func TestAppend_may_reuse_its_data(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	data := []byte("one")
	var after uint64
	for _, text := range []string{"one", "two"} {
		copy(data, text)
		seq, err := l.Append(t.Context(), "a", after, data)
		if err != nil {
			t.Fatal(err)
		}
		after = seq
	}
	got := mustLoad(t, l, "a", 0)
	want := []Entry{{"a", 1, 0, []byte("one")}, {"a", 2, 1, []byte("two")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAppend_with_an_ended_context_fails_and_stores_nothing(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Append(ctx, "a", 0, []byte("x"))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want one that says both why and that nothing is known", err)
	}
	if got := mustLoad(t, l, "a", 0); len(got) != 0 {
		t.Errorf("stored %v", got)
	}
	if err := l.Ready(); err != nil {
		t.Errorf("a caller who went away is no failure of the store: %v", err)
	}
}

// clientID is the server's name for the log's connection.
func clientID(t *testing.T, k *link) uint64 {
	t.Helper()
	id, err := k.GetClientID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAppend_whose_acknowledgements_are_lost_stores_each_once(t *testing.T) {
	t.Parallel()
	const writers, each = 16, 60
	l := open(t, onDisk(t))
	var stored atomic.Int64
	cut := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() { // break the connection under load, again and again
		defer close(done)
		for range cut {
			if id, err := l.conn.appends.GetClientID(); err == nil {
				_ = embeddedOf(l).srv.DisconnectClientByID(id)
			}
		}
	}()
	errs := together(writers, func(w int) error {
		session := fmt.Sprint("s", w)
		var after uint64
		for i := range each {
			seq, err := l.Append(t.Context(), session, after, fmt.Appendf(nil, "%d-%d", w, i))
			if err != nil {
				return fmt.Errorf("append %d of %s: %w", i, session, err)
			}
			after = seq
			if stored.Add(1)%100 == 0 {
				select {
				case cut <- struct{}{}:
				default:
				}
			}
		}
		return nil
	})
	close(cut)
	<-done
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for w := range writers {
		var got []string
		for _, e := range mustLoad(t, l, fmt.Sprint("s", w), 0) {
			got = append(got, string(e.Data))
		}
		if len(got) != each || got[0] != fmt.Sprintf("%d-0", w) || got[each-1] != fmt.Sprintf("%d-%d", w, each-1) {
			t.Errorf("writer %d stored %d entries, want %d: %s", w, len(got), each, strings.Join(got, " "))
		}
	}
	if l.conn.appends.Stats().Reconnects == 0 {
		t.Error("the connection was never broken")
	}
}

func TestRecognise_separates_the_own_entry_from_a_rivals(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	one := mustAppend(t, l, "a", 0, "base")
	mine := mustAppend(t, l, "a", one, "mine")
	mustAppend(t, l, "b", 0, "mine")
	mustAppend(t, l, "a", mine, "later")
	tests := map[string]struct {
		after uint64
		data  string
		seq   uint64
		err   error
	}{
		"mine":                     {one, "mine", mine, nil},
		"a rival's":                {one, "other", 0, ErrConflict},
		"mine, but not the next":   {0, "mine", 0, ErrConflict},
		"nothing after the last":   {mine + 100, "mine", 0, ErrConflict},
		"another session's equals": {mine, "mine", 0, ErrConflict},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			seq, err := l.recognise(t.Context(), "a", tt.after, []byte(tt.data), time.Now().Add(time.Minute), ErrConflict)
			if seq != tt.seq || !errors.Is(err, tt.err) {
				t.Errorf("got %d and %v, want %d and %v", seq, err, tt.seq, tt.err)
			}
		})
	}
}

func TestPublish_says_that_a_conflict_follows_a_doubtful_try(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	s, err := l.senders.take()
	if err != nil {
		t.Fatal(err)
	}
	// A connection that breaks before the acknowledgement is read.
	lost := make(chan struct{})
	close(lost)
	s.lost, s.acks = lost, nil
	got := s.send(t.Context(), l.conn.appends.Conn, sessionPrefix+"a", 0, []byte("mine"), ackTimeout, nil)
	l.senders.put(s, got.err)
	if !errors.Is(got.err, errDoubtful) {
		t.Fatalf("got %v, want errDoubtful", got.err)
	}
	if len(l.senders.idle) != 0 {
		t.Error("a sender whose acknowledgement may still come was kept")
	}
	if _, err = l.publish(t.Context(), sessionPrefix+"a", 0, []byte("mine"), ackTimeout, nil); !errors.Is(err, ErrConflict) {
		t.Fatalf("got %v, want ErrConflict", err)
	}
	if seq, err := l.recognise(t.Context(), "a", 0, []byte("mine"), time.Now().Add(time.Minute), err); seq != 1 || err != nil {
		t.Errorf("got %d and %v, want 1", seq, err)
	}
}

func TestAppend_is_unavailable_while_the_store_is_broken_and_works_after(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	first := mustAppend(t, l, "a", 0, "1")
	server := embeddedOf(l)
	makeRoom := takeRoom(t, server)
	if err := server.srv.ShutdownJetStream(); err != nil { // as the server does when the disk is full
		t.Fatal(err)
	}
	for range 2 {
		if _, err := l.Append(t.Context(), "a", first, []byte("2")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("append: got %v, want ErrUnavailable", err)
		}
		if err := l.Ready(); !errors.Is(err, ErrUnavailable) {
			t.Errorf("ready: got %v, want ErrUnavailable", err)
		}
	}
	makeRoom()
	server.reviving.Wait()
	mustAppend(t, l, "a", first, "2")
	if err := l.Ready(); err != nil {
		t.Error(err)
	}
	if got := mustLoad(t, l, "a", 0); len(got) != 2 {
		t.Errorf("%d entries, want 2: %v", len(got), got)
	}
}

func TestClose_ends_while_the_store_is_broken(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	takeRoom(t, embeddedOf(l))
	embeddedOf(l).suspectLine("nats: critical write error: disk")
	if _, err := l.Append(t.Context(), "a", 0, []byte("1")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestParseAck(t *testing.T) {
	t.Parallel()
	refused := func(code int, text string) string {
		return fmt.Sprintf(`{"error":{"code":400,"err_code":%d,"description":%q},"stream":"SESSIONS","seq":0}`, code, text)
	}
	tests := map[string]struct {
		data string
		want ack
	}{
		"plain":              {`{"stream":"SESSIONS","seq":18446744073709551615}`, ack{seq: 1<<64 - 1}},
		"with more":          {`{"stream":"SESSIONS","seq":7,"duplicate":true}`, ack{seq: 7}},
		"with a domain":      {`{"stream":"SESSIONS","domain":"d","seq":7}`, ack{seq: 7}},
		"other stream":       {`{"stream":"SLOTS","seq":7}`, ack{seq: 7}},
		"wrong last":         {refused(10071, "wrong last sequence: 7"), ack{err: ErrConflict}},
		"wrong, but unsaid":  {refused(10071, "wrong last sequence"), ack{err: ErrConflict}},
		"in flight":          {refused(10164, "wrong last sequence"), ack{err: errInFlight}},
		"not ready":          {refused(10163, "temporarily unavailable"), ack{err: errInFlight}},
		"full":               {refused(10077, "maximum messages exceeded"), ack{err: ErrFull}},
		"failed":             {refused(10077, "no space left on device"), ack{err: errDoubtful}},
		"anything else":      {refused(10023, "insufficient resources"), ack{err: ErrUnavailable}},
		"no one listens":     {"", ack{err: errNotSent}},
		"not an answer":      {"+OK", ack{err: errDoubtful}},
		"cut":                {`{"stream":"SESSIONS","seq":`, ack{err: errDoubtful}},
		"without a sequence": {`{"stream":"SESSIONS","seq":}`, ack{err: errDoubtful}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := parseAck(&nats.Msg{Data: []byte(tt.data)})
			if got.seq != tt.want.seq || !errors.Is(got.err, tt.want.err) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// The time for all tries is bounded, not only that for each.
func TestRetries_end_in_time_and_not_too_soon(t *testing.T) {
	l := open(t, Config{})
	for name, tt := range map[string]struct {
		left  time.Duration
		again bool
	}{
		"time left":                       {time.Hour, true},
		"too little to learn of anything": {leastPatience(retryTimeout) / 2, false},
		"over":                            {-time.Second, false},
	} {
		r := retries{deadline: time.Now().Add(tt.left), pause: firstPause}
		if got := r.again(t.Context(), l, errNotSent); got != tt.again {
			t.Errorf("%s: again is %t, want %t", name, got, tt.again)
		}
	}
	var r retries
	if !r.again(t.Context(), l, errNotSent) || r.left() > retryTimeout || r.left() < leastPatience(retryTimeout) {
		t.Errorf("%v left after the first failure, want nearly %v", r.left(), retryTimeout)
	}
}

// A try that got no answer in its time, also in what was left of it, has the store opened anew.
func TestRetries_have_a_silent_store_opened_anew(t *testing.T) {
	l := open(t, onDisk(t))
	broke := l.conn.appends.lost()
	timer := time.NewTimer(time.Hour)
	_, err := await[ack](t.Context(), nil, timer, 0, nil)
	if !errors.Is(err, errSilent) || !errors.Is(err, errDoubtful) {
		t.Fatalf("got %v, want errSilent", err)
	}
	var r retries
	r.again(t.Context(), l, err)
	waitRevived(t, l)
	select {
	case <-broke:
	default:
		t.Error("the store was not opened anew")
	}
	mustAppend(t, l, "a", 0, "1")
}

// A conflict that has to be looked into after a doubtful try has no time of its own.
func TestRecognise_ends_in_time(t *testing.T) {
	l := open(t, onDisk(t))
	over := time.Now().Add(-time.Second)
	_, err := l.recognise(t.Context(), "a", 0, []byte("mine"), over, ErrConflict)
	if !errors.Is(err, errSilent) {
		t.Errorf("got %v, want errSilent", err)
	}
	if err := l.note("append to session", "a", retries{doubtful: true}, err); !errors.Is(err, ErrUnavailable) || l.failure.Load() == nil {
		t.Errorf("got %v, want an ErrUnavailable that Ready knows of", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.recognise(ctx, "a", 0, []byte("mine"), over, ErrConflict); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want what the caller did", err)
	}
}

func TestAppend_that_no_stream_takes_is_not_stored_for_sure(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	must(t, l.js.DeleteStream(t.Context(), sessionsStream))
	if _, err := l.Append(t.Context(), "a", 0, []byte("1")); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrDoubtful) {
		t.Errorf("got %v, want ErrUnavailable without a doubt", err)
	}
}

// late is a backend whose first answers to reads are those of a server that is
// behind.
type late struct {
	backend
	answers int
}

func (b *late) fetch(ctx context.Context, l *Log, q query, fn func(message) bool) (bool, error) {
	if b.answers > 0 {
		b.answers--
		return false, nil
	}
	return b.backend.fetch(ctx, l, q, fn)
}

func TestRecognise_waits_for_the_entry_that_a_server_does_not_know_yet(t *testing.T) {
	l := sharedLog(t)
	seq := mustAppend(t, l, "a", 0, "mine")
	l.conn.backend = &late{l.conn.backend, 3}
	got, err := l.recognise(t.Context(), "a", 0, []byte("mine"), time.Now().Add(time.Minute), &ConflictError{Last: seq})
	if got != seq || err != nil {
		t.Errorf("recognised %d, %v, want %d", got, err, seq)
	}
}
