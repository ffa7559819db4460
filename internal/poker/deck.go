package poker

import (
	"slices"
	"strings"
)

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

// Unsure is the card of who cannot say. It is no opinion where a deck without numbers asks for consensus.
const Unsure = "?"

// Fibonacci returns the default deck: 1 2 3 5 8 13 21 coffee. Its cards must not be changed: all sessions share them.
func Fibonacci() Deck { return *fibonacci }

// decks are those that are known by their names.
var decks = []*Deck{
	known("fibonacci", "1 2 3 5 8 13 21 coffee"),
	known("modified-fibonacci", "0 ½ 1 2 3 5 8 13 20 40 100 ? coffee"),
	known("powers", "0 1 2 4 8 16 32 64 ? coffee"),
	known("t-shirt", "XS S M L XL XXL ? coffee"),
	known("fist", "1 2 3 4 5"),
	known("hours", "1 2 4 8 16 24 40 ? coffee"),
}

var fibonacci = decks[0]

func known(name, values string) *Deck {
	d := &Deck{Name: name}
	for value := range strings.FieldsSeq(values) {
		d.Cards = append(d.Cards, Card{Value: value, Number: numberOf(value)})
	}
	return d
}

// shared is a deck that states may share; those that are known by their names are there once for all sessions.
func shared(d Deck) *Deck {
	for _, known := range decks {
		if d.equal(known) {
			return known
		}
	}
	return &d
}

// isDefault reports whether a deck is the default one, card by card.
func (d *Deck) isDefault() bool { return d == fibonacci || d.equal(fibonacci) }

func (d *Deck) equal(other *Deck) bool {
	return d.Name == other.Name && slices.EqualFunc(d.Cards, other.Cards, func(a, b Card) bool {
		return a.Value == b.Value && (a.Number == nil) == (b.Number == nil) && (a.Number == nil || *a.Number == *b.Number)
	})
}

// Card returns the card with that value; false if the deck has none, or is nil.
func (d *Deck) Card(value string) (Card, bool) {
	i := d.place(value)
	if i < 0 {
		return Card{}, false
	}
	return d.Cards[i], true
}

// place is where in the hand a card lies; -1 if the deck has none with that value, or is nil.
func (d *Deck) place(value string) int {
	if d == nil {
		return -1
	}
	return slices.IndexFunc(d.Cards, func(c Card) bool { return c.Value == value })
}

func (d *Deck) hasNumbers() bool {
	return d != nil && slices.ContainsFunc(d.Cards, func(c Card) bool { return c.Number != nil })
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
