package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// figure is what the server's metrics have under a name; empty if they have it not.
func (s *server) figure(name string) string {
	s.t.Helper()
	resp, err := s.http.Get(s.url + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("metrics: %d %v", resp.StatusCode, err)
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+" ")
	n, _, _ := strings.Cut(rest, "\n")
	return n
}

// streams is how many streams the server has.
func (s *server) streams() string {
	s.t.Helper()
	return s.figure("magnapp_streams")
}

// oneStream waits until the server has one stream; those of pages that were left may take a moment to end.
func (s *server) oneStream() {
	s.t.Helper()
	eventually(s.t, "the server has one stream", func() bool { return s.streams() == "1" })
}

// patient lets the person's tabs wait as long as a slow machine takes for what they else give three seconds: a tab for the one that has the stream, before it opens its own, and a page for the event of a
// command. It ends for a page that hurries.
func (p *person) patient() *person {
	p.t.Helper()
	p.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `{ const later = setTimeout; window.setTimeout = (what, ms, ...more) => later(what, ms === 3000 && !window.__hurries ? 600_000 : ms, ...more) }`,
	}))
	return p
}

func (p *person) hurries() { p.t.Helper(); eval[any](p, `window.__hurries = true, null`) }

// By HTTP/1.1 a browser has six connections to a server. With a stream for each tab, nothing would be left to vote with.
func TestEightTabsOfOneBrowserVote(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.person("Sarah").patient()
	path := first.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	tabs := []*person{first}
	for range 7 {
		tab := first.another().patient()
		tab.visit(path)
		tab.seesLive()
		tabs = append(tabs, tab)
	}
	first.click("button|Start voting")
	for i, tab := range tabs {
		card := []string{"1", "2", "3", "5", "8", "13", "21", "coffee"}[i]
		tab.click(fmt.Sprintf(".hand [data-card='%s']", card))
		tab.holds(card)
		tabs[(i+1)%len(tabs)].holds(card)
	}
	s.oneStream()

	// Whichever tab has the stream: when it goes, another takes over, and nobody notices.
	first.do(navigateTo("about:blank"))
	g.vote("5")
	for _, tab := range tabs[1:] {
		tab.sees("2 of 2 have voted")
	}
	first.visit(path)
	first.sees("2 of 2 have voted")
	first.seesLive()
	s.oneStream()
}

// hides makes the page believe that nobody sees it, or that somebody does again.
func (p *person) hides(hidden bool) {
	p.t.Helper()
	eval[any](p, fmt.Sprintf(`(Object.defineProperty(document, 'hidden', { value: %t, configurable: true }), document.dispatchEvent(new Event('visibilitychange')), null)`, hidden))
}

func TestListOfSessionsIsNotListenedToWhileHidden(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	p.sees("No session is open right now.")
	eventually(t, "the list is listened to", func() bool { return s.streams() == "1" })
	p.hides(true)
	eventually(t, "the list is let go", func() bool { return s.streams() == "0" })
	s.create("Checkout squad", "Mike", "bear")
	p.hides(false)
	p.sees("Checkout squad")
	p.do(navigateTo("about:blank"))
}

// A page says goodbye, so that nobody has to wait until a proxy notices that it is gone.
func TestPageThatGoesSaysGoodbye(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(*reader, string) error{
		"to another": func(r *reader, _ string) error { return r.goTo(r.s.url + "/") },
		"and comes":  func(r *reader, path string) error { return r.goTo(r.s.url + path) },
	} {
		t.Run(name, func(t *testing.T) {
			inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
				s := serve(t)
				bye := &fault{method: "POST", ending: "/here", query: "gone=true"}
				l := s.through(bye)
				master := s.create("Checkout squad", "Mike", "bear")
				r := open(l.server)
				r.joins(master.session)
				if err := goes(r, "/session/"+master.session); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the page has said goodbye", func() bool { return l.came(bye) > 0 })
			})
		})
	}
}

// A page that is loaded again says goodbye for the stream that it had, and nobody waits for that: it may arrive when the page has its new one.
func TestPageThatIsLoadedAgainWithALateGoodbyeIsNotAway(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		s := serve(t)
		bye := &fault{method: "POST", ending: "/here", query: "gone=true", times: 1, until: make(chan struct{})}
		l := s.through(bye)
		master := s.create("Checkout squad", "Mike", "bear")
		marker := s.join(master.session, "Lisa", "fox")
		r := open(l.server)
		r.joins(master.session)
		sarah := value[string](r, `JSON.parse(localStorage.getItem('magnapp.seat.`+master.session+`')).user`)
		r.visit("/session/" + master.session)
		r.seesLive()
		eventually(t, "the goodbye is under way", func() bool { return l.came(bye) > 0 })
		away := master.awaysUntil(t.Context(), marker) // from now on: to load the page may have taken longer than it may
		close(bye.until)
		marker.goesAway() // and is away when she would be
		if got := away(); slices.Contains(got, sarah) {
			t.Error("who loaded the page again was said to be away")
		}
	})
}

// awaysUntil listens to who is said to be away, until one is.
func (g guest) awaysUntil(ctx context.Context, last guest) (users func() []string) {
	g.s.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	g.s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.s.url+"/api/sse/"+g.session, nil)
	if err != nil {
		g.s.t.Fatal(err)
	}
	resp, err := (&http.Client{}).Do(req) // without a limit of its own: the stream may go on for as long as that
	if err != nil {
		g.s.t.Fatal(err)
	}
	return func() (users []string) {
		defer func() { _ = resp.Body.Close() }()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<17)
		for !slices.Contains(users, last.id) {
			if !lines.Scan() {
				g.s.t.Fatalf("listen: %v", lines.Err())
			}
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			var e struct {
				Type string
				Data struct {
					User string `json:"user_id"`
				}
			}
			if is && json.Unmarshal([]byte(data), &e) == nil && e.Type == "user_disconnected" {
				users = append(users, e.Data.User)
			}
		}
		return users
	}
}

// A tab that the browser has frozen keeps what it has, and says nothing: the others notice by its silence.
func TestTabsComeBackWhenTheOneWithTheStreamIsFrozen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.person("Sarah").patient()
	path := first.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	second := first.another().patient()
	second.visit(path)
	second.seesLive()
	first.click("button|Start voting")
	second.sees("0 of 2 have voted")
	s.oneStream()
	lifecycle := func(state page.SetWebLifecycleStateState) {
		first.do(command(page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state}))
	}
	second.hurries()
	lifecycle(page.SetWebLifecycleStateStateFrozen)
	g.vote("5")
	second.takesItsTime(`document.body.innerText.includes('1 of 2 has voted')`)
	second.seesLive()
	second.click(".hand [data-card='8']")
	second.holds("8")
	lifecycle(page.SetWebLifecycleStateStateActive)
	first.sees("2 of 2 have voted")
	first.holds("8")
}

// What has happened before a tab came is no news in it: another tab tells it, and nothing is heard or said of it again.
func TestTabThatComesLaterDoesNotRepeatTheMeeting(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.person("Sarah").patient()
	path := first.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	first.click("button|Start voting")
	first.sees("0 of 2 have voted")
	g.vote("5")
	first.click(".hand [data-card='5']")
	first.holds("5")
	first.click("button|Reveal cards")
	first.sight(".confetti")
	second := first.another().patient()
	second.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.__news = []; window.OscillatorNode = class extends OscillatorNode { start(at) { window.__news.push('tone'); super.start(at) } }
		window.AudioBufferSourceNode = class extends AudioBufferSourceNode { start(...at) { window.__news.push('noise'); super.start(...at) } }
		document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => window.__news.push(document.getElementById('polite').innerText)).observe(document.getElementById('polite'), { childList: true }))`,
	}))
	second.visit(path)
	second.seesLive()
	second.sight("#results")
	s.oneStream()
	g.do("POST", "/leave", nil)
	second.wait(`window.__news.some((n) => n.includes('left'))`)
	if got := eval[[]string](second, `window.__news`); len(got) != 1 {
		t.Errorf("the tab that came later heard and said %q, want only who has left since", got)
	}
	if eval[bool](second, `!!document.querySelector('.confetti')`) {
		t.Error("the tab that came later celebrates again")
	}
}
