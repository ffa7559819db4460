package bench

import (
	"fmt"
	"strconv"
	"strings"
)

// A command is what a session is made to do.
type command int

// The commands of a round, in the order in which the first of each is played.
const (
	vote command = iota
	reveal
	start
	commandKinds
)

// votesPerRound is how often somebody votes in a round. It does not depend on the number of users (who take turns, and change
// their cards), so that rounds weigh the same in every workload.
const votesPerRound = 16

// commandsPerRound is the length of a round: the votes, the reveal and the start of the next.
const commandsPerRound = votesPerRound + 2

// commandAt is what a session does as its n-th command, counted from 0. The first round was started before that.
func commandAt(n int) command {
	switch n % commandsPerRound {
	case votesPerRound:
		return reveal
	case votesPerRound + 1:
		return start
	default:
		return vote
	}
}

// frames is how many events a command causes on each stream. Starting after a reveal causes two: round_completed and voting_started.
func (c command) frames() int {
	if c == start {
		return 2
	}
	return 1
}

// sizes are the bytes that each kind of command puts on each stream, in all of its frames, framing of HTTP included.
type sizes [commandKinds]int

// usualSizes stand in until they have been observed: those of a session of 16.
var usualSizes = sizes{vote: 244, reveal: 2800, start: 800}

// smallestFrame is what the reference needs for one frame.
const smallestFrame = len("data: \n\n")

// orUsual fills in what was not observed.
func (s sizes) orUsual() sizes {
	for c := range s {
		if s[c] == 0 {
			s[c] = usualSizes[c]
		}
	}
	return s
}

// String is the form that [parseSizes] reads.
func (s sizes) String() string {
	return fmt.Sprintf("%d,%d,%d", s[vote], s[reveal], s[start])
}

// parseSizes reads "vote,reveal,start" in bytes; empty is the usual sizes.
func parseSizes(text string) (sizes, error) {
	if text == "" {
		return usualSizes, nil
	}
	fields := strings.Split(text, ",")
	if len(fields) != int(commandKinds) {
		return sizes{}, fmt.Errorf("--reference-sizes: want %d numbers, got %q", commandKinds, text)
	}
	var s sizes
	for c := range s {
		n, err := strconv.Atoi(fields[c])
		if least := command(c).frames() * smallestFrame; err != nil || n < least || n > 1<<20 {
			return sizes{}, fmt.Errorf("--reference-sizes: %q is not between %d and %d bytes", fields[c], least, 1<<20)
		}
		s[c] = n
	}
	return s, nil
}
