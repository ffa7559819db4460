package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/jub0bs/cors"
)

var noDeadline time.Time

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
