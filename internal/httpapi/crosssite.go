package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/jub0bs/cors"
)

// crossSite keeps pages of other origins than ours and the configured ones from changing anything in their visitors' names.
type crossSite struct {
	protection *http.CrossOriginProtection
	everybody  bool // CORS_ORIGINS=*: pages of every origin may call, but without cookies
}

func newCrossSite(o Options) (*crossSite, error) {
	c := &crossSite{protection: http.NewCrossOriginProtection(), everybody: slices.Contains(o.CORS.Origins, "*")}
	origins := slices.Clone(o.CORS.Origins)
	if u := publicOf(o); u.Host != "" { // our own pages, whatever host a proxy asks us for
		scheme := strings.ToLower(u.Scheme)
		origins = append(origins, scheme+"://"+plainHost(scheme, u.Host))
	}
	for _, origin := range origins {
		if origin == "*" {
			continue
		}
		if err := c.protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("cross-site rules: %w", err)
		}
	}
	return c, nil
}

// mayChange reports whether a request may change something, as far as the page is concerned that sends it. Where every origin may call, that takes a token: a page that has one was given
// it. Without one, any page could have its visitors fill the server with sessions. The cookies that come along count for nothing then.
func (c *crossSite) mayChange(r *http.Request) bool {
	switch {
	case c.friendly(r):
		return true
	case c.everybody && bearerToken(r) != "":
		r.Header.Del("Cookie")
		return true
	}
	return false
}

// mayTry is mayChange for creating and joining, where nobody looks at a token: any text would pass for one.
func (c *crossSite) mayTry(r *http.Request) bool { return c.friendly(r) }

// friendly reports whether a request is of no page, of one of ours, or of one that is configured. Browsers say so themselves, but not from pages that came by plain http: then the page's
// origin has to be of the host that was asked for, which is the believed one.
func (c *crossSite) friendly(r *http.Request) bool {
	return !fromBrowser(r.Header) || c.protection.Check(r) == nil || field(r.Header, "Sec-Fetch-Site") == "" && sameHost(field(r.Header, "Origin"), r.Host)
}

// mayBePresent is mayChange for the stream of a user, by which the user is there although it is only a GET.
func (c *crossSite) mayBePresent(r *http.Request) bool {
	change := *r
	change.Method = http.MethodPost
	return c.mayChange(&change)
}

// own reports whether a request comes from one of our pages or of those that are configured, or from no page at all.
func (c *crossSite) own(r *http.Request) bool {
	change := *r
	change.Method = http.MethodPost
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" && c.friendly(&change)
}

// guarded refuses what a browser marks as coming from elsewhere, and tells browsers which pages may read the answers.
func (a *API) guarded(next http.Handler) (http.Handler, error) {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.crossSite.mayChange(r) {
			a.refuse(w, r, foreignPage())
			return
		}
		next.ServeHTTP(w, r)
	})
	if len(a.CORS.Origins) == 0 {
		return inner, nil
	}
	config := a.CORS
	config.ResponseHeaders = []string{"Retry-After", "X-Request-Id"}
	m, err := cors.NewMiddleware(config)
	if err != nil {
		return nil, fmt.Errorf("cross-origin rules: %w", err)
	}
	return m.Wrap(inner), nil
}

func foreignPage() *Problem {
	return problem(http.StatusForbidden, "Cross-site request refused", "This page's origin may not change anything here. Add it to CORS_ORIGINS if it should.")
}
