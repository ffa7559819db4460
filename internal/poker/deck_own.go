package poker

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of a deck of one's own.
const (
	MinCards      = 2
	MaxCards      = 30
	MaxCardValue  = 16   // characters
	MaxDeckName   = 50   // characters
	MaxCardNumber = 1e15 // and as much below zero: what is larger could not be averaged
)

// CardChoice is a card as somebody asks for it.
type CardChoice struct {
	Value  string
	Number *float64 // what it weighs; nil for a card that is no number
	ByName bool     // Number says nothing: the value decides
}

// ChooseDeck returns the deck of that name, or, if there are cards, one of these. The error is a Refusal with Reason Invalid; the names of fields in it begin with prefix.
func ChooseDeck(prefix, name string, cards []CardChoice) (Deck, error) {
	if cards == nil {
		for _, known := range decks {
			if known.Name == name {
				return *known, nil
			}
		}
		return Deck{}, invalid(prefix+"name", "%s must be one of %s; or send cards, too.", prefix+"name", deckNames())
	}
	name, err := cleanName(prefix+"name", name, MaxDeckName)
	if err != nil {
		return Deck{}, err
	}
	if len(cards) < MinCards || len(cards) > MaxCards {
		return Deck{}, invalid(prefix+"cards", "A deck has %d to %d cards.", MinCards, MaxCards)
	}
	deck := Deck{Name: name, Cards: make([]Card, 0, len(cards))}
	for _, choice := range cards {
		card, err := choice.card(prefix + "cards")
		if err != nil {
			return Deck{}, err
		}
		if _, twice := deck.Card(card.Value); twice {
			return Deck{}, invalid(prefix+"cards", "No two cards of a deck may have the same value.")
		}
		deck.Cards = append(deck.Cards, card)
	}
	return deck, nil
}

func deckNames() string {
	names := make([]string, len(decks))
	for i, d := range decks {
		names[i] = d.Name
	}
	return strings.Join(names, ", ")
}

func (c CardChoice) card(field string) (Card, error) {
	value := strings.TrimSpace(c.Value)
	switch {
	case !strings.ContainsFunc(value, isVisible), strings.ContainsFunc(value, isControl):
		return Card{}, invalid(field, "Each card needs a value that can be seen, without control characters.")
	case utf8.RuneCountInString(value) > MaxCardValue:
		return Card{}, invalid(field, "The value of a card may have at most %d characters.", MaxCardValue)
	case c.ByName:
		return Card{Value: value, Number: numberOf(value)}, nil
	case c.Number != nil && !(math.Abs(*c.Number) <= MaxCardNumber): // not a number is no smaller, either
		return Card{}, invalid(field, "The number of a card is too large.")
	}
	return Card{Value: value, Number: c.Number}, nil
}

// numberOf is the number that a card's value names: 3, 0.5, 0,5, 1/2, ½, 1½, and with a sign; nil if it names none.
func numberOf(value string) *float64 {
	text, sign := value, 1.0
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(text, minus); ok {
			text, sign = rest, -1
			break
		}
	}
	n, ok := amount(text)
	if !ok || math.IsInf(n, 0) || math.IsNaN(n) || n > MaxCardNumber {
		return nil
	}
	n = sign * n
	return &n
}

// amount reads such a number without its sign. A fraction of nothing is infinite, or no number.
func amount(text string) (float64, bool) {
	if last, size := utf8.DecodeLastRuneInString(text); vulgar[last] != 0 {
		whole, ok := 0.0, true
		if size < len(text) {
			whole, ok = decimal(text[:len(text)-size])
		}
		return whole + vulgar[last], ok
	}
	if above, below, ok := strings.Cut(text, "/"); ok {
		a, okA := decimal(above)
		b, okB := decimal(below)
		return a / b, okA && okB
	}
	return decimal(text)
}

// vulgar are the fractions that are characters.
var vulgar = map[rune]float64{
	'½': 1.0 / 2, '⅓': 1.0 / 3, '⅔': 2.0 / 3, '¼': 1.0 / 4, '¾': 3.0 / 4, '⅕': 1.0 / 5, '⅖': 2.0 / 5, '⅗': 3.0 / 5, '⅘': 4.0 / 5,
	'⅙': 1.0 / 6, '⅚': 5.0 / 6, '⅐': 1.0 / 7, '⅛': 1.0 / 8, '⅜': 3.0 / 8, '⅝': 5.0 / 8, '⅞': 7.0 / 8, '⅑': 1.0 / 9, '⅒': 1.0 / 10,
}

// decimal reads digits, with a point or a comma among them. strconv would take more: names, exponents, other bases.
func decimal(text string) (float64, bool) {
	text = strings.Replace(text, ",", ".", 1)
	if strings.ContainsFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// ChangeDeck gives the session another deck (whoever runs it). Earlier rounds keep theirs.
type ChangeDeck struct {
	By
	Deck Deck // of ChooseDeck
}

func (ChangeDeck) action() action { return changeDeck }

func (c ChangeDeck) decide(d *decision) error {
	if now := d.state().activity(); now == Voting || now == Revealing {
		return refuse(RoundRunning)
	}
	d.did(DeckChanged{Deck: c.Deck})
	return nil
}
