package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2/queryparam"
	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
)

// direct are the calls that make up nearly all of a meeting. Decoding and encoding them by reflection costs more than deciding and storing them, so a request that is as plain as our
// clients write it is answered here. huma, which documents the calls, gets every other, and answers alike: TestBothWaysAnswerAlike.
func (a *API) direct() map[string]directly {
	return map[string]directly{
		"POST /api/sessions/{session_id}/start": a.startDirectly,
		"POST /api/sessions/{session_id}/vote":  a.voteDirectly,
	}
}

// directly answers a plain request; false if it is not one, and nothing has been done.
type directly func(w http.ResponseWriter, r *http.Request) (done bool)

// before gives huma what the direct way leaves.
func (d directly) before(huma http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !d(w, r) {
			huma(w, r)
		}
	}
}

// The answers that say no more than that it is done, as huma would write them.
var (
	startedAnswer = doneAnswer(startedMessage)
	votedAnswer   = doneAnswer(votedMessage)
)

func doneAnswer(message string) []byte {
	body, _ := json.Marshal(Done{Success: true, Message: message}) // plain values can be encoded
	return append(body, '\n')
}

func (a *API) startDirectly(w http.ResponseWriter, r *http.Request) bool {
	by, ok := plainActor(r)
	if !ok || bytesOf(r) != nil { // a topic
		return false
	}
	a.act(w, r, poker.Start{By: by, RoundID: uuid.NewString()}, startedAnswer)
	return true
}

func (a *API) voteDirectly(w http.ResponseWriter, r *http.Request) bool {
	by, okActor := plainActor(r)
	card, okCard := plainCard(bytesOf(r))
	if !okActor || !okCard {
		return false
	}
	a.act(w, r, poker.CastVote{By: by, Value: card}, votedAnswer)
	return true
}

// act carries out a command and gives the answer.
func (a *API) act(w http.ResponseWriter, r *http.Request, cmd poker.Command, answer []byte) {
	if _, err := a.do(r.Context(), r.PathValue("session_id"), cmd); err != nil {
		a.writeProblem(w, r, problemOf(err))
		return
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(answer) // the client may be gone
}

var jsonType = []string{"application/json"}

// plainActor is who acts, by the query.
func plainActor(r *http.Request) (by poker.By, ok bool) {
	userID := queryparam.Get(r.URL.RawQuery, "user_id")
	return poker.By{UserID: userID}, userID != ""
}

// plainCard reads {"vote":"5"}, written so and with nothing in the value that needs decoding.
func plainCard(body []byte) (card string, ok bool) {
	rest, begins := bytes.CutPrefix(body, []byte(`{"vote":"`))
	value, ends := bytes.CutSuffix(rest, []byte(`"}`))
	special := bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	return string(value), begins && ends && !special
}
