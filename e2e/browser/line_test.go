package browser_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// line is a connection to the server that fails as a test wants it to. The page is opened through it.
type line struct {
	*server
	proxy *httputil.ReverseProxy
	over  chan struct{} // closed when the test ends: what waits then is let go

	mu     sync.Mutex
	faults []*fault
}

// fault is what happens, so many times, to requests with this method and path ending.
type fault struct {
	method, ending string
	query          string // that they have a part of
	times          int
	status         int           // what a proxy answers in the server's place; 0: the server is asked, and its answer is lost
	later          string        // when the proxy would be asked again, in seconds
	keys           []string      // that came with such requests, also with those that pass
	until          chan struct{} // if it is there, they wait until it is closed, and pass, or get that status; they are dropped when the test ends before
}

var errLost = errors.New("the answer is lost")

// through opens a line to the server.
func (s *server) through(faults ...*fault) *line {
	s.t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	l := &line{proxy: httputil.NewSingleHostReverseProxy(target), over: make(chan struct{}), faults: faults}
	l.proxy.FlushInterval = -1
	l.proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	web := httptest.NewServer(l)
	s.t.Cleanup(web.Close)
	s.t.Cleanup(web.CloseClientConnections) // before it closes: streams would keep it open
	s.t.Cleanup(func() { close(l.over) })
	l.server = &server{t: s.t, url: web.URL, http: s.http}
	return l
}

// ServeHTTP passes a request on, unless it meets a fault.
func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := l.meets(r)
	if f != nil && f.until != nil {
		select {
		case <-f.until:
		case <-l.over:
			panic(http.ErrAbortHandler)
		}
	}
	switch {
	case f == nil, f.until != nil && f.status == 0:
		l.proxy.ServeHTTP(w, r)
	case f.status != 0:
		if f.later != "" {
			w.Header().Set("Retry-After", f.later)
		}
		http.Error(w, http.StatusText(f.status), f.status)
	default:
		lossy := *l.proxy
		lossy.ModifyResponse = func(*http.Response) error { return errLost }
		lossy.ServeHTTP(w, r)
	}
}

func (l *line) meets(r *http.Request) *fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.faults {
		if f.method != r.Method || !strings.HasSuffix(r.URL.Path, f.ending) || !strings.Contains(r.URL.RawQuery, f.query) {
			continue
		}
		f.keys = append(f.keys, r.Header.Get("Idempotency-Key"))
		if f.times > 0 {
			f.times--
			return f
		}
	}
	return nil
}

// fails has one more fault from now on.
func (l *line) fails(f *fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, f)
}

// came is how many requests a fault was for.
func (l *line) came(f *fault) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(f.keys)
}

// oneKey fails the test unless so many requests came, all with the same key.
func (l *line) oneKey(f *fault, requests int) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(f.keys) != requests {
		l.t.Errorf("%s …%s came %d times, want %d", f.method, f.ending, len(f.keys), requests)
	}
	for _, k := range f.keys {
		if k == "" || k != f.keys[0] {
			l.t.Errorf("%s …%s came with the keys %q, want one", f.method, f.ending, f.keys)
			return
		}
	}
}

func TestOneWhoJoinsOnAFlakyLineIsSeatedOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	create := &fault{method: "POST", ending: "/api/sessions/", times: 2}
	join := &fault{method: "POST", ending: "/join", times: 1}
	l := s.through(create, join)
	sarah, mike := l.person("Sarah"), l.person("Mike")
	sarah.outage()
	mike.outage()
	path := sarah.opens("Checkout squad")
	mike.arrives(path)
	sarah.sees("2 people are at the table.")
	l.oneKey(create, 3)
	l.oneKey(join, 2)
	var open []struct{ ID string }
	s.call("GET", "/api/sessions/", "", nil, &open)
	if len(open) != 1 {
		t.Errorf("%d sessions are open, want one", len(open))
	}
}

func TestCommandsPassALineThatFailsForAMoment(t *testing.T) {
	t.Parallel()
	s := serve(t)
	start := &fault{method: "POST", ending: "/start", times: 1, status: http.StatusBadGateway}
	vote := &fault{method: "POST", ending: "/vote", times: 1}
	retract := &fault{method: "DELETE", ending: "/vote", times: 1, status: http.StatusGatewayTimeout}
	reveal := &fault{method: "POST", ending: "/reveal", times: 2, status: http.StatusServiceUnavailable}
	l := s.through(start, vote, retract, reveal)
	p := l.person("Sarah")
	p.outage()
	p.pardon("502", "503", "504")
	p.settles("Checkout squad", "cat")
	p.click("button|Start voting")
	p.click(".hand [data-card='5']")
	p.holds("5")
	l.oneKey(start, 2)
	l.oneKey(vote, 2)
	p.click(".hand [data-card='5']")
	p.holds("")
	p.sees("0 of 1 have voted")
	l.oneKey(retract, 2)
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.click("button|Reveal cards")
	p.sight("#results")
	l.oneKey(reveal, 3)
	if p.try(`!!document.querySelector('.notice.refusal')`) != "false" {
		t.Error("the page complains about what was done in the end")
	}
}

// The answer to somebody who wanted to join one session and has gone on to another meanwhile is none for that one.
func TestAnswerThatComesLateIsNotTakenForAnotherSession(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]bool{"a seat": false, "a refusal": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			here, there := s.create("Search squad", "Mike", "bear"), s.create("Checkout squad", "Anna", "owl")
			joins := &fault{method: "POST", ending: there.session + "/join", times: 1, until: make(chan struct{})}
			l := s.through(joins)
			lisa := l.person("Lisa").pardon("404")
			lisa.settles("/session/"+here.session, "fox")
			lisa.click("header .brand")
			lisa.click("dialog .danger")
			lisa.click(`.lobby a[href="/session/` + there.session + `"]`)
			lisa.click("form .primary")
			for l.came(joins) == 0 {
				lisa.wait("document.querySelector('form .primary')?.disabled === true")
			}
			eval[any](lisa, `(history.go(-2), null)`)
			lisa.sight("h1.session|Search squad")
			lisa.seesLive()
			if ends {
				there.do("DELETE", "", nil)
			}
			close(joins.until)
			lisa.wait(`performance.getEntriesByType('resource').some((e) => e.name.endsWith('` + there.session + `/join'))`)
			if !ends {
				lisa.wait(`localStorage.getItem('magnapp.seat.` + there.session + `')`)
			}
			eval[any](lisa, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
			lisa.sight("h1.session|Search squad")
			lisa.sight(".place.me")
			lisa.seesLive()
			if eval[bool](lisa, `localStorage.getItem('magnapp.seat.`+here.session+`') === null`) {
				t.Error("the seat in the other session is gone")
			}
		})
	}
}

// When the stories have arrived, the field is emptied: what was typed meanwhile would be lost.
func TestFieldTakesNothingWhileItsStoriesAreOnTheirWay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	adds := &fault{method: "POST", ending: "/stories", times: 1, until: make(chan struct{})}
	l := s.through(adds)
	mike := l.person("Mike")
	mike.opens("Search squad")
	mike.click("header .backlog")
	mike.types("#new-stories", "Free boats")
	mike.click("dialog .primary")
	for l.came(adds) == 0 {
		mike.sight("dialog .primary:disabled")
	}
	eval[any](mike, `(document.getElementById('new-stories').focus(), null)`)
	mike.presses("!")
	mike.pastes("#new-stories", "Key\tTitle\tPoints\nPAY-1\tPay by invoice\t5")
	eval[any](mike, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
	if eval[bool](mike, `!!document.querySelector('.offered')`) {
		t.Error("an import is offered of a table that the field has not taken")
	}
	if typed := eval[string](mike, `document.getElementById('new-stories').value`); typed != "Free boats" {
		t.Errorf("the field has %q", typed)
	}
	close(adds.until)
	mike.gone("dialog")
	mike.sight(".backlog-list|Free boats")
}

// What a proxy says in the place of the server says nothing about the session.
func TestSummaryThatAProxyDoesNotFindCanBeAskedForAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	mike := s.create("Search squad", "Mike", "bear")
	l := s.through(&fault{method: "GET", ending: "/api/sessions/" + mike.session + "/summary", times: 1, status: http.StatusNotFound})
	lisa := l.person("Lisa").pardon("404")
	lisa.visit("/session/" + mike.session + "/summary")
	lisa.click("button|Try again")
	lisa.sight("h1|Search squad")
}

func TestStoryThatAProxyDoesNotFindIsNotSaidToBeLost(t *testing.T) {
	t.Parallel()
	s := serve(t)
	change := &fault{method: "POST", times: 1, status: http.StatusNotFound, later: "60"}
	l := s.through()
	mike := l.person("Mike").pardon("404")
	mike.opens("Search squad")
	mike.click("header .backlog")
	mike.types("#new-stories", "Free boats")
	mike.click("dialog .primary")
	mike.click(".story .open|Free boats")
	mike.click("dialog button|Edit")
	mike.types("#story-title", "Free boats for all")
	change.ending = eval[string](mike, `(async () => (await (await fetch('/api' + location.pathname.replace('session', 'sessions') + '/stories')).json()).stories[0].id)()`)
	l.fails(change)
	mike.click("dialog button|Save")
	mike.sight("dialog .error")
	if said := eval[string](mike, `document.querySelector('dialog .error').innerText`); !strings.Contains(said, "not known whether this was done") {
		t.Fatalf("the page says: %s", said)
	}
	mike.click("dialog button|Save")
	mike.sight(".story .open|Free boats for all")
}

// The answer to stories for one session says nothing about what is typed in another one meanwhile.
func TestStoriesThatAreAnsweredLateAreNoneOfAnotherSession(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"added": 0, "refused": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			adds := &fault{method: "POST", ending: "/stories", times: 1, until: make(chan struct{}), status: status}
			l := s.through(adds)
			mike := l.person("Mike").pardon("403")
			there := mike.settles("Checkout squad", "bear")
			mike.settles("Search squad", "bear")
			mike.click("header .backlog")
			mike.types("#new-stories", "Free boats")
			mike.click("dialog .primary")
			for l.came(adds) == 0 {
				mike.sight("dialog .primary:disabled")
			}
			mike.presses("\x1b")
			mike.gone("dialog")
			mike.click("header .brand")
			mike.click("dialog .danger")
			mike.click(`.lobby a[href="` + there + `"]`)
			mike.click("header .backlog")
			mike.types("#new-stories", "Pay by invoice")
			close(adds.until)
			mike.wait(`performance.getEntriesByType('resource').some((e) => e.name.includes('/stories?user_id=') && e.responseStatus)`)
			eval[any](mike, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
			if typed := eval[string](mike, `document.getElementById('new-stories')?.value ?? 'no field'`); typed != "Pay by invoice" {
				t.Fatalf("the field has %q", typed)
			}
			mike.click("dialog .primary")
			mike.gone("dialog")
			mike.seesStories("Pay by invoice")
		})
	}
}

// Who is seated by an answer stays seated, also when the question who they were comes back later.
func TestSeatIsNotTakenBackByAnOlderAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	there := s.create("Checkout squad", "Anna", "owl")
	joins := &fault{method: "POST", ending: there.session + "/join", times: 1, until: make(chan struct{})}
	looks := &fault{method: "GET", ending: "/api/sessions/" + there.session, times: 1, until: make(chan struct{})}
	l := s.through(joins)
	lisa := l.person("Lisa")
	lisa.visit("/")
	lisa.click(`.lobby a[href="/session/` + there.session + `"]`)
	lisa.types("#me-name", "Lisa")
	lisa.click("form .primary")
	for l.came(joins) == 0 {
		lisa.wait("document.querySelector('form .primary')?.disabled === true")
	}
	eval[any](lisa, `(history.back(), null)`)
	lisa.sight(".lobby")
	l.fails(looks)
	eval[any](lisa, `(history.forward(), null)`)
	eventually(t, "the page asks for the session", func() bool { return l.came(looks) > 0 })
	close(joins.until)
	lisa.sight(".place.me")
	close(looks.until)
	lisa.wait(`performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/api/sessions/` + there.session + `?')).length === 2`)
	eval[any](lisa, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
	if eval[bool](lisa, `!document.querySelector('.place.me')`) {
		t.Fatal("the seat is gone")
	}
	lisa.seesLive()
}

// A session that is there late takes nobody out of the one in which they are by then.
func TestSessionThatIsCreatedLateTakesNobodyElsewhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	creates := &fault{method: "POST", ending: "/api/sessions/", times: 1, until: make(chan struct{})}
	there := s.create("Checkout squad", "Anna", "owl")
	l := s.through()
	mike := l.person("Mike")
	path := mike.settles("/session/"+there.session, "bear")
	l.fails(creates)
	mike.click("header .brand")
	mike.click("dialog .danger")
	mike.types("#session-name", "Search squad")
	mike.click("button|Start session")
	eventually(t, "the page asks for the session", func() bool { return l.came(creates) > 0 })
	mike.click(`.lobby a[href="` + path + `"]`)
	mike.sight(".place.me")
	close(creates.until)
	mike.wait(`Object.keys(localStorage).filter((key) => key.startsWith('magnapp.seat.')).length === 2`)
	eval[any](mike, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
	if at := eval[string](mike, `location.pathname`); at != path {
		t.Fatalf("the page is at %s, want %s", at, path)
	}
	mike.seesLive()
}

// A dialog that was closed while a story was on its way does not come back with the answer.
func TestDialogThatWasClosedStaysClosedWhenItsStoryIsSaved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	change := &fault{method: "POST", times: 1, until: make(chan struct{})}
	l := s.through()
	mike := l.person("Mike")
	mike.opens("Search squad")
	mike.click("header .backlog")
	mike.types("#new-stories", "Free boats")
	mike.click("dialog .primary")
	mike.click(".story .open|Free boats")
	mike.click("dialog button|Edit")
	mike.types("#story-title", "Free boats for all")
	change.ending = eval[string](mike, `(async () => (await (await fetch('/api' + location.pathname.replace('session', 'sessions') + '/stories')).json()).stories[0].id)()`)
	l.fails(change)
	mike.click("dialog button|Save")
	eventually(t, "the page saves the story", func() bool { return l.came(change) > 0 })
	mike.presses("\x1b")
	mike.gone("dialog")
	close(change.until)
	mike.sight(".story .open|Free boats for all")
	mike.wait(`performance.getEntriesByType('resource').some((e) => e.name.includes('` + change.ending + `?') && e.responseStatus)`)
	eval[any](mike, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
	if eval[bool](mike, `!!document.querySelector('dialog')`) {
		t.Error("a dialog is open again")
	}
}
