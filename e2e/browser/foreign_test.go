package browser_test

import (
	"net/http"
	"strconv"
	"testing"
)

// foreign has something between the page and the server answer requests whose address contains the text, as a page does that wants a login first. served ends that.
func (p *person) foreign(address string, status int) (served func()) {
	p.t.Helper()
	p.pardon(strconv.Itoa(status))
	eval[any](p, `(() => { const real = window.__fetch = window.fetch
		window.fetch = async (url, init) => url.includes(`+quoted(address)+`) ? new Response('<h1>Please log in</h1>', { status: `+strconv.Itoa(status)+` }) : real(url, init) })(), null`)
	return func() { p.t.Helper(); eval[any](p, `window.fetch = window.__fetch, null`) }
}

func TestLoginPageOfAProxyDoesNotAskForThePasswordOfTheSession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.visit("/session/" + master.session)
	p.types("#me-name", "Sarah")
	served := p.foreign("/join", http.StatusUnauthorized)
	p.click("button|Take a seat")
	p.sees("did not let it through (401)")
	if eval[bool](p, `!!document.querySelector('#password')`) {
		t.Error("the page asks for a password, and the session has none")
	}
	served()
	p.click("button|Join as")
	p.sight(".place.me")

	p.click("[aria-label=Menu]")
	p.click("dialog button|Change name and face")
	p.types("#me-name", "Sarah Ann")
	served = p.foreign("/profile", http.StatusForbidden)
	p.click("dialog button|Save")
	p.sees("did not let it through (403)")
	served()
	p.click("dialog button|Save")
	p.gone("dialog")
}

func TestSeatLinkOutlivesTheLoginPageOfAProxy(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	var link struct{ Code string }
	if status := s.call("POST", "/api/sessions/"+master.session+"/seat-link?user_id="+master.id, master.token, nil, &link); status != http.StatusOK {
		t.Fatalf("seat link: status %d", status)
	}
	p := s.person("Mike")
	p.visit("/")
	served := p.foreign("/seats/", http.StatusUnauthorized)
	eval[any](p, `(() => { history.pushState(null, '', '/session/`+master.session+`#seat=`+link.Code+`'); dispatchEvent(new PopStateEvent('popstate')) })(), null`)
	p.sees("We keep trying.")
	served()
	p.sight(".place.me")
}
