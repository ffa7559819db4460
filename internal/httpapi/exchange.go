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

	backlog   *backlog
	held      int // bytes in the backlog until the end of the answer
	http1     bool
	forwarded bool // the head of the answer is out
	cut       bool // the answer that was to be given is not
	shared    bool // the answer's bytes are there anyway, for all who ask
	streaming bool // the answer has no end, and a bound of its own

	key   string // the idempotency key; empty if there is none
	asked string // with a key, a digest of what is asked for

	id    [1]string       // the request's, as a header has it
	short [shortBody]byte // room for a body as short as that of a vote
}

// exchangeOf is the exchange whose answer a handler of ours writes.
func exchangeOf(w http.ResponseWriter) *exchange { return w.(*exchange) }

// WriteHeader notes the status. It goes out with the first bytes of the body, or with the end of the request.
func (x *exchange) WriteHeader(status int) {
	if !x.forwarded {
		x.status = status
	}
}

// Write implies a status of 200. That the client has gone is nobody's fault, so only a stream, which has to end then, hears of it: huma would panic.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	if x.cut { // something else has been answered, or nobody reads it
		return len(b), nil
	}
	n, err := x.write(b)
	if err != nil && !x.streaming {
		x.cut = true
		return len(b), nil
	}
	return n, err
}

// FlushError sends what has been written.
func (x *exchange) FlushError() error {
	x.forward()
	return http.NewResponseController(x.ResponseWriter).Flush()
}

// forward sends the head of the answer. Over HTTP/1, net/http would first wait for a body that nobody has read, for as long as the server's read timeout; so the connection ends instead.
func (x *exchange) forward() {
	if x.forwarded || x.status == 0 {
		return
	}
	x.forwarded = true
	if x.unread {
		x.Header().Set("Connection", "close")
	}
	x.ResponseWriter.WriteHeader(x.status)
}

// Unwrap gives http.ResponseController what lies beneath.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

var noSniff = []string{"nosniff"}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	named := r.Host
	x := a.newExchange(w, r)
	defer a.finish(x, r)
	switch {
	case !x.admit():
	case !a.allowed(named, r.Host):
		a.refuse(x, r, misdirected())
	default:
		a.handler.ServeHTTP(x, r)
	}
	x.done = true
}

func (a *API) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{ResponseWriter: w, backlog: a.backlog, http1: r.ProtoMajor == 1, unread: r.ContentLength != 0 && r.ProtoMajor == 1, started: time.Now()}
	a.locate(x, r)
	h := w.Header()
	h["Date"] = a.date.at(x.started)
	h["X-Request-Id"] = x.id[:]
	h["X-Content-Type-Options"] = noSniff // every answer
	return x
}

// finish is deferred. It answers a request whose handler panicked, sends the rest of the answer, counts it and logs it.
func (a *API) finish(x *exchange, r *http.Request) {
	v := recover()
	aborted := v == http.ErrAbortHandler //nolint:errorlint // recovered values are not wrapped
	if v != nil && !aborted {
		a.metrics.panics.Inc()
		a.Logger.Error("panic", "request_id", x.id[0], "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		a.writeProblem(x, r, problemOf(fmt.Errorf("panic: %v", v)))
	}
	if !aborted {
		if !x.streaming { // one over plain TCP has taken the connection with it
			x.status = cmp.Or(x.status, http.StatusOK) // an answer without a body need not have said so
		}
		x.forward()
	}
	x.release(aborted)
	if x.route != nil {
		x.route.answered(x)
	}
	if a.debug {
		a.Logger.Debug("request", "request_id", x.id[0], "method", r.Method, "path", r.URL.Path, "user_id", actorOf(r), "status", cmp.Or(x.status, http.StatusOK), "took", a.Clock.Now().Sub(x.started))
	}
	if aborted {
		panic(http.ErrAbortHandler)
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
