package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2/queryparam"
	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
)

// directCall is one of those that make up nearly all of a meeting. Routing, decoding and encoding them as every other call costs more than deciding and storing them, most of all after a
// pause, when all the code on the way has to be fetched anew. So a request for one that is as plain as our clients write it is answered before it comes that far. huma, which documents the
// calls, gets every other, and answers alike: TestBothWaysAnswerAlike.
type directCall struct {
	verb    string // what follows the session's id in the path
	traits  trait
	command func(poker.By, []byte) (cmd poker.Command, plain bool)
	answer  func(*poker.Session) ([]byte, error) // as huma would write it
	route   *route
}

func (a *API) directCalls() []*directCall {
	call := func(verb string, command func(poker.By, []byte) (poker.Command, bool), answer func(*poker.Session) ([]byte, error)) *directCall {
		pattern := "POST " + sessionsPath + "{session_id}" + verb
		return &directCall{verb: verb, traits: a.routes.traits[pattern], command: command, answer: answer, route: a.metrics.route(pattern)}
	}
	return []*directCall{call("/vote", plainVote, said(votedMessage)), call("/start", plainStart, said(startedMessage)), call("/reveal", plainReveal, encodeRevealed)}
}

// said is the answer that says no more than that it is done.
func said(message string) func(*poker.Session) ([]byte, error) {
	body, err := json.Marshal(Done{Success: true, Message: message})
	body = append(body, '\n')
	return func(*poker.Session) ([]byte, error) { return body, err }
}

func encodeRevealed(s *poker.Session) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(revealedOf(s))
	return b.Bytes(), err
}

const (
	sessionsPath = "/api/sessions/"
	idLength     = 36 // of a UUID as text
)

// directly answers a request, if it is for a direct call and plain. False: it is not, and nothing has been done but that its body may have been read and its type settled.
func (a *API) directly(w http.ResponseWriter, r *http.Request, c *caller) bool {
	call, sessionID := a.directCall(r)
	if call == nil || a.debug || !ofThisOrigin(r.Header) {
		return false
	}
	v := call.route.visit(w)
	err := prepare(r, call.traits)
	var cmd poker.Command
	if err == nil {
		var plain bool
		if cmd, plain = call.plain(r); !plain {
			return false
		}
	}
	defer v.end()
	for name, values := range a.usual {
		w.Header()[name] = values
	}
	var answer []byte
	if err == nil {
		answer, err = a.actDirectly(r.Context(), c, call, sessionID, cmd)
	}
	if err != nil {
		a.writeProblem(v, r, problemOf(err))
	} else {
		w.Header()["Content-Type"] = jsonType
		_, _ = v.Write(answer) // the client may be gone
	}
	v.done = true
	return true
}

func (a *API) actDirectly(ctx context.Context, c *caller, call *directCall, sessionID string, cmd poker.Command) ([]byte, error) {
	s, err := a.doFor(ctx, c, sessionID, cmd)
	if err != nil {
		return nil, err
	}
	return call.answer(s)
}

var jsonType = []string{"application/json"}

// directCall finds the direct call that a request is for, and the id in its path; nil if there is none.
func (a *API) directCall(r *http.Request) (call *directCall, sessionID string) {
	rest, ok := strings.CutPrefix(r.URL.Path, sessionsPath)
	if !ok || r.Method != http.MethodPost || len(rest) <= idLength || r.URL.RawPath != "" {
		return nil, ""
	}
	sessionID, verb := rest[:idLength], rest[idLength:]
	if strings.ContainsAny(sessionID, "/.") { // not one step of a path, or not one that stays where it is
		return nil, ""
	}
	for _, call := range a.direct {
		if call.verb == verb {
			return call, sessionID
		}
	}
	return nil, ""
}

// ofThisOrigin reports whether a request does not concern the cross-origin rules: it comes from no page, as far as its headers tell, or from one of ours. Should our own origin be among
// the configured ones, the other way adds headers that say so, which a browser does not look at for a page's own origin.
func ofThisOrigin(h http.Header) bool {
	site := h["Sec-Fetch-Site"]
	if site == nil {
		return h["Origin"] == nil
	}
	return len(site) == 1 && site[0] == "same-origin"
}

// plain returns the command of a request; false if it is not plain.
func (d *directCall) plain(r *http.Request) (poker.Command, bool) {
	userID := queryparam.Get(r.URL.RawQuery, "user_id")
	if userID == "" {
		return nil, false
	}
	return d.command(poker.By{UserID: userID}, bytesOf(r))
}

// plainStart is a start without a topic.
func plainStart(by poker.By, body []byte) (poker.Command, bool) {
	if body != nil {
		return nil, false
	}
	return poker.Start{By: by, RoundID: uuid.NewString()}, true
}

// plainReveal is any: there is nothing to say but who.
func plainReveal(by poker.By, _ []byte) (poker.Command, bool) { return poker.Reveal{By: by}, true }

// plainVote reads {"vote":"5"}, written so and with nothing in the value that needs decoding.
func plainVote(by poker.By, body []byte) (poker.Command, bool) {
	rest, begins := bytes.CutPrefix(body, []byte(`{"vote":"`))
	value, ends := bytes.CutSuffix(rest, []byte(`"}`))
	special := bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	return poker.CastVote{By: by, Value: string(value)}, begins && ends && !special
}
