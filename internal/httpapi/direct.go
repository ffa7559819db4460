package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2/queryparam"

	"github.com/magnapp/magnapp/internal/poker"
)

// direct are the handlers that stand in for huma's, which documents the calls all the same. There is one: nearly every command of a meeting is a vote, and decoding it by reflection,
// twice, costs more than deciding and storing it. The contract's tests hold for both ways alike.
func (a *API) direct() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"POST /api/sessions/{session_id}/vote": a.voteDirect}
}

// voted is the answer of a vote, as huma would write it.
var voted = []byte(`{"success":true,"message":"` + votedMessage + `"}` + "\n")

func (a *API) voteDirect(w http.ResponseWriter, r *http.Request) {
	cmd, err := readVote(r)
	if err == nil {
		_, err = a.do(r.Context(), r.PathValue("session_id"), cmd)
	}
	if err != nil {
		a.writeProblem(w, r, problemOf(err))
		return
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(voted) // the client may be gone
}

var jsonType = []string{"application/json"}

// readVote decodes what huma would: the acting user from the query, the card from the body.
func readVote(r *http.Request) (poker.CastVote, error) {
	userID := queryparam.Get(r.URL.RawQuery, "user_id")
	if userID == "" {
		return poker.CastVote{}, invalidField("user_id", "user_id is missing from the query.")
	}
	card, err := readCard(bytesOf(r))
	return poker.CastVote{By: poker.By{UserID: userID}, Value: card}, err
}

// readCard decodes {"vote":"..."}.
func readCard(data []byte) (string, error) {
	if card, ok := plainCard(data); ok {
		return card, nil
	}
	var body struct {
		Vote *string `json:"vote"`
	}
	var mismatch *json.UnmarshalTypeError
	switch err := json.Unmarshal(data, &body); {
	case errors.As(err, &mismatch) && mismatch.Field == "vote":
		return "", invalidField("vote", "vote: expected string.")
	case err != nil:
		return "", notObject()
	case body.Vote == nil:
		return "", invalidField("vote", "vote is missing.")
	}
	return *body.Vote, nil
}

// plainCard reads a body as every client of ours writes it; false if it must be looked at closely.
func plainCard(data []byte) (card string, ok bool) {
	rest, begins := bytes.CutPrefix(data, []byte(`{"vote":"`))
	value, ends := bytes.CutSuffix(rest, []byte(`"}`))
	plain := !bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	return string(value), begins && ends && plain
}
