package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// exchange is one request and its answer on their path through the API. It is the ResponseWriter that every handler gets, the only one around net/http's, and knows who asks.
type exchange struct {
	http.ResponseWriter
	caller
	status  int    // of the answer; 0 until it begins
	body    []byte // of the request, cleaned; nil if there is none, or the call takes none
	route   *route // nil until the mux has found one
	started time.Time
	done    bool // the handler did not panic
	unread  bool // a body was announced, and nobody has read it to its end

	key   string // the idempotency key; empty if there is none
	asked string // with a key, a digest of what is asked for

	id    [1]string       // the request's, as a header has it
	short [shortBody]byte // room for a body as short as that of a vote
}

// exchangeOf is the exchange whose answer a handler of ours writes.
func exchangeOf(w http.ResponseWriter) *exchange { return w.(*exchange) }

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	x.begins(status)
	x.ResponseWriter.WriteHeader(status)
}

// Write implies a status of 200.
func (x *exchange) Write(b []byte) (int, error) {
	x.begins(http.StatusOK)
	return x.ResponseWriter.Write(b)
}

// begins notes that the answer begins. Over HTTP/1, net/http would first wait for a body that nobody has read, for as long as the server's read timeout; so the connection ends instead.
func (x *exchange) begins(status int) {
	if x.status != 0 {
		return
	}
	x.status = status
	if x.unread {
		x.Header().Set("Connection", "close")
	}
}

// Unwrap gives http.ResponseController what lies beneath.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

var noSniff = []string{"nosniff"}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{ResponseWriter: w, unread: r.ContentLength != 0 && r.ProtoMajor == 1}
	a.locate(x, r)
	defer a.finish(x, r)
	h := w.Header()
	h["X-Request-Id"] = x.id[:]
	h["X-Content-Type-Options"] = noSniff // every answer
	a.handler.ServeHTTP(x, r)
	x.done = true
}

// finish is deferred. It answers a request whose handler panicked, counts the answer and logs it.
func (a *API) finish(x *exchange, r *http.Request) {
	v := recover()
	if v != nil && v != http.ErrAbortHandler { //nolint:errorlint // recovered values are not wrapped
		a.metrics.panics.Inc()
		a.Logger.Error("panic", "request_id", x.id[0], "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		a.writeProblem(x, r, problemOf(fmt.Errorf("panic: %v", v)))
	}
	if x.route != nil {
		x.route.answered(x)
	}
	if a.debug {
		a.Logger.Debug("request", "request_id", x.id[0], "method", r.Method, "path", r.URL.Path, "user_id", actorOf(r), "status", cmp.Or(x.status, http.StatusOK), "took", a.Clock.Now().Sub(x.started))
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // as above
		panic(v)
	}
}

// actorOf is who a request says it acts for, for the log only.
func actorOf(r *http.Request) string {
	q := r.URL.Query()
	for _, name := range []string{"user_id", "kicker_id", "current_master_id"} {
		if id := q.Get(name); len(id) > 0 && len(id) <= 36 {
			return id
		}
	}
	return ""
}
