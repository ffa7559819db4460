package poker

import (
	"math"
	"strings"
	"testing"
)

func TestNumberOf_what_people_write_on_cards(t *testing.T) {
	for value, want := range map[string]float64{
		"½": 0.5, "1/2": 0.5, "0.5": 0.5, "0,5": 0.5, ".5": 0.5, "1½": 1.5, "¾": 0.75, "3/4": 0.75, "0": 0, "13": 13, "-1": -1, "−2": -2, "100": 100, "007": 7,
	} {
		if got := numberOf(value); got == nil || *got != want {
			t.Errorf("%s: %v, want %v", value, got, want)
		}
	}
	for _, value := range []string{
		"?", "∞", "coffee", "XS", "XL", "", "1e3", "0x10", "Inf", "NaN", "1_000", "1/0", "0/0", "x/2", "2/x", "1/2/3", "1.2.3", "1,2,3", "½½", "x½", "+1", "--1", ".", ",", "/", "1/", "٣", "9999999999999999", "1 2",
	} {
		if got := numberOf(value); got != nil {
			t.Errorf("%q: %v, want none", value, *got)
		}
	}
}

func TestChooseDeck_that_is_known(t *testing.T) {
	for name, values := range map[string]string{
		"fibonacci": "1 2 3 5 8 13 21 coffee", "modified-fibonacci": "0 ½ 1 2 3 5 8 13 20 40 100 ? coffee", "powers": "0 1 2 4 8 16 32 64 ? coffee",
		"t-shirt": "XS S M L XL XXL ? coffee", "fist": "1 2 3 4 5", "hours": "1 2 4 8 16 24 40 ? coffee",
	} {
		deck, err := ChooseDeck("", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range deck.Cards {
			got = append(got, c.Value)
		}
		equal(t, name, strings.Join(got, " "), values)
	}
}

func choices(values ...string) (cards []CardChoice) {
	for _, v := range values {
		cards = append(cards, CardChoice{Value: v, ByName: true})
	}
	return cards
}

func TestChooseDeck_of_ones_own(t *testing.T) {
	deck, err := ChooseDeck("", " Ours ", append(choices(" ½ ", "∞", "8"), CardChoice{Value: "XL", Number: ptr(7.5)}, CardChoice{Value: "9"}))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "deck", deck, Deck{Name: "Ours", Cards: []Card{{Value: "½", Number: ptr(0.5)}, {Value: "∞"}, {Value: "8", Number: ptr(8.0)}, {Value: "XL", Number: ptr(7.5)}, {Value: "9"}}})
}

func TestChooseDeck_with_the_longest_value_and_the_largest_number(t *testing.T) {
	longest, largest := strings.Repeat("é", MaxCardValue), -float64(MaxCardNumber)
	deck, err := ChooseDeck("", "own", []CardChoice{{Value: longest}, {Value: "1", Number: &largest}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "cards", deck.Cards, []Card{{Value: longest}, {Value: "1", Number: &largest}})
}

func TestChooseDeck_that_is_refused(t *testing.T) {
	many := make([]string, MaxCards+1)
	for i := range many {
		many[i] = strings.Repeat("x", i%MaxCardValue+1) + strings.Repeat("y", i/MaxCardValue)
	}
	for _, c := range []struct {
		name, deck, field string
		cards             []CardChoice
	}{
		{"an unknown name", "tarot", "deck.name", nil},
		{"no name", "", "deck.name", choices("1", "2")},
		{"no cards", "own", "deck.cards", []CardChoice{}},
		{"one card", "own", "deck.cards", choices("1")},
		{"too many cards", "own", "deck.cards", choices(many...)},
		{"the same card twice", "own", "deck.cards", choices("1", "2", " 1")},
		{"a value that is too long", "own", "deck.cards", choices("1", "12345678901234567")},
		{"an empty value", "own", "deck.cards", choices("1", " ")},
		{"a value that nobody sees", "own", "deck.cards", choices("1", "\u200b")},
		{"a control character", "own", "deck.cards", choices("1", "a\nb")},
		{"not a number", "own", "deck.cards", []CardChoice{{Value: "1"}, {Value: "2", Number: ptr(math.NaN())}}},
		{"no end", "own", "deck.cards", []CardChoice{{Value: "1"}, {Value: "2", Number: ptr(math.Inf(1))}}},
		{"too large a number", "own", "deck.cards", []CardChoice{{Value: "1"}, {Value: "2", Number: ptr(-1e16)}}},
	} {
		_, err := ChooseDeck("deck.", c.deck, c.cards)
		if refusal, _ := err.(*Refusal); refusal == nil || refusal.Field != c.field { //nolint:errorlint // it is not wrapped here
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestDeck_changes_between_rounds_and_earlier_rounds_keep_theirs(t *testing.T) {
	g := started(newGame(t))
	g.do(Reveal{by("sm")})
	equal(t, "events", g.do(ChangeDeck{By: by("sm"), Deck: *decks[3]}), "deck_changed")
	equal(t, "an estimate of the next deck", g.try(Accept{By: by("sm"), Estimate: ptr("M")}), UnknownCard)
	g.do(Accept{By: by("sm"), Estimate: ptr("5")})
	g.do(Start{By: by("sm"), RoundID: "r2"})
	equal(t, "a card of the deck before", g.try(CastVote{By: by("ann"), Value: "5"}), UnknownCard)
	g.do(CastVote{By: by("ann"), Value: "M"})
	g.do(Reveal{by("sm")})
	stored, err := g.s.AppendStored(nil)
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodeStored(stored)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "stored and read", read, g.s)
	equal(t, "average of the first round", read.Rounds[0].Statistics.Average, ptr(5.0))
}

func TestSummarize_of_t_shirts(t *testing.T) {
	for _, c := range []struct {
		votes, suggestion string
		consensus         bool
	}{
		{"S L", "L", false}, {"XL S M", "M", false}, {"S M L XL", "L", false}, {"M M ? coffee", "M", true}, {"? coffee", "", false}, {"XXL", "XXL", true},
	} {
		var votes []Vote
		for _, v := range strings.Fields(c.votes) {
			votes = append(votes, Vote{Value: v})
		}
		st := Summarize(decks[3], votes)
		suggestion := ""
		if st.Suggestion != nil {
			suggestion = *st.Suggestion
		}
		equal(t, c.votes, suggestion, c.suggestion)
		equal(t, c.votes+" consensus", st.Consensus, c.consensus)
		equal(t, c.votes+" average", st.Average, nil)
	}
}
