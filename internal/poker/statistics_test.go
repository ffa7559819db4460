package poker

import (
	"strings"
	"testing"
)

func TestSummarize(t *testing.T) {
	n := ptr[float64]
	for _, c := range []struct {
		votes string
		want  Statistics
	}{
		{"", Statistics{Distribution: map[string]int{}}},
		{"coffee coffee", Statistics{Distribution: map[string]int{"coffee": 2}, CoffeeVotes: 2, TotalVotes: 2}},
		{"5", Statistics{
			Average: n(5), Median: n(5), Lowest: n(5), Highest: n(5), Suggestion: ptr("5"),
			Distribution: map[string]int{"5": 1}, Consensus: true, TotalVotes: 1,
		}},
		{"5 coffee 5", Statistics{
			Average: n(5), Median: n(5), Lowest: n(5), Highest: n(5), Suggestion: ptr("5"),
			Distribution: map[string]int{"5": 2, "coffee": 1}, Consensus: true, CoffeeVotes: 1, TotalVotes: 3,
		}},
		{"13 1 2", Statistics{
			Average: n(16.0 / 3), Median: n(2), Lowest: n(1), Highest: n(13), Suggestion: ptr("5"),
			Distribution: map[string]int{"1": 1, "2": 1, "13": 1}, TotalVotes: 3,
		}},
		{"21 1 2 5", Statistics{
			Average: n(7.25), Median: n(3.5), Lowest: n(1), Highest: n(21), Suggestion: ptr("8"),
			Distribution: map[string]int{"1": 1, "2": 1, "5": 1, "21": 1}, TotalVotes: 4,
		}},
		{"3 5", Statistics{ // as near to 3 as to 5: the higher one
			Average: n(4), Median: n(4), Lowest: n(3), Highest: n(5), Suggestion: ptr("5"),
			Distribution: map[string]int{"3": 1, "5": 1}, TotalVotes: 2,
		}},
	} {
		t.Run(c.votes, func(t *testing.T) {
			var votes []Vote
			for _, value := range strings.Fields(c.votes) {
				votes = append(votes, Vote{Value: value})
			}
			equal(t, "statistics", Summarize(fibonacci, votes), &c.want)
		})
	}
}

func TestSummarize_of_a_deck_without_numbers(t *testing.T) {
	deck := &Deck{Cards: []Card{{Value: "S"}, {Value: "M"}, {Value: Coffee}}}
	got := Summarize(deck, []Vote{{Value: "S"}, {Value: "S"}, {Value: Coffee}})
	equal(t, "statistics", got, &Statistics{Suggestion: ptr("S"), Consensus: true, Distribution: map[string]int{"S": 2, "coffee": 1}, CoffeeVotes: 1, TotalVotes: 3})
}

func TestFibonacci(t *testing.T) {
	var values []string
	for _, c := range Fibonacci().Cards {
		values = append(values, c.Value)
	}
	equal(t, "cards", strings.Join(values, " "), "1 2 3 5 8 13 21 coffee")
}
