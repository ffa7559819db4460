package poker

import "slices"

// Card is one card of a deck.
type Card struct {
	Value  string   `json:"value"`  // what is voted, shown and counted
	Number *float64 `json:"number"` // what the card weighs in statistics; nil for a card that is no number
}

// Deck is a set of cards to vote with. Decks are data: a new kind of deck is a new value of this type.
type Deck struct {
	Name  string `json:"name"`
	Cards []Card `json:"cards"` // in the order in which they lie in the hand
}

// Coffee is the card that asks for a break. It is counted apart from the numbers.
const Coffee = "coffee"

// Fibonacci returns the default deck: 1 2 3 5 8 13 21 coffee. Its cards must not be changed: all sessions share them.
func Fibonacci() Deck { return *fibonacci }

var fibonacci = newFibonacci()

// shared is a deck that states may share; the default one is there once for all sessions.
func shared(d Deck) *Deck {
	if d.isDefault() {
		return fibonacci
	}
	return &d
}

// isDefault reports whether a deck is the default one, card by card.
func (d Deck) isDefault() bool {
	return d.Name == fibonacci.Name && slices.EqualFunc(d.Cards, fibonacci.Cards, func(a, b Card) bool {
		return a.Value == b.Value && (a.Number == nil) == (b.Number == nil) && (a.Number == nil || *a.Number == *b.Number)
	})
}

func newFibonacci() *Deck {
	return &Deck{Name: "fibonacci", Cards: []Card{
		number("1", 1), number("2", 2), number("3", 3), number("5", 5), number("8", 8), number("13", 13), number("21", 21), {Value: Coffee},
	}}
}

func number(value string, n float64) Card { return Card{Value: value, Number: &n} }

// Card returns the card with that value; false if the deck has none, or is nil.
func (d *Deck) Card(value string) (Card, bool) {
	if d == nil {
		return Card{}, false
	}
	i := slices.IndexFunc(d.Cards, func(c Card) bool { return c.Value == value })
	if i < 0 {
		return Card{}, false
	}
	return d.Cards[i], true
}

// nearest is the card whose number is closest to n; of two as close the higher, because estimates err to the low side. False for a deck without numbers.
func (d *Deck) nearest(n float64) (Card, bool) {
	var best Card
	for _, c := range d.Cards {
		if c.Number == nil {
			continue
		}
		if best.Number == nil || closer(*c.Number, *best.Number, n) {
			best = c
		}
	}
	return best, best.Number != nil
}

func closer(a, b, n float64) bool {
	da, db := abs(a-n), abs(b-n)
	return da < db || da == db && a > b
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
