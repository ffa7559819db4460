package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jub0bs/cors"
)

var noDeadline time.Time

// logged writes a line about each request when it is done.
func (a *API) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := a.Clock.Now()
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		a.Logger.Debug("request", "request_id", callerOf(r.Context()).requestID, "method", r.Method, "path", r.URL.Path, "user_id", actorOf(r), "status", cmp.Or(rec.status, http.StatusOK), "took", a.Clock.Now().Sub(started))
	})
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

// recovered is deferred. It answers a request whose handler panicked, and lets every other go on.
func (a *API) recovered(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // recovered values are not wrapped
		panic(v)
	}
	a.metrics.panics.Inc()
	a.Logger.Error("panic", "request_id", w.Header().Get("X-Request-Id"), "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	a.writeProblem(w, r, problemOf(fmt.Errorf("panic: %v", v)))
}

var noSniff = []string{"nosniff"}

// crossOrigin lets pages of the configured origins call, and refuses state-changing requests which a browser marks as coming from anywhere else.
func (a *API) crossOrigin(next http.Handler) (http.Handler, error) {
	if slices.Contains(a.CORS.Origins, "*") {
		return a.withCORS(next)
	}
	protection := http.NewCrossOriginProtection()
	origins := a.CORS.Origins
	if u, err := url.Parse(a.PublicURL); err == nil && u.Host != "" { // our own pages, whatever host a proxy asks us for
		origins = append(slices.Clone(origins), u.Scheme+"://"+u.Host)
	}
	for _, origin := range origins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.writeProblem(w, r, crossSite())
	}))
	return a.withCORS(protection.Handler(next))
}

func (a *API) withCORS(next http.Handler) (http.Handler, error) {
	if len(a.CORS.Origins) == 0 {
		return next, nil
	}
	config := a.CORS
	config.ResponseHeaders = []string{"Retry-After", "X-Request-Id"}
	m, err := cors.NewMiddleware(config)
	if err != nil {
		return nil, err
	}
	return m.Wrap(next), nil
}

// usualHeaders are what the cross-origin rules add to the answer of a request that they do not concern.
func (a *API) usualHeaders() (http.Header, error) {
	guarded, err := a.crossOrigin(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if err != nil {
		return nil, err
	}
	added := make(http.Header)
	guarded.ServeHTTP(headersOnly(added), &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/"}, Header: make(http.Header)})
	return added, nil
}

// headersOnly is an answer of which only the headers are of interest.
type headersOnly http.Header

// Header returns them.
func (h headersOnly) Header() http.Header { return http.Header(h) }

// Write does nothing.
func (headersOnly) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader does nothing.
func (headersOnly) WriteHeader(int) {}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implies a status of 200.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what lies beneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
