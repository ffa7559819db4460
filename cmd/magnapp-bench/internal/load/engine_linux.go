package load

import (
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/epoll"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// An engine owns every connection of one measurement and is used by one goroutine, which it ties to its thread.
//
// Streams and lines (the connections that carry commands) are slices, and epoll hands back an index: first the streams, then
// the lines; timerToken is the schedule's timer.
type engine struct {
	poll      *epoll.Poller
	addresses []*net.TCPAddr // of the server's nodes
	workload  Workload
	sessions  []api.Session
	cost      func() cost
	streams   []stream
	players   []player
	lines     []line
	timer     int // file descriptor, 0 when there is none
	origin    time.Time
	buffer    []byte
	events    []unix.EpollEvent

	ready int // streams that have got their first event

	// While streams are held:
	held    Held
	answers []answer // that are still to be given, the earliest first
	spread  time.Duration

	// While playing:
	schedule   *schedule
	playing    bool
	enough     bool // nothing more is sent
	idleLines  []int
	waiting    []int // players with something to send and no line to send it on
	busy       int   // players with a command in flight
	deliveries int64
	commands   int64
	latency    latencies
	sizes      wire.Sizes // as seen by the first stream
	sizeSoFar  int64
}

const timerToken = -1

// stallLimit is how long nothing at all may happen while something is due.
const stallLimit = 30 * time.Second

// A stream is one open event stream.
type stream struct {
	fd       int
	player   int32
	received int // events since play began; before that, since it was opened
	frames   wire.FrameCounter

	unanswered int // pings
}

// A line is a connection that carries one command, or answer to pings, at a time.
type line struct {
	fd     int
	player int
	answer []byte
}

// newEngine prepares to connect to the addresses.
func newEngine(addresses []*net.TCPAddr, sessions []api.Session, w Workload, read func() cost) (*engine, error) {
	poll, err := epoll.New()
	if err != nil {
		return nil, err
	}
	e := &engine{poll: poll, addresses: addresses, workload: w, sessions: sessions, cost: read, origin: time.Now(), buffer: make([]byte, 256<<10), events: make([]unix.EpollEvent, 512), spread: answerSpread}
	e.streams = make([]stream, 0, w.Streams())
	for _, s := range sessions {
		e.players = append(e.players, newPlayer(e.requests(s), s.Seats))
	}
	return e, nil
}

func (e *engine) requests(s api.Session) wire.Requests {
	return wire.Requests{Host: e.addresses[0].String(), Session: s.ID}
}

// dial opens the n-th connection, counted from 0: to one node after another.
func (e *engine) dial(n int) (int, error) { return epoll.Dial(e.addresses[n%len(e.addresses)], n) }

// close ends every connection.
func (e *engine) close() {
	for _, s := range e.streams {
		epoll.HangUp(s.fd)
	}
	e.closeLines()
	e.poll.Close()
}

func (e *engine) closeLines() {
	for _, l := range e.lines {
		epoll.HangUp(l.fd)
	}
	e.lines = nil
	if e.timer != 0 {
		unix.Close(e.timer)
		e.timer = 0
	}
}

// now is the time since the engine's origin.
func (e *engine) now() time.Duration { return time.Since(e.origin) }

// opensAtOnce bounds the streams that were asked for and have not begun, for the sake of the server's accept queue.
const opensAtOnce = 256

// open opens every stream and returns when each has got its first event.
func (e *engine) open() error {
	for i, t := range e.sessions {
		for _, who := range t.Seats {
			request := e.requests(t).Stream(who)
			if e.workload.Pings {
				request = e.requests(t).StreamWithPings(who, placeOf(len(e.streams)))
			}
			if err := e.openStream(i, request); err != nil {
				return err
			}
			if err := e.until(func() bool { return len(e.streams)-e.ready < opensAtOnce }); err != nil {
				return err
			}
		}
	}
	return e.until(func() bool { return e.ready == len(e.streams) })
}

func (e *engine) openStream(player int, request []byte) error {
	n := len(e.streams)
	fd, err := e.dial(n)
	if err != nil {
		return err
	}
	e.streams = append(e.streams, stream{fd: fd, player: int32(player)})
	if err := e.poll.Add(fd, n); err != nil {
		return err
	}
	if err := send(fd, request); err != nil {
		return fmt.Errorf("open stream %d: %w", n+1, err)
	}
	return nil
}

// until handles what happens until done says so.
func (e *engine) until(done func() bool) error {
	quiet := e.now()
	for !done() {
		happened, err := e.step(100 * time.Millisecond)
		if err != nil {
			return err
		}
		if happened {
			quiet = e.now()
		} else if e.now()-quiet > stallLimit {
			return fmt.Errorf("nothing happened for %v: %d of %d streams begun, %d commands under way", stallLimit, e.ready, len(e.streams), e.busy)
		}
	}
	return nil
}

// hold keeps the streams open for d, and answers their pings if they have any.
func (e *engine) hold(d time.Duration) error {
	end := e.now() + d
	for e.now() < end {
		timeout, err := e.sendAnswers(min(100*time.Millisecond, end-e.now()+time.Millisecond))
		if err != nil {
			return err
		}
		if _, err := e.step(timeout); err != nil {
			return err
		}
	}
	return nil
}

// step waits for events, at most for the timeout, and handles them.
func (e *engine) step(timeout time.Duration) (happened bool, err error) {
	n, err := e.poll.Wait(e.events, timeout)
	if err != nil {
		return false, err
	}
	for _, event := range e.events[:n] {
		if err := e.handle(int(event.Fd), event.Events); err != nil {
			return true, err
		}
	}
	return n > 0, nil
}

func (e *engine) handle(token int, events uint32) error {
	switch {
	case token == timerToken:
		_, _ = unix.Read(e.timer, e.buffer[:8]) // arms it again; how often it fired is the schedule's business
		return e.sendDue()
	case token < len(e.streams):
		return e.read(e.streams[token].fd, events, func(b []byte) error { return e.onStream(token, b) })
	default:
		i := token - len(e.streams)
		return e.read(e.lines[i].fd, events, func(b []byte) error { return e.onLine(i, b) })
	}
}

// read hands what arrived to take. A server that ends a connection is an error.
func (e *engine) read(fd int, events uint32, take func([]byte) error) error {
	for {
		n, err := unix.Read(fd, e.buffer)
		switch {
		case err == unix.EAGAIN:
			return nil
		case err != nil:
			return fmt.Errorf("the server ended a connection: %w", err)
		case n == 0:
			return errors.New("the server ended a connection")
		}
		if err := take(e.buffer[:n]); err != nil {
			return err
		}
		if n < len(e.buffer) && events&epoll.Ended == 0 {
			return nil // drained: what comes later is another event
		}
	}
}

// send writes a request, which is short enough for the socket to take at once.
func send(fd int, request []byte) error {
	sent, err := unix.Write(fd, request)
	if err == nil && sent != len(request) {
		err = fmt.Errorf("sent %d of %d bytes", sent, len(request))
	}
	return err
}

// onStream accounts for events on a stream.
func (e *engine) onStream(n int, b []byte) error {
	s := &e.streams[n]
	pings := s.frames.Pings
	count, err := s.frames.Feed(b)
	if err != nil {
		return err
	}
	if pings = s.frames.Pings - pings; pings > 0 {
		e.pinged(n, pings)
	}
	before := s.received
	s.received += count
	if n == 0 {
		e.sizeSoFar += int64(len(b))
	}
	switch {
	case count == 0:
		return nil
	case !e.playing && before == 0:
		e.ready++
		return nil
	case !e.playing:
		e.held.Events += int64(count)
		return nil
	}
	p := &e.players[s.player]
	if s.received > p.frames {
		return fmt.Errorf("%d events without a cause on stream %d", s.received-p.frames, n+1)
	}
	e.deliveries += int64(count)
	if p.measured {
		e.latency.delivered(e.now()-p.due, count)
	}
	p.pending -= count
	return e.completeIfDone(int(s.player))
}

// onLine takes the answer to what a line carries.
func (e *engine) onLine(i int, b []byte) error {
	l := &e.lines[i]
	if len(l.answer) > 0 {
		l.answer = append(l.answer, b...)
		b = l.answer
	}
	if !wire.AnswerComplete(b) {
		if len(l.answer) == 0 {
			l.answer = append(l.answer, b...)
		}
		return nil
	}
	status := wire.StatusOf(b)
	l.answer = l.answer[:0]
	switch {
	case status == wire.NoContent && e.workload.Pings:
		e.held.Answers++
		e.idleLines = append(e.idleLines, i)
		return nil
	case status != 200:
		return fmt.Errorf("a request was refused: %.500q", b)
	}
	e.players[l.player].answered = true
	return e.completeIfDone(l.player)
}
