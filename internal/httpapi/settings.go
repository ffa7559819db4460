package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
)

type (
	// SettingsRequest are settings of which any may be left out.
	SettingsRequest struct {
		poker.Settings
		Password maybe[string] `json:"password,omitempty" doc:"Never shown. 4 to 100 characters; null for none. With one, joining takes it, and reading the credential of a participant."`
	}
	// RoleRequest is the body of role.
	RoleRequest struct {
		UserID string `json:"user_id,omitempty" doc:"Whose role it is; left out: one's own."`
		Role   string `json:"role" enum:"voter,spectator"`
	}
	// ofFacilitator is a call about a facilitator.
	ofFacilitator struct {
		AsUser
		OtherID string `path:"other_id" doc:"Who helps to run the session, or does no longer."`
	}
)

// TransformSchema makes every setting optional.
func (SettingsRequest) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = nil
	return s
}

func (a *API) settings(ctx context.Context, in *struct {
	AsUser
	Body SettingsRequest
}) (*answer[Done], error) {
	c := callerOf(ctx)
	cmd := poker.ChangeSettings{By: poker.By{UserID: in.UserID}, Changes: c.body} // as it came, because what is not in it does not change
	if in.Body.Password.sent {
		if err := a.mayHash(ctx, c, in.SessionID, in.UserID); err != nil {
			return nil, err
		}
		var err error
		if cmd.Password, err = a.hasher.hashed(ctx, "password", in.Body.Password); err != nil {
			return nil, problemOf(err)
		}
	}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("The settings have been changed."), nil
}

// mayHash refuses whoever may not choose a password, before any is hashed: that is slow.
func (a *API) mayHash(ctx context.Context, c *exchange, sessionID, userID string) error {
	s, err := a.Rooms.Read(ctx, sessionID, userID, &c.proof)
	if err == nil && s.ScrumMasterID != userID {
		err = room.Refuse(poker.NotScrumMaster)
	}
	if err != nil && !a.Rooms.Remembers(ctx, sessionID, userID, c.key, &c.proof) {
		return a.fail(c, err)
	}
	return nil
}

func (a *API) role(ctx context.Context, in *struct {
	AsUser
	Body RoleRequest
}) (*answer[Done], error) {
	cmd := poker.ChangeRole{By: poker.By{UserID: in.UserID}, Other: in.Body.UserID, Role: poker.Role(in.Body.Role)}
	if cmd.Other == "" {
		cmd.Other = in.UserID
	}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done("The role has been changed."), nil
}

func (a *API) nameFacilitator(ctx context.Context, in *ofFacilitator) (*answer[Done], error) {
	return a.setFacilitator(ctx, in, true, "The participant is a facilitator.")
}

func (a *API) unnameFacilitator(ctx context.Context, in *ofFacilitator) (*answer[Done], error) {
	return a.setFacilitator(ctx, in, false, "The participant is no facilitator any more.")
}

func (a *API) setFacilitator(ctx context.Context, in *ofFacilitator, facilitates bool, message string) (*answer[Done], error) {
	cmd := poker.SetFacilitator{By: poker.By{UserID: in.UserID}, Other: in.OtherID, Facilitator: facilitates}
	if _, err := a.do(ctx, in.SessionID, cmd); err != nil {
		return nil, err
	}
	return done(message), nil
}
