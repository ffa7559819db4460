package poker

import "slices"

// Statistics are the numbers of a revealed round.
type Statistics struct {
	Average      *float64       // arithmetic mean of the numeric votes; nil without any
	Median       *float64       // middle of the numeric votes, of two middles their mean; nil without any
	Lowest       *float64       // smallest numeric vote; nil without any
	Highest      *float64       // largest numeric vote; nil without any
	Suggestion   *string        // value of the deck's card nearest to Average; of a deck without numbers the middle vote, of two middles the higher; nil without votes for it
	Distribution map[string]int // how often each value was voted; values nobody voted are absent
	Consensus    bool           // at least one numeric vote, and all of them the same; of a deck without numbers: at least one vote, and all the same, but for coffee and ?
	CoffeeVotes  int
	TotalVotes   int
}

// Summarize computes the statistics of the votes, which are cards of the deck.
func Summarize(deck *Deck, votes []Vote) *Statistics {
	st := &Statistics{Distribution: make(map[string]int), TotalVotes: len(votes)}
	var numbers []float64
	for _, v := range votes {
		st.Distribution[v.Value]++
		if v.Value == Coffee {
			st.CoffeeVotes++
		}
		if c, ok := deck.Card(v.Value); ok && c.Number != nil {
			numbers = append(numbers, *c.Number)
		}
	}
	if deck.hasNumbers() {
		st.summarizeNumbers(deck, numbers)
	} else {
		st.summarizeOrder(deck, votes)
	}
	return st
}

// summarizeOrder is for a deck without numbers: its cards are better or worse by the order in which they lie in the hand.
func (st *Statistics) summarizeOrder(deck *Deck, votes []Vote) {
	var places []int
	for _, v := range votes {
		if i := deck.place(v.Value); i >= 0 && v.Value != Coffee && v.Value != Unsure {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return
	}
	slices.Sort(places)
	st.Suggestion = &deck.Cards[places[len(places)/2]].Value
	st.Consensus = places[0] == places[len(places)-1]
}

func (st *Statistics) summarizeNumbers(deck *Deck, numbers []float64) {
	if len(numbers) == 0 {
		return
	}
	slices.Sort(numbers)
	lowest, highest := numbers[0], numbers[len(numbers)-1]
	average, median := mean(numbers), middle(numbers)
	st.Lowest, st.Highest, st.Average, st.Median = &lowest, &highest, &average, &median
	st.Consensus = lowest == highest
	if c, ok := deck.nearest(average); ok {
		st.Suggestion = &c.Value
	}
}

func mean(numbers []float64) float64 {
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	return sum / float64(len(numbers))
}

// middle is the median of sorted numbers.
func middle(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
