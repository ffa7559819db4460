package wire

import (
	"fmt"
	"strconv"
	"strings"
)

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
type Sizes [CommandKinds]int

// UsualSizes stand in until they have been observed: those of a session of 16.
var UsualSizes = Sizes{Vote: 244, Reveal: 2800, Start: 800}

// smallestFrame is the least that can be written for one frame.
const smallestFrame = len("data: \n\n")

// OrUsual replaces what was not observed by the usual size.
func (s Sizes) OrUsual() Sizes {
	for c := range s {
		if s[c] == 0 {
			s[c] = UsualSizes[c]
		}
	}
	return s
}

// String is the form that [ParseSizes] reads.
func (s Sizes) String() string {
	return fmt.Sprintf("%d,%d,%d", s[Vote], s[Reveal], s[Start])
}

// ParseSizes reads "vote,reveal,start" in bytes. The error is another form, or a size that is too small for the command's frames or above 1 MB.
func ParseSizes(text string) (Sizes, error) {
	fields := strings.Split(text, ",")
	if len(fields) != int(CommandKinds) {
		return Sizes{}, fmt.Errorf("sizes: want %d numbers, got %q", CommandKinds, text)
	}
	var s Sizes
	for c := range s {
		n, err := strconv.Atoi(fields[c])
		if least := Command(c).Frames() * smallestFrame; err != nil || n < least || n > 1<<20 {
			return Sizes{}, fmt.Errorf("sizes: %q is not between %d and %d bytes", fields[c], least, 1<<20)
		}
		s[c] = n
	}
	return s, nil
}
