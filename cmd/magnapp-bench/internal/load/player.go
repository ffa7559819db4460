package load

import (
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// A player plays the rounds of one session, one command at a time.
type player struct {
	votes         [][]byte // one request for each voter
	reveal, start []byte
	streams       int

	played int             // commands sent so far
	frames int             // events that each stream has got when the command in flight is complete
	late   []time.Duration // when the commands that are not sent yet were due

	// The command in flight:
	line     int // that carries it; noLine if there is none
	pending  int // deliveries still to come
	answered bool
	measured bool          // it was due while measuring
	due      time.Duration // what latency counts from
}

const noLine = -1

// newPlayer prepares the requests of a session, in which every seat has a stream.
func newPlayer(r wire.Requests, seats []wire.Seat) player {
	p := player{streams: len(seats), line: noLine}
	for _, s := range seats[:min(len(seats), wire.VotesPerRound)] {
		p.votes = append(p.votes, r.Vote(s))
	}
	p.reveal, p.start = r.Act("reveal", seats[0]), r.Act("start", seats[0])
	return p
}

// idle reports whether no command is in flight.
func (p *player) idle() bool { return p.line == noLine }

// done reports whether the command in flight is answered and on every screen.
func (p *player) done() bool { return p.answered && p.pending == 0 }

// next is the request of the command that follows; it counts as in flight from now on, due at the given time.
func (p *player) next(line int, due time.Duration, measured bool) []byte {
	c := wire.CommandAt(p.played)
	request := p.request(c)
	p.played++
	p.frames += c.Frames()
	p.line, p.pending, p.answered, p.measured, p.due = line, c.Frames()*p.streams, false, measured, due
	return request
}

func (p *player) request(c wire.Command) []byte {
	switch c {
	case wire.Reveal:
		return p.reveal
	case wire.Start:
		return p.start
	default:
		round, turn := p.played/wire.CommandsPerRound, p.played%wire.CommandsPerRound
		v := p.votes[turn%len(p.votes)]
		wire.SetCard(v, round+turn/len(p.votes))
		return v
	}
}
