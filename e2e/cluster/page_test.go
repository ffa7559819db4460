package cluster_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/magnapp/magnapp/e2e/firefox"
)

var shots = flag.String("shots", "", "write pictures of the pages whose node dies into this folder")

// window is one of a browser's.
type window interface {
	Navigate(url string) error
	Evaluate(js string) (json string, err error)
}

// tab is a window of a Chromium, with cookies of its own.
type tab struct{ ctx context.Context }

func (w tab) Navigate(url string) error {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(url))
}

func (w tab) Evaluate(js string) (string, error) {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[any](js, chromedp.EvalAwaitPromise))
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(out)
	return string(text), err
}

// browsers are a Chromium and a Firefox.
type browsers struct {
	chromium context.Context
	firefox  *firefox.Firefox
}

func startBrowsers(t *testing.T) browsers {
	t.Helper()
	f, err := firefox.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	var path string
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Fatal("the tests need Chromium, and found none: install the package chromium, or name one in the environment variable CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(3*patience),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return browsers{chromium: ctx, firefox: f}
}

func (b browsers) chromiums(t *testing.T) window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return tab{ctx}
}

func (b browsers) firefoxes(t *testing.T) window {
	t.Helper()
	w, err := b.firefox.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// page is somebody's page of a session.
type page struct {
	person
	t    *testing.T
	w    window
	name string
	url  string // of the origin
}

// value evaluates an expression. One that fails, as while a page loads, has none.
func value[T any](p *page, js string) (v T, err error) {
	out, err := p.w.Evaluate(js)
	if err == nil {
		err = json.Unmarshal([]byte(out), &v)
	}
	return v, err
}

func must[T any](p *page, js string) T {
	p.t.Helper()
	v, err := value[T](p, js)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
	return v
}

// wait waits until the expression is true on the page.
func (p *page) wait(js string) {
	p.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); ; <-look.C {
		yes, err := value[bool](p, `!!(`+js+`)`)
		if yes {
			return
		}
		if time.Now().After(limit) {
			text, _ := value[string](p, `document.body.innerText`)
			p.t.Fatalf("%s waited in vain for %s (%v)\nthe page says: %s", p.name, js, err, text)
		}
	}
}

func (p *page) sees(text string) {
	p.t.Helper()
	p.wait(`document.body.innerText.replace(/[\u2066-\u2069]/g, '').includes(` + strconv.Quote(text) + `)`)
}

// visits opens a page, again if the proxy has no node for it, as people do.
func (p *page) visits(path string) {
	p.t.Helper()
	const none = `document.body.innerText.trim() === 'Service Unavailable'`
	for again := true; again; again = must[bool](p, none) {
		must[any](p, `(window.__left = true, null)`) // by the page that is there until then
		if err := p.w.Navigate(p.url + path); err != nil {
			p.t.Fatal(err)
		}
		p.wait(`!window.__left && location.href === ` + strconv.Quote(p.url+path) + ` && document.readyState === 'complete' && (document.querySelector('h1') || ` + none + `)`)
	}
}

// click clicks what can be clicked: what a CSS selector selects, or, after a bar, the first such element with that text.
func (p *page) click(selector string) {
	p.t.Helper()
	css, text, _ := strings.Cut(selector, "|")
	e := `[...document.querySelectorAll(` + strconv.Quote(css) + `)].find((e) => e.innerText.includes(` + strconv.Quote(text) + `))`
	p.wait(e + ` && !` + e + `.disabled && ` + e + `.getClientRects().length`)
	must[any](p, `(`+e+`.click(), null)`)
}

// live is whether the page says that it hears everything.
const live = `document.querySelector('.live:not(.connecting, .lost)') && !document.querySelector('.notice.lost')`

// sits takes a seat: in a session, or, where that is empty, in a new one.
func (p *page) sits(session string) {
	p.t.Helper()
	p.visits("/")
	seat := must[map[string]string](p, fmt.Sprintf(`(async () => {
		const session = %q, name = %q
		const answer = await fetch(session ? '/api/sessions/' + session + '/join' : '/api/sessions/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(
			{ name: 'Checkout squad', creator_name: name, creator_avatar: 'cat', user_name: name, user_avatar: 'cat' }) })
		const { user_id, token, session_id = session } = await answer.json()
		localStorage.setItem('magnapp.me', JSON.stringify({ name, avatar: 'cat', saved: Date.now() }))
		localStorage.setItem('magnapp.seat.' + session_id, JSON.stringify({ user: user_id, saved: Date.now() }))
		return { user_id, token, session_id }
	})()`, session, p.name))
	p.person = person{session: seat["session_id"], id: seat["user_id"], token: seat["token"]}
}

// keepsSeatAt has the browser know the seat at another origin, too, where the page opens meanwhile. Cookies do not ask for the port.
func (p *page) keepsSeatAt(url string) {
	p.t.Helper()
	own := p.url
	p.url = url
	p.visits("/")
	must[any](p, fmt.Sprintf(`(localStorage.setItem('magnapp.me', JSON.stringify({ name: %q, avatar: 'cat', saved: Date.now() })),
		localStorage.setItem('magnapp.seat.' + %q, JSON.stringify({ user: %q, saved: Date.now() })), null)`, p.name, p.session, p.id))
	p.url = own
}

// moves opens the session's page at another origin, in the same seat, without a page in between: nobody must be without a stream for long.
func (p *page) moves(url string) {
	p.t.Helper()
	p.url = url
	p.enters()
}

// enters opens the session's page and waits until it is live.
func (p *page) enters() {
	p.t.Helper()
	p.visits("/session/" + p.session)
	p.wait(`document.querySelector('.place.me') && ` + live)
}

// seen is what a page has shown since watch.
type seen struct {
	Line   []string // what the sign beside the session's name said, one after the other
	Said   []string // messages
	Away   []string // who was shown as away
	Paused bool
	Master []string // who was shown as Scrum Master, one after the other
	Chosen []string // the card that lay chosen, one after the other
	Same   bool     // whether the page is still the one that was watched
}

// watch begins to note what the page shows, anew.
func (p *page) watch() {
	p.t.Helper()
	must[any](p, `(() => {
		window.__observer?.disconnect()
		const seen = window.__seen = { Line: [], Said: [], Away: [], Paused: false, Master: [], Chosen: [], Same: true }
		const next = (list, now) => { if (list.at(-1) !== now) list.push(now) }
		const add = (list, now) => { if (!list.includes(now)) list.push(now) }
		const look = () => {
			next(seen.Line, document.querySelector('.live')?.textContent ?? '')
			for (const e of document.querySelectorAll('.notice > span')) add(seen.Said, e.textContent)
			for (const e of document.querySelectorAll('.place.away')) add(seen.Away, e.innerText)
			seen.Paused ||= !!document.querySelector('.board.paused')
			for (const e of document.querySelectorAll('.place')) if (e.querySelector('.portrait > svg.crown, .portrait .crown')) next(seen.Master, e.dataset.user)
			next(seen.Chosen, document.querySelector('.hand .chosen')?.dataset.card ?? '')
		}
		window.__observer = new MutationObserver(look)
		window.__observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
		look()
	})()`)
}

func (p *page) seen() seen { p.t.Helper(); return must[seen](p, `window.__seen ?? { Same: false }`) }

// chooses clicks a card, which the page shows at once.
func (p *page) chooses(card string) {
	p.t.Helper()
	p.click(".hand [data-card='" + card + "']")
}

// holds waits until the card lies chosen in the hand and on the table, and the server has said so.
func (p *page) holds(card string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelector('.hand .chosen:not(.pending)')?.dataset.card === %[1]q && document.querySelector('.me .laid:not(.pending) .front')?.innerText === %[1]q`, card))
}

// waitsWith waits until the card lies chosen, and can be seen not to be sent yet.
func (p *page) waitsWith(card string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelector('.hand .chosen.pending')?.dataset.card === %[1]q && document.querySelector('.me .laid.pending .front')?.innerText === %[1]q`, card))
}

// undisturbed checks that a page was live all the time, and showed nobody as away.
func (p *page) undisturbed() {
	p.t.Helper()
	s := p.seen()
	if !slices.Equal(s.Line, []string{"Live"}) || len(s.Said) > 0 {
		p.t.Errorf("%s's page said %q and %q, though its node lives", p.name, s.Line, s.Said)
	}
	p.steady(s)
}

// steady checks that a page is still the same, and that nobody seemed to be away, nor the role of the Scrum Master to go on.
func (p *page) steady(s seen) {
	p.t.Helper()
	if !s.Same {
		p.t.Fatalf("%s's page was loaded again", p.name)
	}
	if len(s.Away) > 0 || s.Paused || len(s.Master) != 1 {
		p.t.Errorf("%s's page showed as away %q, paused: %v, the Scrum Masters %q", p.name, s.Away, s.Paused, s.Master)
	}
}

// returned waits until the page is live again, and checks that it said meanwhile that it is not, and kept the card.
func (p *page) returned(card string) {
	p.t.Helper()
	p.wait(live)
	s := p.seen()
	if !slices.Equal(s.Line, []string{"Live", "Reconnecting…", "Live"}) {
		p.t.Errorf("%s's page said %q", p.name, s.Line)
	}
	if at := slices.Index(s.Chosen, card); at < 0 || at != len(s.Chosen)-1 {
		p.t.Errorf("in %s's hand lay chosen %q, not always %s once it was", p.name, s.Chosen, card)
	}
	p.saidToWait(s)
	p.steady(s)
}

// pictures are taken of a page as it is, if pictures are wanted: light and dark, on a desktop and on a phone.
func (p *page) pictures(name string) {
	p.t.Helper()
	w, is := p.w.(tab)
	if *shots == "" || !is {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		for _, size := range [][2]int64{{390, 844}, {1440, 900}} {
			png, err := w.picture(theme, size[0], size[1])
			if err == nil {
				err = errors.Join(os.MkdirAll(*shots, 0o755), os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d.png", name, theme, size[0])), png, 0o644))
			}
			if err != nil {
				p.t.Error(err)
			}
		}
	}
}

func (w tab) picture(theme string, width, height int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}))
	if err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// command is an action that sends one command to the browser.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}
