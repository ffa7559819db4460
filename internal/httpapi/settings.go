package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/poker"
)

type (
	// SettingsRequest are settings of which any may be left out.
	SettingsRequest struct {
		poker.Settings
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
	changes := callerOf(ctx).body // as it came, because what is not in it does not change
	if _, err := a.do(ctx, in.SessionID, poker.ChangeSettings{By: poker.By{UserID: in.UserID}, Changes: changes}); err != nil {
		return nil, err
	}
	return done("The settings have been changed."), nil
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
