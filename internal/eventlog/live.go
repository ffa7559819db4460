package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// livePrefix is what stored messages are republished under, to whoever listens.
	livePrefix = "live."
	// liveRoom is how many republished messages may wait to be followed. What does
	// not fit is dropped by the client, and read from the stream instead.
	liveRoom = 4096
	// fillAfter is how long a message that is known to be stored may take to come
	// by itself before it is read.
	fillAfter = 20 * time.Millisecond
	// fillAgain is how long a reading that found an old answer waits.
	fillAgain = 50 * time.Millisecond
	// nothingMissing is how long the next look waits if there is no need of one.
	nothingMissing = time.Hour
)

// live is the follower of a log that several nodes write to.
//
// Stored messages are republished over plain NATS, which is quick, and loses
// some when a leader dies. But the sequences of a stream have no gaps, so a
// follower sees what it has missed as soon as anything comes after it, or as
// soon as it learns of a later sequence from a mark or a refusal. What it has
// missed it reads. So every message is passed on once, in order.
type live struct {
	log *Log

	mu      sync.Mutex
	at      uint64                   // everything up to this has been passed
	known   uint64                   // the highest sequence that is known to be stored
	since   time.Time                // when something last came by itself, or became known to be there while nothing was missing
	stuck   time.Time                // since when nothing was passed though known is above at
	waiting map[chan struct{}]uint64 // who waits for at to reach what
	begun   bool                     // Follow has been called
	learned chan struct{}            // something became known

	ahead map[uint64]message // came before what precedes them; only run uses it
}

func newLive(l *Log) *live {
	return &live{log: l, waiting: map[chan struct{}]uint64{}, learned: make(chan struct{}, 1), ahead: map[uint64]message{}}
}

// learn notes that there is a message with this sequence, and has run look for
// it.
func (f *live) learn(seq uint64) {
	if f.stored(seq) >= seq {
		return
	}
	select {
	case f.learned <- struct{}{}:
	default:
	}
}

// stored notes that there is a message with this sequence, and returns up to
// where everything has been passed.
func (f *live) stored(seq uint64) (at uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq > f.known {
		if f.known <= f.at { // what is missing from now on; that there is more is no reason to wait for it longer
			now := time.Now()
			f.since, f.stuck = now, now
		}
		f.known = seq
	}
	return f.at
}

// passed waits until everything up to seq has been passed.
func (f *live) passed(ctx context.Context, seq uint64) error {
	f.mu.Lock()
	if f.at >= seq {
		f.mu.Unlock()
		return nil
	}
	reached := make(chan struct{})
	f.waiting[reached] = seq
	f.mu.Unlock()
	f.learn(seq)
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.waiting, reached)
	if f.at >= seq {
		return nil
	}
	return fmt.Errorf("%w: entry %d has not come, the last is %d: %w", ErrUnavailable, seq, f.at, ctx.Err())
}

// moveTo notes that everything up to seq has been passed, and whether that has
// come by itself.
func (f *live) moveTo(seq uint64, came bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at = seq; came {
		f.since = time.Now()
	}
	if f.known = max(f.known, seq); f.known > seq {
		f.stuck = time.Now()
	}
	for reached, wanted := range f.waiting {
		if wanted <= seq {
			close(reached)
			delete(f.waiting, reached)
		}
	}
}

// behind returns where the follower is, and up to where there is more.
func (f *live) behind() (at, known uint64, since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at, f.known, f.since
}

// stuckFor is for how long nothing has been passed though there is more.
func (f *live) stuckFor() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun || f.known <= f.at {
		return 0
	}
	return time.Since(f.stuck)
}

// follow begins to follow after a sequence. It ends when messages is stopped.
func (f *live) follow(after uint64) (*liveFollower, error) {
	came := make(chan *nats.Msg, liveRoom)
	sub, err := f.log.conn.requests.ChanSubscribe(livePrefix+">", came)
	if err != nil {
		return nil, notSent(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun {
		_ = sub.Unsubscribe() // fails only if the connection is gone
		return nil, errors.New("the log is followed already")
	}
	f.begun, f.at, f.known, f.stuck = true, after, max(f.known, after), time.Now()
	return &liveFollower{live: f, sub: sub, came: came, quit: make(chan struct{})}, nil
}

// liveFollower is one Follow of a live log under way.
type liveFollower struct {
	*live
	sub  *nats.Subscription
	came chan *nats.Msg
	quit chan struct{}
	end  sync.Once
}

func (f *liveFollower) stop() {
	f.end.Do(func() {
		_ = f.sub.Unsubscribe() // fails only if the connection is gone
		close(f.quit)
	})
}

// run passes every entry to fn until stop is called.
func (f *liveFollower) run(fn func(Entry)) {
	defer f.finished()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // so that a reading under way ends, too
		select {
		case <-f.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	look, in := time.NewTimer(nothingMissing), nothingMissing
	defer look.Stop()
	for {
		select {
		case m := <-f.came:
			f.take(m, fn)
		case <-f.learned:
		case <-look.C:
			in = -1
		case <-f.quit:
			return
		}
		if next := f.catchUp(ctx, fn); next != in { // the timer is not set anew for each message
			in = next
			look.Reset(in)
		}
	}
}

func (f *liveFollower) finished() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = false
}

// take passes a republished message, with those that have waited for it, or
// keeps it until what precedes it has come. Nearly always that has.
func (f *liveFollower) take(m *nats.Msg, fn func(Entry)) {
	got, err := parseRepublished(m)
	if err != nil {
		f.log.logger.Error("republished message that is no entry", "subject", m.Subject, "err", err)
		return
	}
	switch at := f.stored(got.seq); {
	case got.seq <= at:
		return
	case got.seq == at+1:
		f.pass(got, true, fn)
	default:
		f.ahead[got.seq] = got
	}
	if len(f.ahead) > 0 {
		f.passAhead(fn)
	}
}

// passAhead passes what follows without a gap.
func (f *liveFollower) passAhead(fn func(Entry)) {
	for {
		at, _, _ := f.behind()
		next, ok := f.ahead[at+1]
		if !ok {
			break
		}
		delete(f.ahead, at+1)
		f.pass(next, true, fn)
	}
}

func (f *liveFollower) pass(m message, came bool, fn func(Entry)) {
	if e, ok := m.ofSession(); ok {
		fn(e)
	}
	f.moveTo(m.seq, came)
}

// catchUp reads what is there and has not come, and says when to look again.
func (f *liveFollower) catchUp(ctx context.Context, fn func(Entry)) time.Duration {
	for {
		at, known, since := f.behind()
		if known <= at {
			clear(f.ahead)
			return nothingMissing
		}
		if early := fillAfter - time.Since(since); early > 0 && len(f.came) == 0 {
			return early
		}
		if len(f.came) > 0 && len(f.ahead) < liveRoom {
			return 0 // it may be among these
		}
		if !f.fill(ctx, at, known, fn) {
			return fillAgain
		}
	}
}

// fill reads the first message after at, of which one at or before known is to
// be found. False: the answer was an old one, or there was none.
func (f *liveFollower) fill(ctx context.Context, at, known uint64, fn func(Entry)) bool {
	m, err := f.log.first(ctx, at+1)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, errNoMessage) {
			f.log.logger.Debug("read what was not followed", "from", at+1, "to", known, "err", err)
		}
		return false
	}
	for seq := range f.ahead {
		if seq <= m.seq {
			delete(f.ahead, seq)
		}
	}
	f.pass(m, false, fn)
	f.passAhead(fn)
	return true
}

var errNoMessage = errors.New("no such message")

// first reads the first message of the stream at or after a sequence. An
// errNoMessage may be the answer of a server that is behind.
func (l *Log) first(ctx context.Context, seq uint64) (message, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	raw, err := l.sessions.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(">"))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return message{}, errNoMessage
	case err != nil:
		return message{}, err
	}
	after, err := decidedOn(raw.Header)
	return message{subject: raw.Subject, seq: raw.Sequence, after: after, at: raw.Time, data: raw.Data}, err
}
