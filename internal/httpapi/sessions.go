package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/view"
)

// What the calls take and answer. Lengths are checked by the game, after names have been trimmed.
type (
	// InSession is the path of every call in a session. (It is exported because huma looks into exported embedded fields only.)
	InSession struct {
		SessionID string `path:"session_id" doc:"The session's id."`
	}
	// AsUser is a call that acts as a participant.
	AsUser struct {
		InSession
		UserID string `query:"user_id" required:"true" doc:"Who acts. Bring that user's cookie or bearer token."`
	}
	answer[B any] struct {
		Body B
	}
	// Done is the answer of a command that has nothing more to say.
	Done struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}
	// SessionAnswer is a session as one caller sees it.
	SessionAnswer struct {
		view.Session
		MyVote *string `json:"my_vote" doc:"The caller's own card in the current round, if they brought a credential."`
	}
	// RoundAnswer is a round as one caller sees it.
	RoundAnswer struct {
		view.Round
		MyVote *string `json:"my_vote" doc:"The caller's own card, if they brought a credential."`
	}
	// CreateRequest is the body of create.
	CreateRequest struct {
		Name          string           `json:"name" doc:"1 to 100 characters."`
		CreatorName   string           `json:"creator_name" doc:"1 to 50 characters."`
		CreatorAvatar string           `json:"creator_avatar" doc:"Up to 200 characters; may be empty."`
		Deck          *DeckRequest     `json:"deck,omitempty" doc:"Default: fibonacci."`
		Settings      *SettingsRequest `json:"settings,omitempty"`
	}
	// Created is the answer of create.
	Created struct {
		SessionID string        `json:"session_id" format:"uuid"`
		JoinURL   string        `json:"join_url" format:"uri"`
		UserID    string        `json:"user_id" format:"uuid"`
		Token     string        `json:"token" doc:"The creator's secret credential. It is also set as a cookie."`
		Session   SessionAnswer `json:"session"`
	}
	// JoinRequest is the body of join.
	JoinRequest struct {
		UserName   string `json:"user_name" doc:"1 to 50 characters."`
		UserAvatar string `json:"user_avatar" doc:"Up to 200 characters; may be empty."`
		Password   string `json:"password,omitempty" doc:"The session's, if it is protected."`
		Role       string `json:"role,omitempty" enum:"voter,spectator" default:"voter" doc:"Spectators do not vote."`
	}
	// Joined is the answer of join.
	Joined struct {
		UserID  string        `json:"user_id" format:"uuid"`
		Token   string        `json:"token" doc:"The new user's secret credential. It is also set as a cookie."`
		Session SessionAnswer `json:"session"`
	}
	// Reconnected is the answer of reconnect.
	Reconnected struct {
		Done
		Session SessionAnswer `json:"session"`
	}
	seated[B any] struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      B
	}
)

func done(message string) *answer[Done] {
	return &answer[Done]{Body: Done{Success: true, Message: message}}
}

// do carries out a command for the caller.
func (a *API) do(ctx context.Context, sessionID string, cmd poker.Command) (room.Outcome, error) {
	return a.doFor(ctx, callerOf(ctx), sessionID, cmd)
}

func (a *API) doFor(ctx context.Context, c *exchange, sessionID string, cmd poker.Command) (room.Outcome, error) {
	outcome, err := a.Rooms.Do(ctx, sessionID, cmd, c.call())
	if err != nil {
		return room.Outcome{}, a.fail(c, err)
	}
	return outcome, nil
}

func (a *API) create(ctx context.Context, in *struct{ Body CreateRequest }) (*seated[Created], error) {
	c := callerOf(ctx)
	sessionID := room.SessionID(c.key)
	newcomer, token := a.newcomer(sessionID, in.Body.CreatorName, in.Body.CreatorAvatar)
	deck, err := in.Body.Deck.chosen("deck.")
	if err != nil {
		return nil, a.fail(c, err)
	}
	cmd := &poker.Create{SessionID: sessionID, Name: in.Body.Name, Deck: deck, Creator: newcomer}
	if in.Body.Settings != nil {
		cmd.Settings = in.Body.Settings.Settings
		if cmd.Password, err = a.passwordOf(ctx, cmd, in.Body.Settings); err != nil {
			return nil, problemOf(err)
		}
	}
	outcome, err := a.Rooms.Create(ctx, cmd, c.call())
	if err != nil {
		return nil, a.fail(c, err)
	}
	s, userID := outcome.Session, outcome.Ref
	return &seated[Created]{SetCookie: c.cookie(userID, token), Body: Created{
		SessionID: s.ID, JoinURL: a.origin(&c.caller) + "/session/" + s.ID, UserID: userID, Token: token, Session: sessionFor(s, userID),
	}}, nil
}

// passwordOf is the hash of the password with which a session is created, if all else is well; empty for none.
func (a *API) passwordOf(ctx context.Context, cmd *poker.Create, settings *SettingsRequest) (string, error) {
	if err := cmd.Validate(); err != nil || settings.Password.value == nil {
		return "", err
	}
	hash, err := a.hasher.hashed(ctx, "settings.password", settings.Password)
	if err != nil {
		return "", err
	}
	return *hash, nil
}

func (a *API) newcomer(sessionID, name, avatar string) (n poker.Newcomer, token string) {
	token = newToken(sessionID)
	f := fingerprintOf(token)
	return poker.Newcomer{ID: uuid.NewString(), Name: name, Avatar: avatar, Credential: string(f[:])}, token
}

func (a *API) list(ctx context.Context, _ *struct{}) (*answer[[]view.Summary], error) {
	sessions, err := a.Rooms.List(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	return &answer[[]view.Summary]{Body: sessions}, nil
}

// Reading is a call that reads a session, maybe as one of its participants.
type Reading struct {
	InSession
	UserID string `query:"user_id" doc:"Which of the caller's seats to read for, if there are several."`
}

func (a *API) get(ctx context.Context, in *Reading) (*answer[SessionAnswer], error) {
	s, userID, err := a.readFor(ctx, in)
	if err != nil {
		return nil, err
	}
	return &answer[SessionAnswer]{Body: sessionFor(s, userID)}, nil
}

func (a *API) round(ctx context.Context, in *Reading) (*answer[*RoundAnswer], error) {
	s, userID, err := a.readFor(ctx, in)
	if err != nil {
		return nil, err
	}
	if s.Round == nil {
		return &answer[*RoundAnswer]{}, nil
	}
	return &answer[*RoundAnswer]{Body: &RoundAnswer{Round: *view.OfRound(s.Round), MyVote: voteOf(s, userID)}}, nil
}

func (a *API) completedRounds(ctx context.Context, in *Reading) (*answer[[]view.Round], error) {
	s, _, err := a.readKept(ctx, in)
	if err != nil {
		return nil, err
	}
	return &answer[[]view.Round]{Body: view.OfRounds(s)}, nil
}

// readKept is readFor for what can be read of a session after its end, too.
func (a *API) readKept(ctx context.Context, in *Reading) (*poker.Session, string, error) {
	return a.readBy(ctx, in, a.Rooms.ReadKept)
}

// readFor finds a session and for whom it is read: the user that is named, who must prove it, or the only one whose credential the request brings; empty for nobody.
func (a *API) readFor(ctx context.Context, in *Reading) (*poker.Session, string, error) {
	return a.readBy(ctx, in, a.Rooms.Read)
}

func (a *API) readBy(ctx context.Context, in *Reading, read func(ctx context.Context, id, userID string, proof room.Proof) (*poker.Session, error)) (*poker.Session, string, error) {
	c := callerOf(ctx)
	s, err := read(ctx, in.SessionID, in.UserID, &c.proof)
	if err != nil {
		return nil, "", a.fail(c, err)
	}
	if in.UserID == "" {
		userID, _ := c.proof.seat(s)
		return s, userID, nil
	}
	return s, in.UserID, nil
}

func sessionFor(s *poker.Session, userID string) SessionAnswer {
	return SessionAnswer{Session: view.OfSession(s), MyVote: voteOf(s, userID)}
}

func voteOf(s *poker.Session, userID string) *string {
	if v, ok := s.Round.VoteOf(userID); ok && userID != "" {
		return &v.Value
	}
	return nil
}

func (a *API) join(ctx context.Context, in *struct {
	InSession
	Body JoinRequest
}) (*seated[Joined], error) {
	newcomer, token := a.newcomer(in.SessionID, in.Body.UserName, in.Body.UserAvatar)
	newcomer.Role = poker.Role(in.Body.Role)
	opened, err := a.opened(ctx, in.SessionID, in.Body.Password)
	if err != nil {
		return nil, problemOf(err)
	}
	outcome, err := a.do(ctx, in.SessionID, &poker.Join{Newcomer: newcomer, Opened: opened, Tried: in.Body.Password != ""})
	if err != nil {
		return nil, err
	}
	userID := outcome.Ref
	return &seated[Joined]{SetCookie: callerOf(ctx).cookie(userID, token), Body: Joined{UserID: userID, Token: token, Session: sessionFor(outcome.Session, userID)}}, nil
}

func (a *API) leave(ctx context.Context, in *AsUser) (*seated[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.Leave{By: poker.By{UserID: in.UserID}}); err != nil {
		return nil, err
	}
	return &seated[Done]{SetCookie: callerOf(ctx).expiredCookie(in.UserID), Body: Done{Success: true, Message: "You have left the session."}}, nil
}

// ended is the answer of end, which takes the cookie back if there is nothing left to read with it.
type ended struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      Done
}

func (a *API) end(ctx context.Context, in *AsUser) (*ended, error) {
	if _, err := a.do(ctx, in.SessionID, poker.End{By: poker.By{UserID: in.UserID}}); err != nil {
		return nil, err
	}
	e := &ended{Body: Done{Success: true, Message: "The session has ended."}}
	if !a.Rooms.Kept(in.SessionID) {
		e.SetCookie = []http.Cookie{callerOf(ctx).expiredCookie(in.UserID)}
	}
	return e, nil
}

func (a *API) report(ctx context.Context, in *Reading) (*answer[view.Report], error) {
	s, _, err := a.readKept(ctx, in)
	if err != nil {
		return nil, err
	}
	return &answer[view.Report]{Body: view.OfReport(s)}, nil
}

func (a *API) reconnect(ctx context.Context, in *AsUser) (*answer[Reconnected], error) {
	outcome, err := a.do(ctx, in.SessionID, poker.Reconnect{By: poker.By{UserID: in.UserID}})
	if err != nil {
		return nil, err
	}
	return &answer[Reconnected]{Body: Reconnected{Done: Done{Success: true, Message: "Welcome back."}, Session: sessionFor(outcome.Session, in.UserID)}}, nil
}

func (a *API) extend(ctx context.Context, in *AsUser) (*answer[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.Extend{By: poker.By{UserID: in.UserID}}); err != nil {
		return nil, err
	}
	return done("The session has been extended."), nil
}

func (a *API) kick(ctx context.Context, in *struct {
	InSession
	UserID   string `path:"user_id" doc:"Who is removed."`
	KickerID string `query:"kicker_id" required:"true" doc:"Who acts. Bring that user's cookie or bearer token."`
}) (*answer[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.Kick{By: poker.By{UserID: in.KickerID}, Other: in.UserID}); err != nil {
		return nil, err
	}
	return done("The participant has been removed."), nil
}

func (a *API) transfer(ctx context.Context, in *struct {
	InSession
	NewMasterID     string `query:"new_master_id" required:"true" doc:"Who gets the role."`
	CurrentMasterID string `query:"current_master_id" required:"true" doc:"Who acts. Bring that user's cookie or bearer token."`
}) (*answer[Done], error) {
	if _, err := a.do(ctx, in.SessionID, poker.Transfer{By: poker.By{UserID: in.CurrentMasterID}, To: in.NewMasterID}); err != nil {
		return nil, err
	}
	return done("The role has been handed over."), nil
}
