package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/view"
)

// Problem is the body of every answer that is an error: problem details (RFC 9457) with the plan's `error` beside them.
type Problem struct {
	Type   string `json:"type" doc:"What kind of problem it is, as a reference into the documentation."`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Short  string `json:"error" doc:"The title again, for clients of the original plan."`
	Detail string `json:"detail" doc:"What to do about it."`
	Field  string `json:"field,omitempty" doc:"Which input is meant."`
	Row    int    `json:"row,omitempty" doc:"Where in a file: counted from 1, headers included."`
	Column int    `json:"column,omitempty" doc:"Where in the row: counted from 1."`
	Reason string `json:"reason,omitempty" doc:"What is wrong with a file, in a word." enum:"empty,wrong_file,too_large,too_many,cut,broken,unsafe"`
	// Current is there so that nobody undoes by accident what somebody else has done.
	Current *view.WholeStory `json:"current,omitempty" doc:"The story as it is now, if somebody else has changed it."`

	retryAfter time.Duration
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problem details.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	return h
}

func problem(status int, title, detail string) *Problem {
	return typed(strings.ReplaceAll(strings.ToLower(title), " ", "_"), status, title, detail)
}

func typed(kind string, status int, title, detail string) *Problem {
	return &Problem{Type: docsAnchor + kind, Title: title, Status: status, Short: title, Detail: detail}
}

// docsAnchor begins the type of every problem.
const docsAnchor = "/docs#"

// Anchor is where the documentation explains the problem.
func (p *Problem) Anchor() string { return strings.TrimPrefix(p.Type, docsAnchor) }

// retryStore is what a client should wait when the store cannot take a write.
const retryStore = 2 * time.Second

// statuses is the one place where the reasons of refusals become HTTP.
var statuses = map[poker.Reason]int{
	poker.Invalid:               http.StatusUnprocessableEntity,
	poker.UnknownCard:           http.StatusUnprocessableEntity,
	poker.SessionGone:           http.StatusNotFound,
	poker.NoSuchParticipant:     http.StatusNotFound,
	poker.NotParticipant:        http.StatusUnauthorized,
	room.Unproven:               http.StatusUnauthorized,
	poker.NotScrumMaster:        http.StatusForbidden,
	poker.SessionFull:           http.StatusConflict,
	poker.SessionPaused:         http.StatusConflict,
	poker.NotPaused:             http.StatusConflict,
	poker.TooEarly:              http.StatusConflict,
	poker.NoStream:              http.StatusConflict,
	poker.NoRound:               http.StatusConflict,
	poker.RevealPending:         http.StatusConflict,
	poker.AlreadyRevealed:       http.StatusConflict,
	poker.NotRevealed:           http.StatusConflict,
	poker.RoundRunning:          http.StatusConflict,
	poker.PasswordNeeded:        http.StatusUnauthorized,
	poker.WrongPassword:         http.StatusUnauthorized,
	poker.SeatLinkInvalid:       http.StatusUnauthorized,
	poker.SessionLocked:         http.StatusConflict,
	poker.NobodyToNudge:         http.StatusConflict,
	poker.NudgedJustNow:         http.StatusTooManyRequests,
	poker.NoSuchStory:           http.StatusNotFound,
	poker.StoryVotedOn:          http.StatusConflict,
	poker.TooManyStories:        http.StatusConflict,
	poker.StoriesTooLarge:       http.StatusConflict,
	poker.StoryMeanwhileChanged: http.StatusConflict,
	poker.Spectating:            http.StatusConflict,
	poker.Oneself:               http.StatusConflict,
	room.SlotsTaken:             http.StatusConflict,
	room.Unavailable:            http.StatusServiceUnavailable,
	room.OutcomeUnknown:         http.StatusServiceUnavailable,
	room.TooManyCommands:        http.StatusTooManyRequests,
	room.TooManyStreams:         http.StatusTooManyRequests,
	poker.KeyReused:             http.StatusUnprocessableEntity,
}

// patient is a refusal that knows how long to wait before the next try.
type patient interface{ RetryAfter() time.Duration }

// problemOf turns an error from below into what the client gets. An error without a place in the table is ours: the client does not get its text, which may say too much.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, stream.ErrDraining) || errors.Is(err, context.Canceled) { // canceled: the client has gone, and nobody reads the answer
		return stopping()
	}
	var refusal *poker.Refusal
	if !errors.As(err, &refusal) || statuses[refusal.Reason] == 0 {
		return problem(http.StatusInternalServerError, "Internal error", "Something went wrong on our side. Please report it with the X-Request-Id of this answer.")
	}
	p = typed(string(refusal.Reason), statuses[refusal.Reason], refusal.Title, refusal.Detail)
	p.Field = refusal.Field
	if refusal.Story != nil {
		current := view.OfWholeStory(refusal.Story)
		p.Current = &current
	}
	var wait patient
	switch {
	case errors.As(err, &wait):
		p.retryAfter = max(wait.RetryAfter(), time.Second)
	case p.Status == http.StatusServiceUnavailable:
		p.retryAfter = retryStore
	case p.Status == http.StatusTooManyRequests:
		p.retryAfter = time.Second
	}
	return p
}

// fail answers err: it counts failed credentials, and keeps for the log what a client must not see.
func (a *API) fail(x *exchange, err error) *Problem {
	p := problemOf(err)
	var refusal *poker.Refusal
	if errors.As(err, &refusal) {
		a.forget(x, refusal.Reason)
	}
	if p.Status == http.StatusUnauthorized {
		if wait, ok := a.rates.failedCredential(x.address()); !ok {
			return tooMany(wait, "Too many wrong credentials came from your address.")
		}
	}
	if p.Status == http.StatusInternalServerError {
		a.Logger.Error("internal error", "request_id", x.id[0], "error", err)
	}
	return p
}

func tooMany(wait time.Duration, why string) *Problem {
	p := problem(http.StatusTooManyRequests, "Too many requests", why+" Wait as long as Retry-After says.")
	p.retryAfter = max(wait, time.Second)
	return p
}

func (a *API) writeProblem(w http.ResponseWriter, _ *http.Request, p *Problem) {
	p.head(w.Header())
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

func (p *Problem) head(h http.Header) {
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", p.ContentType(""))
}

// init gives huma our problems instead of its own, which repeat what was sent and what went wrong inside.
func init() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		for _, err := range errs {
			var p *Problem
			if errors.As(err, &p) {
				return p
			}
		}
		switch status {
		case http.StatusBadRequest, http.StatusUnprocessableEntity:
			return malformed(errs)
		case http.StatusRequestEntityTooLarge:
			return tooLarge()
		case http.StatusUnsupportedMediaType:
			return notJSON()
		}
		return problemOf(errors.Join(errs...))
	}
}

// malformed names the first input that does not fit, without repeating it.
func malformed(errs []error) *Problem {
	p := notObject()
	for _, err := range errs {
		var d *huma.ErrorDetail
		if !errors.As(err, &d) || d.Location == "" {
			continue
		}
		if d.Location == "body" && !strings.HasPrefix(d.Message, "expected required property ") {
			if field := oddNumber(d.Value); field != "" {
				return invalidField(field, field+" is out of range, or not written as a whole number.")
			}
			continue
		}
		p.Field, p.Detail = explain(d)
		break
	}
	return p
}

func invalidBody(detail string) *Problem {
	title, _ := room.Explain(poker.Invalid)
	return typed(string(poker.Invalid), http.StatusUnprocessableEntity, title, detail)
}

func invalidField(field, detail string) *Problem {
	p := invalidBody(detail)
	p.Field = field
	return p
}

func notObject() *Problem { return invalidBody("The body must be a JSON object.") }

func explain(d *huma.ErrorDetail) (field, detail string) {
	_, field, _ = strings.Cut(d.Location, ".")
	if missing, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name := strings.TrimSuffix(missing, " to be present")
		if field != "" {
			name = field + "." + name
		}
		return name, name + " is missing."
	}
	if strings.Contains(d.Message, "parameter is missing") {
		return field, field + " is missing from the query."
	}
	return field, field + ": " + d.Message + "."
}

// docsProblems are the problems that the documentation explains.
func docsProblems() []*Problem {
	problems := []*Problem{misdirected(), pathNotFound(), methodProblem("the methods in Allow"), tooLarge(), notJSON(), foreignPage(), stopping(), notReady(), notLive(), busy(), tokenMissing(), tooMany(0, "Too many tries came from your address."),
		filesBusy(), fileNotUnderstood("The file is empty, no list of stories, cut off, broken or too large; row and column say where, and detail what to do."), noOriginal("No file was imported that can be given back. Export another format.")}
	for reason, status := range statuses {
		title, detail := room.Explain(reason)
		if title == "" {
			continue
		}
		problems = append(problems, typed(string(reason), status, title, detail))
	}
	slices.SortFunc(problems, func(a, b *Problem) int { return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Type, b.Type)) })
	return problems
}

func pathNotFound() *Problem {
	return problem(http.StatusNotFound, "Path not found", "There is nothing here. See /docs for the calls.")
}

func methodProblem(allow string) *Problem {
	return problem(http.StatusMethodNotAllowed, "Method not allowed", "Use "+allow+" here.")
}

func tooLarge() *Problem {
	return problem(http.StatusRequestEntityTooLarge, "Body too large", "A body may have at most 64 KB.")
}

func notJSON() *Problem {
	return problem(http.StatusUnsupportedMediaType, "Unsupported media type", "Send the body as application/json.")
}

func stopping() *Problem {
	p := problem(http.StatusServiceUnavailable, "Server stopping", "The server is stopping. Come back in a moment.")
	p.retryAfter = retryStore
	return p
}

// retryBusy is what a client should wait when too many answers wait to be read.
const retryBusy = 5 * time.Second

func busy() *Problem {
	p := problem(http.StatusServiceUnavailable, "Server busy", "Too many answers wait to be read by those who asked. Try again in a moment.")
	p.retryAfter = retryBusy
	return p
}

func notLive() *Problem {
	p := problem(http.StatusServiceUnavailable, "Not live", "The server's store has been failing for a minute. Restart the server if this lasts.")
	p.retryAfter = retryStore
	return p
}

func notReady() *Problem {
	p := problem(http.StatusServiceUnavailable, "Not ready", "The server cannot take commands now. Try again in a moment.")
	p.retryAfter = retryStore
	return p
}
