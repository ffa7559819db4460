package httpapi

import (
	"context"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

type (
	// startInput, voteInput: what the plain calls take, for the document.
	startInput struct {
		AsUser
		Body *StartRequest
	}
	voteInput struct {
		AsUser
		Body VoteRequest
	}
	// StartRequest is the optional body of start.
	StartRequest struct {
		Topic   *string `json:"topic,omitempty" doc:"What the round is about, up to 500 characters."`
		StoryID *string `json:"story_id,omitempty" doc:"The story that the round is about, whose title is the topic."`
	}
	// VoteRequest is the body of vote.
	VoteRequest struct {
		Vote string `json:"vote" doc:"A card of the session's deck: 1, 2, 3, 5, 8, 13, 21 or coffee."`
	}
	// AcceptRequest is the body of accept.
	AcceptRequest struct {
		Estimate *string `json:"estimate,omitempty" doc:"A card of the session's deck; absent or null for no estimate."`
	}
	// Revealed is the answer of reveal. With a countdown, the votes are still hidden, statistics is null, and reveals_at says when the cards turn.
	Revealed struct {
		RoundID    string               `json:"round_id" format:"uuid"`
		Votes      map[string]view.Vote `json:"votes"`
		Statistics *view.Statistics     `json:"statistics"`
		RevealsAt  *string              `json:"reveals_at" format:"date-time"`
	}
)

func (a *API) retract(ctx context.Context, in *AsUser) (*answer[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.RetractVote{By: poker.By{UserID: in.UserID}}); err != nil {
		return nil, err
	}
	return done("Your vote has been taken back."), nil
}

// revealedOf answers for a round; one that the session has forgotten, because the answer comes so late, is an empty one.
func revealedOf(round *poker.Round) Revealed {
	if round == nil {
		round = &poker.Round{}
	}
	r := view.OfRound(round)
	return Revealed{RoundID: r.ID, Votes: r.Votes, Statistics: r.Statistics, RevealsAt: r.RevealsAt}
}

func (a *API) accept(ctx context.Context, in *struct {
	AsUser
	Body *AcceptRequest
}) (*answer[Done], error) {
	cmd := poker.Accept{By: poker.By{UserID: in.UserID}}
	if in.Body != nil {
		cmd.Estimate = in.Body.Estimate
	}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("The round is completed."), nil
}
