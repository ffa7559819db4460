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
		Estimate *string `json:"estimate,omitempty" nullable:"true" doc:"A card of the session's deck; absent or null for no estimate."`
	}
	// TimerRequest is the optional body of timer.
	TimerRequest struct {
		Seconds *float64 `json:"seconds,omitempty" nullable:"true" doc:"From now, more than 0 and at most 3,600; may have a fraction. null or left out: the timer stops."`
	}
	// NudgeRequest is the optional body of nudge.
	NudgeRequest struct {
		UserIDs []string `json:"user_ids,omitempty" doc:"Of these, voters who have not voted; left out: all of these."`
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

func (a *API) timer(ctx context.Context, in *struct {
	AsUser
	Body *TimerRequest
}) (*answer[Done], error) {
	cmd := poker.SetTimer{By: poker.By{UserID: in.UserID}}
	if in.Body != nil {
		cmd.Seconds = in.Body.Seconds
	}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("The timer has been set."), nil
}

func (a *API) nudge(ctx context.Context, in *struct {
	AsUser
	Body *NudgeRequest
}) (*answer[Done], error) {
	cmd := poker.Nudge{By: poker.By{UserID: in.UserID}}
	if in.Body != nil {
		cmd.UserIDs = in.Body.UserIDs
	}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("Those who have not voted have been reminded."), nil
}
