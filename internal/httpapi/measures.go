package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics serves /metrics, and nothing else, for a listener of its own. It takes the token, if there is one to be taken.
func (a *API) Metrics() http.Handler {
	shown := a.showMetrics()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := a.newExchange(w, r)
		defer a.finish(x, r)
		switch {
		case r.URL.Path != "/metrics" && r.URL.Path != "/metrics/":
			a.refuse(x, r, pathNotFound())
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			a.methodNotAllowed([]string{http.MethodGet}).ServeHTTP(x, r)
		default:
			shown.ServeHTTP(x, r)
		}
		x.done = true
	})
}

// showMetrics answers with the metrics whoever brings the token, or anybody if there is none.
func (a *API) showMetrics() http.Handler {
	show := promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{CoalesceGather: true})
	want := sha256.Sum256([]byte(a.MetricsToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(bearerToken(r)))
		if a.MetricsToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			a.refuse(w, r, a.fail(exchangeOf(w), tokenMissing()))
			return
		}
		show.ServeHTTP(w, r)
	})
}

func tokenMissing() *Problem {
	return problem(http.StatusUnauthorized, "Token missing or wrong", "Send METRICS_TOKEN as a bearer token.")
}
