package httpapi

import (
	"context"

	"github.com/magnapp/magnapp/internal/poker"
)

type (
	// DeckRequest is a deck that is asked for.
	DeckRequest struct {
		Name  string        `json:"name" doc:"Without cards: fibonacci, modified-fibonacci, powers, t-shirt, fist or hours. With cards: what one's own deck is called, 1 to 50 characters."`
		Cards []CardRequest `json:"cards,omitempty" doc:"2 to 30 cards, all different, in the order in which they lie in the hand."`
	}
	// CardRequest is a card of a deck of one's own.
	CardRequest struct {
		Value  string         `json:"value" doc:"1 to 16 characters."`
		Number maybe[float64] `json:"number,omitempty" doc:"What the card weighs; null: nothing. Left out: what its value says, of which ½, 1/2, 0.5 and 0,5 are the same number."`
	}
)

// chosen is the deck; the default one for nil. The names of fields in refusals begin with prefix.
func (r *DeckRequest) chosen(prefix string) (poker.Deck, error) {
	if r == nil {
		return poker.Fibonacci(), nil
	}
	var cards []poker.CardChoice
	if r.Cards != nil {
		cards = make([]poker.CardChoice, len(r.Cards))
	}
	for i, c := range r.Cards {
		cards[i] = poker.CardChoice{Value: c.Value, Number: c.Number.value, ByName: !c.Number.sent}
	}
	return poker.ChooseDeck(prefix, r.Name, cards)
}

func (a *API) changeDeck(ctx context.Context, in *struct {
	AsUser
	Body DeckRequest
}) (*answer[Done], error) {
	deck, err := in.Body.chosen("")
	if err != nil {
		return nil, a.fail(callerOf(ctx), err)
	}
	if _, err := a.do(ctx, in.SessionID, poker.ChangeDeck{By: poker.By{UserID: in.UserID}, Deck: deck}); err != nil {
		return nil, err
	}
	return done("The deck has been changed."), nil
}
