// Package wire is what the load generator and the reference know of the server's protocol: the commands of a round, the bytes of requests, and as much of
// answers and event streams as it takes to count them.
package wire

// A Command is what a session is made to do.
type Command int

// The commands of a round, in the order in which the first of each is played.
const (
	Vote Command = iota
	Reveal
	Start
	CommandKinds
)

// VotesPerRound is how often somebody votes in a round. It does not depend on the number of users (who take turns, and change
// their cards), so that rounds weigh the same in every workload.
const VotesPerRound = 16

// CommandsPerRound is the length of a round: the votes, the reveal and the start of the next.
const CommandsPerRound = VotesPerRound + 2

// CommandAt is what a session does as its n-th command, counted from 0. The first round was started before that.
func CommandAt(n int) Command {
	switch n % CommandsPerRound {
	case VotesPerRound:
		return Reveal
	case VotesPerRound + 1:
		return Start
	default:
		return Vote
	}
}

// Frames is how many events a command causes on each stream. Starting after a reveal causes two: round_completed and voting_started.
func (c Command) Frames() int {
	if c == Start {
		return 2
	}
	return 1
}

// Sizes are the bytes that each kind of command puts on each stream, in all of its frames, framing of HTTP included.
type Sizes [CommandKinds]int64

// usualSizes are those of a session of 16.
var usualSizes = Sizes{Vote: 244, Reveal: 2800, Start: 800}

// OrUsual replaces what was not observed by the usual size.
func (s Sizes) OrUsual() Sizes {
	for c := range s {
		if s[c] == 0 {
			s[c] = usualSizes[c]
		}
	}
	return s
}
