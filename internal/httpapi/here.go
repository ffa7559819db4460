package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/room"
)

// hereCall registers the answer to a stream's pings. It is a plain handler: ten thousand pages answer hundreds of times in a second. huma only documents it.
func (a *API) hereCall() {
	const path = "/api/sessions/{session_id}/here"
	str, boolean := &huma.Schema{Type: "string"}, &huma.Schema{Type: "boolean"}
	a.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "here", Method: http.MethodPost, Path: path, Tags: []string{"Streams"}, Security: a.securityOf(needsCredential),
		Summary: "Answer a stream's pings: every second one, or the stream does not count for presence after 50 s",
		Parameters: []*huma.Param{
			{Name: "session_id", In: "path", Required: true, Schema: str, Description: "The session's id."},
			{Name: "user_id", In: "query", Required: true, Schema: str, Description: "Whose stream it is; bring that user's cookie or bearer token."},
			{Name: "place", In: "query", Schema: str, Description: "The stream's name, if it was opened with one."},
			{Name: "gone", In: "query", Schema: boolean, Description: "true: the stream counts as closed, until its next answer."},
			documentedKey(), // which makes no difference: to say it twice is to say it once
		},
		Responses: map[string]*huma.Response{"204": {Description: "Noted; or the session is over, or no such stream is open"}},
	})
	a.routes.traits[http.MethodPost+" "+path] = changes
	a.routes.handle(http.MethodPost, path, http.HandlerFunc(a.here))
}

// hereRate is how often an address may answer: twice as often as all the streams that it may have open do, after a restart all at once.
func hereRate(streamsPerAddress int) Rate {
	return Rate{Events: 2 * streamsPerAddress, Per: 30 * time.Second}
}

func (a *API) here(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(w)
	if wait, ok := a.hereRates.attempt("here", x.address()); !ok {
		a.refuse(w, r, tooMany(wait, "Too many answers to pings came from your address."))
		return
	}
	query := r.URL.Query()
	gone, err := truth(query, "gone")
	if err == nil && query.Get("user_id") == "" {
		err = invalidField("user_id", "user_id is missing from the query.")
	}
	place, placeErr := placeOf(query)
	if err == nil {
		err = placeErr
	}
	if err == nil {
		err = a.Rooms.Here(r.Context(), room.Here{SessionID: r.PathValue("session_id"), UserID: query.Get("user_id"), Proof: &x.proof, Place: place, Gone: gone})
		if err != nil {
			err = a.fail(x, err)
		}
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// truth reads true or false; what is not there is false.
func truth(query url.Values, name string) (bool, error) {
	switch query.Get(name) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, invalidField(name, name+" must be true or false.")
}

// maxPlace is the longest name of a stream, in characters.
const maxPlace = 64

// placeOf is the name that a client gives its stream.
func placeOf(query url.Values) (string, error) {
	place := query.Get("place")
	if len(place) > maxPlace || strings.ContainsFunc(place, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", invalidField("place", "place must be at most 64 visible ASCII characters.")
	}
	return place, nil
}
