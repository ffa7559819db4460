package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2/queryparam"
	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/view"
)

// plain registers one of the calls that make up nearly all of a meeting. It is an ordinary handler, because huma's decoding and encoding cost more than deciding and storing a vote.
// huma only documents it, from the types of what it takes and answers.
func plain[I, O any](a *API, pattern, id, summary string, handler http.HandlerFunc, traits ...trait) {
	a.routes.plain[pattern] = handler
	call[I, answer[O]](a, pattern, id, summary, nil, traits...)
}

// vote is the handler of a vote.
func (a *API) vote(w http.ResponseWriter, r *http.Request) {
	by, err := acting(r)
	var value string
	var given bool
	if err == nil {
		value, given, err = textMember(exchangeOf(w).body, "vote")
	}
	if err == nil && !given {
		err = invalidField("vote", "vote is missing.")
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.carryOut(w, r, poker.CastVote{By: by, Value: value}, voted)
}

// start is the handler of a start. It needs no body.
func (a *API) start(w http.ResponseWriter, r *http.Request) {
	by, err := acting(r)
	cmd := poker.Start{By: by, RoundID: uuid.NewString()}
	if body := exchangeOf(w).body; err == nil && body != nil {
		if cmd.Topic, err = optionalText(body, "topic"); err == nil {
			cmd.StoryID, err = optionalText(body, "story_id")
		}
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.carryOut(w, r, cmd, begun)
}

// optionalText is a text that a JSON object may have; nil if it has none.
func optionalText(object []byte, name string) (*string, error) {
	text, given, err := textMember(object, name)
	if err != nil || !given {
		return nil, err
	}
	return &text, nil
}

// reveal is the handler of a reveal.
func (a *API) reveal(w http.ResponseWriter, r *http.Request) {
	by, err := acting(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.carryOut(w, r, poker.Reveal{By: by}, revealed)
}

// acting is who acts, as the query says.
func acting(r *http.Request) (poker.By, error) {
	userID, alone := strings.CutPrefix(r.URL.RawQuery, "user_id=") // nearly always, and then there is nothing to be decoded
	if !alone || escaped(userID) || strings.IndexByte(userID, '&') >= 0 {
		userID = queryparam.Get(r.URL.RawQuery, "user_id")
	}
	if userID == "" {
		return poker.By{}, invalidField("user_id", "user_id is missing from the query.")
	}
	return poker.By{UserID: userID}, nil
}

// carryOut carries out a command and answers what comes of it.
func (a *API) carryOut(w http.ResponseWriter, r *http.Request, cmd poker.Command, answer func(room.Outcome) ([]byte, error)) {
	x := exchangeOf(w)
	outcome, err := a.doFor(r.Context(), x, r.PathValue("session_id"), cmd)
	var body []byte
	if err == nil {
		body, err = answer(outcome)
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(body) // the client may be gone
}

// refuse answers an error.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	a.writeProblem(w, r, problemOf(err))
}

var jsonType = []string{"application/json"}

// The answers of the plain calls.
var voted, begun = said("Your vote has been recorded."), said("Voting has started.")

// said is the answer that says no more than that it is done.
func said(message string) func(room.Outcome) ([]byte, error) {
	body, err := json.Marshal(Done{Success: true, Message: message})
	body = append(body, '\n')
	return func(room.Outcome) ([]byte, error) { return body, err }
}

func revealed(outcome room.Outcome) ([]byte, error) {
	r := revealedOf(outcome.Session.RoundOf(outcome.Ref))
	body := view.RevealedVotes{RoundID: r.RoundID, Votes: r.Votes, Statistics: r.Statistics}.AppendJSON(nil)
	at, err := json.Marshal(r.RevealsAt)
	body = append(append(body[:len(body)-len("}")], `,"reveals_at":`...), at...)
	return append(body, "}\n"...), err
}
