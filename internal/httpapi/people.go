package httpapi

import (
	"context"

	"github.com/magnapp/magnapp/internal/poker"
)

// ProfileRequest is the body of profile: one of the two, or both.
type ProfileRequest struct {
	Name   *string `json:"name,omitempty" doc:"1 to 50 characters."`
	Avatar *string `json:"avatar,omitempty" doc:"Up to 200 characters; may be empty."`
}

func (a *API) changeProfile(ctx context.Context, in *struct {
	AsUser
	Body ProfileRequest
}) (*answer[Done], error) {
	cmd := &poker.ChangeProfile{By: poker.By{UserID: in.UserID}, Name: in.Body.Name, Avatar: in.Body.Avatar}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("Your profile has been changed."), nil
}

func (a *API) takeOver(ctx context.Context, in *AsUser) (*answer[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.TakeOver{By: poker.By{UserID: in.UserID}}); err != nil {
		return nil, err
	}
	return done("You are the Scrum Master now."), nil
}
