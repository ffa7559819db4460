package httpapi

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/conns"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
)

// streamCall registers a stream, which huma documents but does not serve.
func (a *API) streamCall(path, id, summary string, handler func(http.ResponseWriter, *http.Request), traits ...trait) {
	op := &huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagOf(path)}, Security: a.securityOf(together(traits)),
		Responses: map[string]*huma.Response{"200": {Description: "Server-Sent Events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}}},
	}
	op.Parameters = []*huma.Param{
		{Name: "ping", In: "query", Schema: &huma.Schema{Type: "boolean"}, Description: "true: every 15 s an event named ping, instead of comments. With user_id, answer every second one with POST /api/sessions/{session_id}/here, or the stream does not count for presence."},
	}
	if path != "/api/sse" {
		str := &huma.Schema{Type: "string"}
		op.Parameters = append(op.Parameters, []*huma.Param{
			{Name: "session_id", In: "path", Required: true, Schema: str, Description: "The session's id."},
			{Name: "user_id", In: "query", Schema: str, Description: "Whose presence the stream shows; bring that user's cookie or bearer token."},
			{Name: "place", In: "query", Schema: str, Description: "With ping, what you call this stream in those answers: up to 64 visible ASCII characters."},
			{Name: "Last-Event-ID", In: "header", Schema: str, Description: "The id of the last event seen: exactly the missed events follow."},
		}...)
	}
	a.huma.OpenAPI().AddOperation(op)
	a.routes.handle(http.MethodGet, path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead { // the mux takes HEAD for GET, but a stream has no end to head for
			a.streamHead(w, r)
			return
		}
		handler(w, r)
	}))
}

func (a *API) streamHead(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", http.MethodGet)
	a.writeProblem(w, r, methodProblem(http.MethodGet))
}

func (a *API) streamSession(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(w)
	query := r.URL.Query()
	watch := room.Watch{
		SessionID: r.PathValue("session_id"), UserID: query.Get("user_id"), Proof: &x.proof, Pings: query.Get("ping") == "true", LastEventID: r.Header.Get("Last-Event-ID"),
		Address: conns.Network(x.address()).String(),
	}
	var err error
	if watch.Place, err = placeOf(query); err != nil {
		a.refuse(w, r, err)
		return
	}
	switch {
	case watch.UserID == "":
	case r.Header.Get("Sec-Fetch-Mode") == "navigate": // a link, maybe on another site, must not bring anybody online
		watch.UserID = ""
	case !a.crossSite.mayBePresent(r):
		a.refuse(w, r, foreignPage())
		return
	}
	a.serveStream(w, r, func(conn stream.Conn) (func(), error) { return a.Rooms.Subscribe(r.Context(), watch, conn) })
}

func (a *API) streamList(w http.ResponseWriter, r *http.Request) {
	a.serveStream(w, r, func(conn stream.Conn) (func(), error) { return a.Rooms.Watch(r.Context(), conn) })
}

// serveStream gives a stream a place of its address's, and answers the request with it.
func (a *API) serveStream(w http.ResponseWriter, r *http.Request, subscribe stream.Subscribe) {
	x := exchangeOf(w)
	if err := x.dropBody(r); err != nil {
		a.refuse(w, r, err)
		return
	}
	pings, err := truth(r.URL.Query(), "ping")
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	release := a.streamPlaces.take(x.address())
	if release == nil {
		a.refuse(w, r, tooMany(retryStream, "Too many streams are open from your address."))
		return
	}
	x.stream()
	err = a.Streams.Serve(w, r, pings, func(conn stream.Conn) (func(), error) {
		cancel, err := subscribe(conn)
		if err != nil {
			return nil, err
		}
		// The server's read timeout is for requests, and this one has come whole; a stream's client has nothing more to say. Where it cannot be lifted, the client comes back.
		_ = http.NewResponseController(w).SetReadDeadline(noDeadline)
		return func() { cancel(); release() }, nil
	})
	if err != nil {
		release()
		x.streaming = false
		a.refuse(w, r, a.fail(x, err))
	}
}

var noDeadline time.Time

// retryStream is what a client should wait when its address has too many streams.
const retryStream = 5 * time.Second
