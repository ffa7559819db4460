package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// An engine owns every connection of one measurement and is used by one goroutine, which it ties to its thread.
//
// Streams and lines (the connections that carry commands) are slices, and epoll hands back an index: first the streams, then
// the lines; timerToken is the schedule's timer.
type engine struct {
	poll     *poller
	address  *net.TCPAddr
	streams  []stream
	players  []player
	lines    []line
	timer    int // file descriptor, 0 before play
	origin   time.Time
	buffer   []byte
	progress *progress

	ready int // streams that have got their first event

	// While playing:
	plan       plan
	schedule   *schedule
	playing    bool
	enough     bool // nothing more is sent
	idleLines  []int
	waiting    fifo // players with something to send and no line to send it on
	busy       int  // players with a command in flight
	deliveries int64
	commands   int64
	unexpected int64
	latency    *latencies
	sizes      sizes // as seen by the first stream
	sizeSoFar  int
}

const timerToken = -1

// stallLimit is how long nothing at all may happen while something is due.
const stallLimit = 30 * time.Second

// A stream is one open event stream.
type stream struct {
	fd       int
	player   int32
	received int // events since play began; before that, since it was opened
	frames   frameCounter
}

// A line is a connection that carries one command at a time.
type line struct {
	fd     int
	player int
	answer []byte
}

// newEngine prepares to connect to address; host is what requests name.
func newEngine(address *net.TCPAddr, host string, sessions []session, w workload, p *progress) (*engine, error) {
	poll, err := newPoller()
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	e := &engine{poll: poll, address: address, origin: time.Now(), buffer: make([]byte, 256<<10), progress: p}
	e.streams = make([]stream, 0, w.streams())
	for _, t := range sessions {
		e.players = append(e.players, newPlayer(requests{host: host, id: t.id}, t.seats, w.Users+w.Watchers))
	}
	return e, nil
}

// close ends every connection.
func (e *engine) close() {
	for _, s := range e.streams {
		hangUp(s.fd)
	}
	e.closeLines()
	e.poll.close()
	runtime.UnlockOSThread()
}

func (e *engine) closeLines() {
	for _, l := range e.lines {
		hangUp(l.fd)
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
func (e *engine) open(ctx context.Context, sessions []session, host string, perSession int) error {
	for i, t := range sessions {
		r := requests{host: host, id: t.id}
		for k := range perSession {
			var who *seat
			if k < len(t.seats) {
				who = &t.seats[k]
			}
			if err := e.openStream(i, r.stream(who)); err != nil {
				return err
			}
			if err := e.until(ctx, func() bool { return len(e.streams)-e.ready < opensAtOnce }); err != nil {
				return err
			}
		}
	}
	return e.until(ctx, func() bool { return e.ready == len(e.streams) })
}

func (e *engine) openStream(player int, request []byte) error {
	n := len(e.streams)
	fd, err := dial(e.address, n)
	if err != nil {
		return err
	}
	e.streams = append(e.streams, stream{fd: fd, player: int32(player)})
	if err := e.poll.add(fd, n); err != nil {
		return err
	}
	if sent, errno := rawWrite(fd, request); errno != 0 || sent != len(request) {
		return fmt.Errorf("open stream %d: sent %d of %d bytes: %w", n+1, sent, len(request), errno)
	}
	return nil
}

// until handles what happens until done says so.
func (e *engine) until(ctx context.Context, done func() bool) error {
	quiet := e.now()
	for !done() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
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

// hold keeps the streams open for d.
func (e *engine) hold(ctx context.Context, d time.Duration) error {
	end := e.now() + d
	for e.now() < end {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := e.step(min(100*time.Millisecond, end-e.now()+time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// step waits for events, at most for the timeout, and handles them.
func (e *engine) step(timeout time.Duration) (happened bool, err error) {
	events, err := e.poll.wait(timeout)
	if err != nil {
		return false, err
	}
	for i := range events {
		if err := e.handle(int(events[i].Fd), events[i].Events); err != nil {
			return true, err
		}
	}
	e.progress.update(e.ready, e.commands, e.deliveries)
	return len(events) > 0, nil
}

func (e *engine) handle(token int, events uint32) error {
	switch {
	case token == timerToken:
		_, _ = rawRead(e.timer, e.buffer[:8]) // arms it again; how often it fired is the schedule's business
		return e.sendDue()
	case token < len(e.streams):
		return e.readStream(token, events)
	default:
		return e.readLine(token-len(e.streams), events)
	}
}

// readStream takes what arrived on a stream.
func (e *engine) readStream(n int, events uint32) error {
	s := &e.streams[n]
	for {
		size, errno := rawRead(s.fd, e.buffer)
		if errno == unix.EAGAIN {
			return nil
		}
		if errno != 0 || size == 0 {
			return fmt.Errorf("the server ended stream %d of %d: %w", n+1, len(e.streams), orEOF(errno))
		}
		count, err := s.frames.feed(e.buffer[:size])
		if err != nil {
			return err
		}
		if n == 0 {
			e.sizeSoFar += size
		}
		if count > 0 {
			if err := e.arrived(s, count); err != nil {
				return err
			}
		}
		if size < len(e.buffer) && events&ended == 0 {
			return nil // drained: what comes later is another event
		}
	}
}

var errEnded = errors.New("end of stream")

func orEOF(errno unix.Errno) error {
	if errno == 0 {
		return errEnded
	}
	return errno
}

// arrived accounts for events on a stream.
func (e *engine) arrived(s *stream, count int) error {
	before := s.received
	s.received += count
	if !e.playing {
		if before == 0 {
			e.ready++
		}
		return nil
	}
	p := &e.players[s.player]
	if excess := s.received - p.frames; excess > 0 {
		e.unexpected += int64(excess)
		s.received -= excess
		count -= excess
	}
	if count == 0 {
		return nil
	}
	e.deliveries += int64(count)
	if p.measured {
		e.latency.delivered(e.now()-p.due, count)
	}
	p.pending -= count
	return e.completeIfDone(int(s.player))
}

// readLine takes what arrived on a line: the answer to the command it carries.
func (e *engine) readLine(n int, events uint32) error {
	l := &e.lines[n]
	for {
		size, errno := rawRead(l.fd, e.buffer)
		if errno == unix.EAGAIN {
			return nil
		}
		if errno != 0 || size == 0 {
			return fmt.Errorf("the server ended a connection that carries commands: %w", orEOF(errno))
		}
		if err := e.answered(l, e.buffer[:size]); err != nil {
			return err
		}
		if size < len(e.buffer) && events&ended == 0 {
			return nil
		}
	}
}

func (e *engine) answered(l *line, b []byte) error {
	if len(l.answer) > 0 {
		l.answer = append(l.answer, b...)
		b = l.answer
	}
	if !answerComplete(b) {
		if len(l.answer) == 0 {
			l.answer = append(l.answer, b...)
		}
		return nil
	}
	if statusOf(b) != 200 {
		return fmt.Errorf("a command was refused: %.500q", b)
	}
	l.answer = l.answer[:0]
	p := &e.players[l.player]
	p.answered = true
	if p.measured {
		e.latency.answered(e.now() - p.due)
	}
	return e.completeIfDone(l.player)
}
