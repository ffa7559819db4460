package httpapi

import (
	"context"
	"net/http"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/web"
)

// Site is the page.
type Site interface {
	// At returns what answers GET and HEAD at a path, given what the page there is to know; nil if there is nothing.
	At(path string, page web.Page) (http.Handler, error)
}

// site serves the page; what it does not know is a problem like any other.
func (a *API) site() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(w)
		found, err := a.Site.At(r.URL.Path, a.pageFor(r.Context(), x, r.URL.Path))
		switch {
		case err != nil:
			a.refuse(w, r, a.fail(x, err))
		case found == nil:
			a.notFound().ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			a.methodNotAllowed([]string{http.MethodGet}).ServeHTTP(w, r)
		default:
			x.shared = true
			found.ServeHTTP(w, r)
		}
	})
}

// pageFor is what the page at a path is to know.
func (a *API) pageFor(ctx context.Context, x *exchange, path string) web.Page {
	page := web.Page{Origin: a.origin(&x.caller), Seats: a.Rooms.Rules.MaxParticipants}
	if a.PublicURL != "" {
		page.PublicURL = page.Origin
	}
	id := web.SessionIn(path)
	if id == "" {
		return page
	}
	s, err := a.Rooms.Session(ctx, id)
	if err != nil {
		page.Missing = isGone(err) && (!web.IsSummary(path) || !a.Rooms.Kept(id))
		return page
	}
	page.SessionID, page.SessionName = id, nameForChats(s)
	return page
}

// nameForChats is what a chat may show of a link to the session, to everybody who sees the link: what the list of sessions shows as well. Empty for a session that is not listed, or
// that has a password.
func nameForChats(s *poker.Session) string {
	if bool(s.Settings.Unlisted) || s.Protected() {
		return ""
	}
	return s.Name
}
