package load

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// A cost is the CPU time used so far by the server, on all of its nodes, and by this process.
type cost struct{ server, load time.Duration }

// costOf reads the cost of a server. What cannot be read is 0.
func costOf(t Target) (c cost) {
	for _, node := range t {
		used, _ := process.CPU(node.PID)
		c.server += used
	}
	c.load, _ = process.CPU(os.Getpid())
	return c
}

// A mark is how far things have come at one moment.
type mark struct {
	at                   time.Duration
	deliveries, commands int64
	cost
}

func (e *engine) mark() mark {
	return mark{at: e.now(), deliveries: e.deliveries, commands: e.commands, cost: e.cost()}
}

// play warms up, measures, and waits for what is under way. Streams must be open. It may be called again, and goes on in the same rounds.
func (e *engine) play() (Played, error) {
	if e.workload.Pings {
		return Played{}, errors.New("streams with pings can only be held")
	}
	if err := e.prepare(); err != nil {
		return Played{}, err
	}
	defer e.closeLines()
	if err := e.begin(); err != nil {
		return Played{}, err
	}
	if err := e.hold(e.workload.Warmup); err != nil {
		return Played{}, err
	}
	begin := e.mark()
	if err := e.hold(e.schedule.end - e.now()); err != nil {
		return Played{}, err
	}
	end := e.mark()
	e.enough = e.schedule.saturated()
	if err := e.sendDue(); err != nil { // what became due since the timer last fired
		return Played{}, err
	}
	if err := e.until(func() bool { return e.busy == 0 && (len(e.waiting) == 0 || e.enough) }); err != nil { // what is under way and, at a rate, what is late
		return Played{}, err
	}
	return Played{
		Time: end.at - begin.at, Deliveries: end.deliveries - begin.deliveries, Commands: end.commands - begin.commands,
		CPU: end.server - begin.server, LoadCPU: end.load - begin.load,
		Latency: e.latency.Export(), Sizes: e.sizes,
	}, nil
}

// begin starts the schedule or, saturated, sends everybody's first command.
func (e *engine) begin() error {
	from := e.now()
	e.schedule = newSchedule(from, from+e.workload.Warmup+e.workload.Duration, float64(e.workload.Rate), len(e.players))
	if !e.schedule.saturated() {
		return e.startTimer()
	}
	for i := range e.players {
		e.waiting = append(e.waiting, i)
	}
	return e.sendWaiting()
}

// prepare connects the lines and counts from zero.
func (e *engine) prepare() error {
	if !e.playing {
		for i := range e.streams {
			e.streams[i].received = 0
		}
	}
	e.playing, e.enough = true, false
	e.latency = newLatencies()
	e.sizeSoFar = 0
	e.waiting = nil
	e.idleLines = e.idleLines[:0]
	for i := range min(e.workload.InFlight, len(e.players)) {
		if err := e.openLine(); err != nil {
			return err
		}
		e.idleLines = append(e.idleLines, i)
	}
	return nil
}

// startTimer makes the schedule tick: once for each command, as epoll's own timeout is too coarse for it.
func (e *engine) startTimer() error {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	e.timer = fd
	tick := unix.NsecToTimespec(max(int64(e.schedule.interval), int64(20*time.Microsecond)))
	if err := unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: tick, Value: tick}, nil); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return e.poll.Add(fd, timerToken)
}

// measuring reports whether a command that is due then belongs to the measurement.
func (e *engine) measuring(due time.Duration) bool {
	return due >= e.schedule.begin+e.workload.Warmup && due < e.schedule.end
}

// sendDue sends every command whose time has come, or notes it as late when its session or every line is busy.
func (e *engine) sendDue() error {
	for {
		n, due, ok := e.schedule.next(e.now())
		if !ok {
			return e.sendWaiting()
		}
		p := &e.players[n]
		p.late = append(p.late, due)
		if p.idle() && len(p.late) == 1 {
			e.waiting = append(e.waiting, n)
		}
	}
}

// sendWaiting gives lines to players for as long as there are both.
func (e *engine) sendWaiting() error {
	for len(e.idleLines) > 0 && len(e.waiting) > 0 && !e.enough {
		n := e.waiting[0]
		e.waiting = e.waiting[1:]
		if err := e.send(n); err != nil {
			return err
		}
	}
	return nil
}

// send sends a player's next command.
func (e *engine) send(n int) error {
	p := &e.players[n]
	due := e.now()
	if !e.schedule.saturated() {
		due, p.late = p.late[0], p.late[1:]
	}
	i := e.nextLine()
	l := &e.lines[i]
	l.player = n
	e.busy++
	request := p.next(i, due, e.measuring(due))
	if err := send(l.fd, request); err != nil {
		return fmt.Errorf("send a command: %w", err)
	}
	return nil
}

// completeIfDone frees the line of a player whose command is complete, and goes on.
func (e *engine) completeIfDone(n int) error {
	p := &e.players[n]
	if !p.done() {
		return nil
	}
	e.idleLines = append(e.idleLines, p.line)
	p.line = noLine
	e.busy--
	e.commands++
	if n == 0 {
		e.sizes[wire.CommandAt(p.played-1)] = e.sizeSoFar
		e.sizeSoFar = 0
	}
	if len(p.late) > 0 || e.schedule.saturated() {
		e.waiting = append(e.waiting, n)
	}
	return e.sendWaiting()
}
