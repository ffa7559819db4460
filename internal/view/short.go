package view

import (
	"slices"
	"unicode/utf8"

	"github.com/magnapp/magnapp/internal/poker"
)

// The bounds of the list of completed rounds in a session, which goes to everybody again and again: with 16 people all of it has to stay under 8 KB, so the list has what room the rest leaves.
const (
	roundsInShort = 20
	topicInShort  = 40          // characters
	sessionBytes  = 8<<10 - 100 // of a session as an event of a stream
	bytesOfRound  = 164         // of a round in the list, at most, beside its topic and its estimate
)

// inShort shows the latest of the completed rounds, in so many bytes.
func inShort(rounds []*poker.Round, room int) []RoundInShort {
	rounds = rounds[max(0, len(rounds)-roundsInShort):]
	short := make([]RoundInShort, len(rounds))
	first := len(rounds)
	for i, r := range slices.Backward(rounds) {
		short[i] = RoundInShort{ID: r.ID, Topic: cut(r.Topic, topicInShort), StoryID: orNull(r.StoryID), Estimate: r.Estimate, CompletedAt: timeOrNull(r.CompletedAt)}
		if room -= bytesOfRound + lengthOf(short[i].Topic) + lengthOf(r.Estimate); room < 0 {
			break
		}
		first = i
	}
	return short[first:]
}

// cut shortens a text to so many characters, the last one an ellipsis.
func cut(text *string, most int) *string {
	if text == nil || utf8.RuneCountInString(*text) <= most {
		return text
	}
	short := string([]rune(*text)[:most-1]) + "…"
	return &short
}

// The bytes of the parts of a session in JSON, at most, beside the texts in them.
const (
	bytesOfSession = 1250 // with its settings, its names of fields, and the event around it
	bytesOfUser    = 165
	bytesOfVote    = 144
	bytesOfCard    = 44
	bytesOfTally   = 6 // of a value in the distribution
	bytesOfNumbers = 215
)

// bytesBesideRounds is how long a session is at most, as JSON, without its completed rounds.
func bytesBesideRounds(s *poker.Session) int {
	n := bytesOfSession + poker.JSONLength(s.Name)
	for _, p := range s.Participants {
		n += bytesOfUser + poker.JSONLength(p.Name) + poker.JSONLength(p.Avatar)
	}
	if s.Deck != nil {
		n += poker.JSONLength(s.Deck.Name)
		for _, c := range s.Deck.Cards {
			n += bytesOfCard + poker.JSONLength(c.Value)
		}
	}
	if r := s.Round; r != nil {
		n += lengthOf(r.Topic) + lengthOf(r.Estimate) + bytesOfNumbers
		for _, v := range r.Votes {
			n += bytesOfVote + poker.JSONLength(v.Value)
			if r.Revealed {
				n += bytesOfTally + poker.JSONLength(v.Value)
			}
		}
	}
	return n
}

func lengthOf(text *string) int {
	if text == nil {
		return 0
	}
	return poker.JSONLength(*text)
}
