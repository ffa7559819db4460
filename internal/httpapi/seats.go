package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/view"
)

type (
	// SeatLink is the answer of seat-link.
	SeatLink struct {
		Code      string `json:"code" doc:"A secret, good once."`
		URL       string `json:"url" format:"uri" doc:"The page with the code, to be opened on the other device. The code is behind a #, so that no server and no log gets it."`
		ExpiresAt string `json:"expires_at" format:"date-time" doc:"Two minutes from now."`
	}
	// SeatRequest is the body with which a seat is taken over.
	SeatRequest struct {
		Code string `json:"code" doc:"The code of a seat link."`
	}
	// Seat is the answer to that.
	Seat struct {
		SessionID string        `json:"session_id" format:"uuid"`
		UserID    string        `json:"user_id" format:"uuid"`
		Token     string        `json:"token" doc:"One more secret credential of the participant. It is also set as a cookie."`
		Session   SessionAnswer `json:"session"`
	}
)

// seatSecret is how many bytes of chance a code has, behind the session's id.
const seatSecret = 16

// seatCode returns a secret code for a seat in a session. With an idempotency key it is made from that, so that the same call again has the same answer.
func seatCode(session uuid.UUID, key, userID string) string {
	var secret [seatSecret]byte
	if key == "" {
		_, _ = rand.Read(secret[:]) // crypto/rand does not fail
	} else {
		sum := sha256.Sum256([]byte("seat\x00" + userID + "\x00" + key))
		copy(secret[:], sum[:])
	}
	return base64.RawURLEncoding.EncodeToString(append(session[:], secret[:]...))
}

// sessionOfCode is the session of a code; false if it is none.
func sessionOfCode(code string) (string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || len(b) != len(uuid.UUID{})+seatSecret {
		return "", false
	}
	return uuid.UUID(b[:len(uuid.UUID{})]).String(), true
}

func (a *API) seatLink(ctx context.Context, in *AsUser) (*answer[SeatLink], error) {
	c := callerOf(ctx)
	session, err := uuid.Parse(in.SessionID)
	if err != nil {
		return nil, a.fail(c, poker.Gone())
	}
	code := seatCode(session, c.key, in.UserID)
	digest := fingerprintOf(code)
	outcome, err := a.do(ctx, in.SessionID, poker.IssueSeatLink{By: poker.By{UserID: in.UserID}, Digest: string(digest[:])})
	if err != nil {
		return nil, err
	}
	p, _ := outcome.Session.Participant(in.UserID)
	return &answer[SeatLink]{Body: SeatLink{
		Code: code, URL: a.origin(&c.caller) + "/session/" + outcome.Session.ID + "#seat=" + code, ExpiresAt: view.Time(poker.SeatLinkEnds(outcome.Ref, p)),
	}}, nil
}

func (a *API) takeSeat(ctx context.Context, in *struct{ Body SeatRequest }) (*seated[Seat], error) {
	c := callerOf(ctx)
	sessionID, ok := sessionOfCode(in.Body.Code)
	if !ok {
		return nil, a.fail(c, room.Refuse(poker.SeatLinkInvalid))
	}
	token := newToken(sessionID)
	digest, credential := fingerprintOf(in.Body.Code), fingerprintOf(token)
	outcome, err := a.do(ctx, sessionID, poker.UseSeatLink{Digest: string(digest[:]), Credential: string(credential[:])})
	if err != nil {
		return nil, err
	}
	userID := outcome.Ref
	return &seated[Seat]{SetCookie: c.cookie(userID, token), Body: Seat{SessionID: sessionID, UserID: userID, Token: token, Session: sessionFor(outcome.Session, userID)}}, nil
}
