package load

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// The page answers every second ping, and not at once, because the server pings everybody at the same time.
const (
	pingsForAnswer = 2
	answerSpread   = 5 * time.Second
)

// An answer to pings is due at a time since the engine's origin.
type answer struct {
	due    time.Duration
	stream int
}

// pinged notes that pings have arrived on a stream.
func (e *engine) pinged(n, pings int) {
	s := &e.streams[n]
	e.held.Pings += int64(pings)
	for s.unanswered += pings; s.unanswered >= pingsForAnswer; s.unanswered -= pingsForAnswer {
		due := e.now() + rand.N(e.spread)
		at, _ := slices.BinarySearchFunc(e.answers, due, func(a answer, due time.Duration) int { return cmp.Compare(a.due, due) })
		e.answers = slices.Insert(e.answers, at, answer{due: due, stream: n})
	}
}

// sendAnswers sends what is due, as far as there are lines, and returns how long there is nothing more to send, at most the limit. What arrives on a line may end that sooner.
func (e *engine) sendAnswers(limit time.Duration) (time.Duration, error) {
	for len(e.answers) > 0 {
		first := e.answers[0]
		if left := first.due - e.now(); left > 0 {
			return min(limit, left+time.Millisecond), nil
		}
		i, err := e.lineForAnswer()
		if err != nil || i == noLine {
			return limit, err
		}
		e.answers = e.answers[1:]
		s := e.sessions[e.streams[first.stream].player]
		request := e.requests(s).Here(s.Seats[first.stream%e.workload.Users], placeOf(first.stream))
		if err := send(e.lines[i].fd, request); err != nil {
			return 0, fmt.Errorf("answer a ping: %w", err)
		}
	}
	return limit, nil
}

// lineForAnswer takes a line that carries nothing, or noLine. The first answers open one each, because the server closes those that stay without a request; later ones take turns.
func (e *engine) lineForAnswer() (int, error) {
	if n := len(e.lines); n < e.workload.InFlight {
		return n, e.openLine()
	}
	if len(e.idleLines) == 0 {
		return noLine, nil
	}
	return e.nextLine(), nil
}

// openLine connects another line.
func (e *engine) openLine() error {
	n := len(e.streams) + len(e.lines)
	fd, err := e.dial(n)
	if err != nil {
		return err
	}
	e.lines = append(e.lines, line{fd: fd})
	return e.poll.Add(fd, n)
}

// nextLine takes the line that has been idle for longest: one that has never carried a request is closed by a server that waits for its first.
func (e *engine) nextLine() int {
	i := e.idleLines[0]
	e.idleLines = e.idleLines[:copy(e.idleLines, e.idleLines[1:])]
	return i
}

// placeOf is what the n-th stream is called in the answers to its pings, as long as what the page calls its own.
func placeOf(n int) string { return fmt.Sprintf("%016x", n) }
