package poker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A session is stored whole now and then, and a start reads thousands of these. So people and votes, which are most of it, are stored as columns, with each voter named once for all rounds,
// and what follows from the rest is not stored: statistics, and the cards of a deck that is known by its name. Everything else is stored under its field's name, so that a new field needs
// nothing here.

type (
	storedSession struct {
		*plainSession
		Deck         *Deck        `json:",omitempty"` // if it is not the default one
		Decks        []Deck       `json:",omitempty"` // of rounds that were played with another
		Participants storedPeople // the session's
		Voters       string       // ids of all who voted in any of the rounds
		Round        *storedRound `json:",omitempty"`
		Rounds       []storedRound
		Current      bool `json:",omitempty"` // the last of the completed rounds is the current one, too
	}
	// storedPeople are the participants by columns: a text for each, of lines, because no name has a line break.
	storedPeople struct {
		ID, Name, Avatar, Presence, Credentials string
		Role, Facilitator, Link, Nodes          string  `json:",omitempty"` // empty for a voter, for who is no facilitator, for who has no seat link, and on a server that is alone
		Joined                                  []int64 // milliseconds since 1970
	}
	storedRound struct {
		plainRound
		Deck       int `json:",omitempty"` // its place in Decks, from 1; 0: the session's
		Votes      storedVotes
		Statistics *struct{} `json:",omitempty"` // never there
	}
	// storedVotes are the votes of a round by columns.
	storedVotes struct {
		Voter     []int // places in Voters
		Value     []string
		Submitted []int64 // milliseconds since 1970
	}
	plainSession Session
	plainRound   Round
)

// AppendStored appends the form in which a session is stored whole: one JSON object. It fails for a session with a line break in a name, which no command makes.
func (s *Session) AppendStored(b []byte) ([]byte, error) {
	stored := storedSession{plainSession: (*plainSession)(s)}
	if s.Deck == nil || !s.Deck.isDefault() {
		deck := readable(s.Deck)
		stored.Deck = &deck
	}
	var err error
	if stored.Participants, err = storePeople(s.Participants); err != nil {
		return b, fmt.Errorf("encode session %s: %w", s.ID, err)
	}
	var voters voterTable
	decks := deckTable{session: s.Deck}
	for _, r := range s.Rounds {
		stored.Rounds = append(stored.Rounds, voters.store(r, decks.of(r)))
	}
	if n := len(s.Rounds); n > 0 && s.Rounds[n-1] == s.Round {
		stored.Current = true
	} else if s.Round != nil {
		round := voters.store(s.Round, decks.of(s.Round))
		stored.Round = &round
	}
	stored.Voters = strings.Join(voters.ids, "\n")
	for _, d := range decks.others {
		stored.Decks = append(stored.Decks, readable(d))
	}
	out := appender(b)
	if err := json.NewEncoder(&out).Encode(stored); err != nil {
		return b, fmt.Errorf("encode session %s: %w", s.ID, err)
	}
	return bytes.TrimSuffix(out, []byte("\n")), nil
}

// appender is a slice that can be written to: an encoder that writes needs no slice of its own.
type appender []byte

// Write appends.
func (a *appender) Write(b []byte) (int, error) {
	*a = append(*a, b...)
	return len(b), nil
}

// DecodeStored reads what [Session.AppendStored] wrote.
func DecodeStored(data []byte) (*Session, error) {
	stored := storedSession{plainSession: &plainSession{}}
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	s := (*Session)(stored.plainSession)
	if s.Deck = fibonacci; stored.Deck != nil {
		s.Deck = restoredDeck(*stored.Deck)
	}
	decks := []*Deck{s.Deck}
	for _, d := range stored.Decks {
		decks = append(decks, restoredDeck(d))
	}
	var err error
	if s.Participants, err = stored.Participants.people(); err != nil {
		return nil, fmt.Errorf("decode session %s: %w", s.ID, err)
	}
	voters := sharedIDs(lines(stored.Voters), s.Participants)
	for i := range stored.Rounds {
		round, err := stored.Rounds[i].round(decks, voters)
		if err != nil {
			return nil, err
		}
		s.Rounds = append(s.Rounds, round)
		s.RoundVotes += len(round.Votes)
	}
	switch {
	case stored.Round != nil:
		s.Round, err = stored.Round.round(decks, voters)
	case stored.Current && len(s.Rounds) > 0:
		s.Round = s.Rounds[len(s.Rounds)-1]
	}
	return s, err
}

func storePeople(people []Participant) (storedPeople, error) {
	var columns [8][]string
	for c := range columns {
		columns[c] = slices.Grow(columns[c], len(people))
	}
	joined := make([]int64, len(people))
	for i, p := range people {
		for c, text := range []string{p.ID, p.Name, p.Avatar, string(p.Presence), strings.Join(p.Credentials, " "), p.Role.stored(), storedFlag(p.Facilitator), p.Link.stored()} {
			if strings.Contains(text, "\n") {
				return storedPeople{}, fmt.Errorf("participant %s has a line break", p.ID)
			}
			columns[c] = append(columns[c], text)
		}
		joined[i] = p.JoinedAt.UnixMilli()
	}
	text := func(c int) string { return strings.Join(columns[c], "\n") }
	return storedPeople{
		ID: text(0), Name: text(1), Avatar: text(2), Presence: text(3), Credentials: text(4), Role: sparse(text(5)), Facilitator: sparse(text(6)), Link: sparse(text(7)), Nodes: storedNodes(people), Joined: joined,
	}, nil
}

// sparse is a column; empty if it is so for everybody.
func sparse(column string) string {
	if strings.Trim(column, "\n") == "" {
		return ""
	}
	return column
}

func storedFlag(set bool) string {
	if set {
		return "1"
	}
	return ""
}

func (l SeatLink) stored() string {
	if l.Digest == "" {
		return ""
	}
	return l.Digest + " " + strconv.FormatInt(l.ExpiresAt.UnixMilli(), 10)
}

// seatLinkOf reads what stored wrote.
func seatLinkOf(text string) SeatLink {
	digest, until, ok := strings.Cut(text, " ")
	ms, err := strconv.ParseInt(until, 10, 64)
	if !ok || err != nil {
		return SeatLink{}
	}
	return SeatLink{Digest: strings.Clone(digest), ExpiresAt: time.UnixMilli(ms).UTC()}
}

func (r Role) stored() string {
	if r == Voter {
		return ""
	}
	return string(r)
}

// roleOf is a role whose text is not a part of a longer one, which it would keep in memory.
func roleOf(text string) Role {
	switch text {
	case "", string(Voter):
		return Voter
	case string(Spectator):
		return Spectator
	}
	return Role(text)
}

func (p storedPeople) people() ([]Participant, error) {
	n := len(p.Joined)
	if n == 0 {
		return nil, nil
	}
	var columns [8][]string
	for i, text := range []string{p.ID, p.Name, p.Avatar, p.Presence, p.Credentials, p.Role, p.Facilitator, p.Link} {
		if columns[i] = column(text, n); len(columns[i]) != n {
			return nil, fmt.Errorf("%d participants, and a column of %d", n, len(columns[i]))
		}
	}
	ids, names, avatars, presences, credentials, roles, facilitators, links := columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6], columns[7]
	people := make([]Participant, n)
	for i := range people {
		people[i] = Participant{
			ID: ids[i], Name: names[i], Avatar: avatars[i], Presence: presenceOf(presences[i]), JoinedAt: time.UnixMilli(p.Joined[i]).UTC(),
			Credentials: strings.Split(credentials[i], " "), Role: roleOf(roles[i]), Facilitator: facilitators[i] != "", Link: seatLinkOf(links[i]),
		}
	}
	return people, p.nodes(people)
}

// storedNodes is the column of the nodes that have streams of people. Empty on a server that is alone, which has no use for it.
func storedNodes(people []Participant) string {
	if !slices.ContainsFunc(people, func(p Participant) bool { return len(p.Nodes) > 0 }) {
		return ""
	}
	column := make([]string, len(people))
	for i, p := range people {
		column[i] = strings.Join(p.Nodes, " ")
	}
	return strings.Join(column, "\n")
}

// nodes reads what storedNodes wrote.
func (p storedPeople) nodes(people []Participant) error {
	if p.Nodes == "" {
		return nil
	}
	column := strings.Split(p.Nodes, "\n")
	if len(column) != len(people) {
		return fmt.Errorf("%d participants, and nodes of %d", len(people), len(column))
	}
	for i, text := range column {
		if text != "" {
			people[i].Nodes = strings.Split(strings.Clone(text), " ") // no part of a longer text, which it would keep in memory
		}
	}
	return nil
}

// column splits a column of n texts. One that an earlier version did not have is empty for everybody.
func column(text string, n int) []string {
	if text == "" {
		return make([]string, n)
	}
	return strings.Split(text, "\n")
}

// presenceOf is a presence whose text is not a part of a longer one, which it would keep in memory.
func presenceOf(text string) Presence {
	for _, known := range []Presence{Assumed, Present, Away} {
		if text == string(known) {
			return known
		}
	}
	return Presence(text)
}

// lines splits a text into its lines; none for an empty one.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// sharedIDs are the ids, as the participants have them where they do, so that each is in memory once.
func sharedIDs(ids []string, people []Participant) []string {
	for i, id := range ids {
		for _, p := range people {
			if p.ID == id {
				ids[i] = p.ID
			}
		}
	}
	return ids
}

// readable is a deck as it is stored: without cards if the entry that says which could not be read.
func readable(d *Deck) Deck {
	if d == nil {
		return Deck{}
	}
	return *d
}

func restoredDeck(d Deck) *Deck {
	if len(d.Cards) == 0 {
		return nil
	}
	return shared(d)
}

// deckTable numbers the decks of rounds, from 1; 0 is the session's.
type deckTable struct {
	session *Deck
	others  []*Deck
}

func (t *deckTable) of(r *Round) int {
	if r.Deck == t.session {
		return 0
	}
	i := slices.Index(t.others, r.Deck)
	if i < 0 {
		i = len(t.others)
		t.others = append(t.others, r.Deck)
	}
	return i + 1
}

// voterTable numbers the voters of a session.
type voterTable struct {
	ids   []string
	place map[string]int
}

func (v *voterTable) store(r *Round, deck int) storedRound {
	n := len(r.Votes)
	votes := storedVotes{Voter: slices.Grow([]int(nil), n), Value: slices.Grow([]string(nil), n), Submitted: slices.Grow([]int64(nil), n)}
	for _, vote := range r.Votes {
		votes.Voter = append(votes.Voter, v.of(vote.UserID))
		votes.Value = append(votes.Value, vote.Value)
		votes.Submitted = append(votes.Submitted, vote.SubmittedAt.UnixMilli())
	}
	return storedRound{plainRound: plainRound(*r), Deck: deck, Votes: votes}
}

func (v *voterTable) of(id string) int {
	place, ok := v.place[id]
	if !ok {
		if v.place == nil {
			v.place = make(map[string]int)
		}
		place = len(v.ids)
		v.place[id] = place
		v.ids = append(v.ids, id)
	}
	return place
}

func (r *storedRound) round(decks []*Deck, voters []string) (*Round, error) {
	round := Round(r.plainRound)
	if r.Deck < 0 || r.Deck >= len(decks) {
		return nil, fmt.Errorf("decode round %s: a deck that is not there", round.ID)
	}
	deck := decks[r.Deck]
	round.Deck = deck
	v := r.Votes
	if len(v.Value) != len(v.Voter) || len(v.Submitted) != len(v.Voter) {
		return nil, fmt.Errorf("decode round %s: the columns of votes differ in length", round.ID)
	}
	if len(v.Voter) > 0 {
		round.Votes = make([]Vote, len(v.Voter))
	}
	for i, place := range v.Voter {
		if place < 0 || place >= len(voters) {
			return nil, fmt.Errorf("decode round %s: a vote of nobody", round.ID)
		}
		value := v.Value[i]
		if card, ok := deck.Card(value); ok {
			value = card.Value // which is in memory already
		}
		round.Votes[i] = Vote{UserID: voters[place], Value: value, SubmittedAt: time.UnixMilli(v.Submitted[i]).UTC()}
	}
	if round.Revealed {
		round.Statistics = Summarize(deck, round.Votes)
	}
	return &round, nil
}
