package browser_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// paste presses what pastes.
func paste() chromedp.Action[chromedp.Void] {
	return command(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "v", Code: "KeyV", Modifiers: 2 /* Ctrl */, Commands: []string{"paste"}})
}

// named is the server under a name that is neither https nor localhost, where browsers keep the clipboard from pages.
func (s *server) named() *server {
	s.t.Helper()
	return &server{t: s.t, url: strings.Replace(s.url, "127.0.0.1", "table.example", 1), http: s.http}
}

func TestLinkIsCopiedOnPlainAddresses(t *testing.T) {
	t.Parallel()
	s := serve(t).named()
	p := s.person("Sarah")
	p.pardon("Cross-Origin-Opener-Policy header has been ignored")
	path := p.settles("Checkout squad", "cat")
	if eval[bool](p, `isSecureContext`) {
		t.Fatal("the address counts as a secure one")
	}
	p.click("header button|Invite")
	if text, _ := p.copies("dialog button|Copy link"); text != s.url+path {
		t.Errorf("the clipboard has %q, want %q", text, s.url+path)
	}
}

func TestLinkThatCannotBeCopiedIsSelected(t *testing.T) {
	t.Parallel()
	s := serve(t).named()
	p := s.person("Sarah")
	p.pardon("Cross-Origin-Opener-Policy header has been ignored")
	path := p.settles("Checkout squad", "cat")
	eval[any](p, `document.execCommand = () => false, null`)
	p.click("header button|Invite")
	p.click("dialog button|Copy link")
	p.sees("press Ctrl+C to copy")
	p.wait(`document.activeElement.matches('dialog input') && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === ` + quoted(s.url+path))
	p.inspect("copy-failed")
}

func TestLinkIsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	s := serve(t, "PUBLIC_URL=https://poker.example/")
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	p.click("header button|Invite")
	p.wait(`document.querySelector('dialog .link input')?.value === ` + quoted("https://poker.example"+path))
	p.sight("dialog .qr svg")
	if got := p.try(`document.querySelector('dialog').innerText.includes('this machine only')`); got != "false" {
		t.Error("a public address is said to work on this machine only")
	}
}

// withAddresses is the server, which says that it has these addresses.
func (s *server) withAddresses(answer string) *server {
	s.t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	mux := http.NewServeMux()
	mux.Handle("/", proxy)
	mux.HandleFunc("GET /api/addresses", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answer))
	})
	web := httptest.NewServer(mux)
	s.t.Cleanup(web.Close)
	s.t.Cleanup(web.CloseClientConnections)
	return &server{t: s.t, url: web.URL, http: s.http}
}

func TestLocalAddressOffersThoseThatOthersCanOpen(t *testing.T) {
	t.Parallel()
	s := serve(t).withAddresses(`{"addresses":["http://192.0.2.7:8000","http://198.51.100.3:8000"]}`)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	p.click("header button|Invite")
	p.sees("This link works on this machine only.")
	p.inspect("dialog-invite-local")
	p.click("dialog label|http://192.0.2.7:8000")
	p.wait(`document.querySelector('dialog .link input').value === ` + quoted("http://192.0.2.7:8000"+path))
	p.sees("This link works for others on your network.")
	p.click("dialog label|This machine only")
	p.wait(`document.querySelector('dialog .link input').value === ` + quoted(s.url+path))
}

func TestInvitationStandsOnceOnTheFirstScreen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	p.sees("You are the first one here.")
	if got := eval[[]string](p, `[...document.querySelectorAll('button, a, h2, h3, input')].filter((e) => e.checkVisibility() && /invite|copy link/i.test(e.innerText + (e.value ?? ''))).map((e) => e.innerText)`); len(got) != 1 {
		t.Errorf("the first screen invites with %q, want one of them", got)
	}
}

func TestEndedSessionIsStartedAgainAndFound(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.click("header button[aria-label=Menu]")
	sarah.click("dialog button|End session for all")
	sarah.click("dialog button|End session")
	mike.sight("[data-ending=ended]")
	sarah.click("button|Start it again")
	sarah.sight(".place.me")
	sarah.sees("Checkout squad")
	mike.sees("Checkout squad is open again.")
	mike.inspect("successor")
	mike.click("a|Go there")
	mike.click("button|Join as Mike")
	mike.sight(".place.me")
	sarah.sees("2 people are at the table.")
}

func TestEndedLinkOffersToStartAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	path := p.settles("/session/"+master.session, "cat")
	p.pardon("404")
	p.visit("/")
	master.do("DELETE", "", nil)
	later := p.another() // in the browser that was there, the link says what it was
	later.pardon("404")
	later.visit(path)
	later.sees("Checkout squad")
	later.inspect("ended-link")
	later.click("button|Start it again")
	later.sight(".place.me .crown")
	later.sees("Checkout squad")

	stranger := s.person("Lisa")
	stranger.pardon("404")
	stranger.visit(path)
	stranger.sees("There is no session here")
}

// Who was never there finds by the link what came of the session, and how it ended, as long as the server keeps it.
func TestEndedLinkShowsStrangersWhatCameOfIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	invited := s.person("Ole") // has the form before them when the session ends
	invited.visit("/session/" + master.session)
	invited.sight("#me-name")
	eventually(t, "the form's page listens", func() bool { return s.streams() == "1" })
	master.start("Pay by invoice")
	master.vote("5")
	master.reveal()
	master.accept("8")
	master.do("DELETE", "", nil)
	stranger := s.person("Lisa")
	stranger.pardon("404")
	stranger.visit("/session/" + master.session)
	for _, p := range []*person{invited, stranger} {
		p.sight("[data-ending=ended]")
		p.sees("Checkout squad")
		p.wait(`document.querySelector('#estimates tbody').innerText.replace(/\s+/g, ' ').trim() === 'Pay by invoice 8 5 1'`)
	}
	stranger.inspect("ended-stranger")
	stranger.click("button|Start it again")
	stranger.wait(`document.getElementById('session-name')?.value === 'Checkout squad'`)
	invited.sight("button|Start it again")
}

func TestEndedSessionIsLookedForOnlyWhileSeen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.settles("/session/"+master.session, "cat")
	master.do("DELETE", "", nil)
	p.sight("[data-ending=ended]")
	eventually(t, "the page looks for another session", func() bool { return s.streams() == "1" })
	p.hides(true)
	eventually(t, "the page looks no more", func() bool { return s.streams() == "0" })
	s.create("Checkout squad", "Mike", "bear")
	p.hides(false)
	p.sees("Checkout squad is open again.")
	p.do(navigateTo("about:blank"))
}

func TestStartingAgainWithoutANameAsksForIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.visit("/session/" + master.session)
	p.sight("#me-name")
	g := s.join(master.session, "Lisa", "rabbit")
	p.sees("Lisa") // she was not there when the page asked: its stream is open
	g.do("POST", "/leave", nil)
	master.do("DELETE", "", nil)
	p.click("button|Start it again") // nobody knows her name here yet
	p.wait(`document.getElementById('session-name')?.value === 'Checkout squad'`)
	p.types("#me-name", "Sarah")
	p.click("button|Start session")
	p.sight(".place.me")
	p.sees("Checkout squad")
}

func TestNameFieldOfTheInvitedHasTheFocus(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.visit("/session/" + master.session)
	p.wait(`document.activeElement.id === 'me-name'`)
	p.presses("Sarah", "\r")
	p.sight(".place.me")
}
