package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// person is one tab in somebody's browser.
type person struct {
	t    *testing.T
	s    *server
	name string
	ctx  context.Context

	mu       sync.Mutex
	problems []string                    // what a healthy page would not do
	bytes    map[network.RequestID]int64 // what came over the network
	pardoned []string                    // parts of problems that belong to the story
}

// person opens a browser of somebody's own.
func (s *server) person(name string) *person {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	s.t.Cleanup(cancel)
	return s.tab(name, ctx)
}

// another opens one more tab in the same browser.
func (p *person) another() *person {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	return p.s.tab(p.name+"'s other tab", ctx)
}

func (s *server) tab(name string, ctx context.Context) *person {
	s.t.Helper()
	p := &person{t: s.t, s: s, name: name, ctx: ctx, bytes: make(map[network.RequestID]int64)}
	if err := chromedp.Do(ctx); err != nil {
		s.t.Fatalf("open a tab for %s: %v", name, err)
	}
	if err := chromedp.Listen(ctx, p.heard); err != nil {
		s.t.Fatalf("listen to the tab of %s: %v", name, err)
	}
	p.do(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), command(runtime.Enable, cdp.Empty{}),
		command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}))
	p.size(1440, 900)
	s.t.Cleanup(p.check)
	return p
}

// command is an action that sends one command to the browser.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// watch runs before the page and notes what tests measure.
const watch = `
window.__shift = 0
new PerformanceObserver((l) => { for (const e of l.getEntries()) if (!e.hadRecentInput) { window.__shift += e.value; (window.__shifts ??= []).push(e.sources?.map((s) => [s.node?.className?.baseVal ?? s.node?.className ?? s.node?.nodeName, JSON.stringify(s.previousRect), JSON.stringify(s.currentRect)])) } }).observe({ type: 'layout-shift', buffered: true })
window.__slow = []
window.__work = []
new PerformanceObserver((l) => { for (const e of l.getEntries()) if (e.interactionId) { window.__slow.push(e.duration); window.__work.push(e.processingEnd - e.processingStart) } }).observe({ type: 'event', durationThreshold: 16, buffered: true })
`

// heard notes what went wrong in the page.
func (p *person) heard(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.note("exception: " + e.ExceptionDetails.Text)
		if e.ExceptionDetails.Exception != nil {
			p.note("exception: " + e.ExceptionDetails.Exception.Description)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.note(fmt.Sprintf("console: %s", consoleText(e)))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.note("log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			p.note("request failed: " + e.ErrorText)
		}
	case *network.EventDataReceived:
		p.count(e.RequestID, e.EncodedDataLength, false)
	case *network.EventLoadingFinished:
		p.count(e.RequestID, int64(e.EncodedDataLength), true)
	case *network.EventResponseReceived:
		p.count(e.RequestID, int64(e.Response.EncodedDataLength), false)
		if e.Response.Status >= 400 {
			p.note(fmt.Sprintf("status of %d: %s", e.Response.Status, e.Response.URL))
		}
	}
}

func consoleText(e *runtime.EventConsoleAPICalled) string {
	var b strings.Builder
	for _, a := range e.Args {
		b.WriteString(string(a.Value) + a.Description + " ")
	}
	return b.String()
}

func (p *person) note(problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, problem)
}

// count adds what came for a request; a total, which comes when it is done, replaces what was counted before.
func (p *person) count(id network.RequestID, n int64, total bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if total {
		p.bytes[id] = 0
	}
	p.bytes[id] += n
}

// transferred is how many requests the page has made so far, and how many bytes it has received, headers included.
func (p *person) transferred() (requests int, sum int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.bytes {
		sum += n
	}
	return len(p.bytes), sum
}

// pardon says that problems with this text belong to the story of the test.
func (p *person) pardon(parts ...string) *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pardoned = append(p.pardoned, parts...)
	return p
}

// outage says that the server will be gone for a while.
func (p *person) outage() { p.pardon("net::ERR_") }

func (p *person) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, problem := range p.problems {
		if !containsAny(problem, p.pardoned) {
			p.t.Errorf("%s's page: %s", p.name, problem)
		}
	}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func (p *person) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.shoot("failure")
		p.t.Fatalf("%s: %v\nthe page says: %s", p.name, err, p.try(`document.body.innerText`))
	}
}

// try evaluates an expression and returns its value as JSON, or nothing.
func (p *person) try(js string) string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[any](js, chromedp.EvalAwaitPromise))
	if err != nil {
		return ""
	}
	text, _ := json.Marshal(out)
	return string(text)
}

// eval evaluates an expression into a value.
func eval[T any](p *person, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: evaluate %s: %v", p.name, js, err)
	}
	return out
}

// wait waits until the expression is true on the page.
func (p *person) wait(js string) { p.t.Helper(); p.until(patience, js) }

// takesItsTime waits for what comes only after half a minute, or after much work.
func (p *person) takesItsTime(js string) { p.t.Helper(); p.until(2*patience, js) }

func (p *person) until(limit time.Duration, js string) {
	p.t.Helper()
	if !looks(limit, func() bool { return p.try(`!!(`+js+`)`) == "true" }) {
		p.shoot("failure")
		p.t.Fatalf("%s waited in vain for %s\nthe page says: %s", p.name, js, p.try(`document.body.innerText`))
	}
}

// sees waits until the text is visible on the page.
func (p *person) sees(text string) {
	p.t.Helper()
	p.wait(`document.body.innerText.replace(/[\u2066-\u2069]/g, '').includes(` + strconv.Quote(text) + `)`)
}

// collects begins to keep every different value that the expression has from now on, looked at whenever the page changes, for saw: what is shown for a while only would be over
// before a slow machine looks.
func (p *person) collects(js string) {
	p.t.Helper()
	eval[any](p, `(() => { window.__saw = new Set(); const look = () => { const now = `+js+`; if (now) __saw.add(now) }
		look(); new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }) })(), null`)
}

// saw waits until a value was collected for which the expression, of the value v, is true.
func (p *person) saw(js string) { p.t.Helper(); p.wait(`[...window.__saw].some((v) => ` + js + `)`) }

// element names what a CSS selector selects, or, after a bar, the first such element with that text: "button|Reveal cards".
func element(selector string) string {
	css, text, named := strings.Cut(selector, "|")
	if !named {
		return `document.querySelector(` + strconv.Quote(css) + `)`
	}
	return `[...document.querySelectorAll(` + strconv.Quote(css) + `)].find((e) => e.innerText.replace(/[\u2066-\u2069]/g, '').includes(` + strconv.Quote(text) + `))`
}

// sight waits for an element.
func (p *person) sight(selector string) { p.t.Helper(); p.wait(element(selector)) }

// gone waits until there is no such element.
func (p *person) gone(selector string) { p.t.Helper(); p.wait(`!` + element(selector)) }

type point struct{ X, Y float64 }

// click presses the mouse in the middle of the element, as a hand would: something that lies over it gets the click. It waits until the element can be pressed and lies where it lay a frame before:
// the page may draw it anew, or bring it with a dialog that glides in.
func (p *person) click(selector string) {
	p.t.Helper()
	var at *point
	if !looks(patience, func() bool {
		at = nil
		return json.Unmarshal([]byte(p.try(pressed(selector))), &at) == nil && at != nil
	}) {
		p.shoot("failure")
		p.t.Fatalf("%s waited in vain to press %s\nthe page says: %s", p.name, selector, p.try(`document.body.innerText`))
	}
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// pressed is the middle of an element that can be pressed and does not move, as an expression; null if it is not to be had now. The frame of a tab that lies behind another may not come.
func pressed(selector string) string {
	return `(async () => { const find = () => ` + element(selector) + `, ready = (e) => e && !e.disabled && e.getClientRects().length
		const middle = (e) => { const r = e.getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + r.height / 2 } }
		const e = find()
		if (!ready(e)) return null
		e.scrollIntoView({ block: 'center', behavior: 'instant' })
		await Promise.allSettled(e.getAnimations({ subtree: true }).map((a) => a.finished))
		const before = middle(e)
		await new Promise((frame) => { requestAnimationFrame(frame); setTimeout(frame, 100) })
		if (find() !== e || !ready(e)) return null
		const now = middle(e)
		return Math.hypot(now.X - before.X, now.Y - before.Y) < 0.5 ? now : null })()`
}

// types puts text into a field: key by key, or in one go, as from a clipboard, where it is longer than people type. Each key is several questions to the browser.
func (p *person) types(selector, text string) {
	p.t.Helper()
	p.sight(selector)
	eval[any](p, element(selector)+`.focus(), `+element(selector)+`.select?.(), null`)
	if len(text) > 100 {
		p.do(command(input.InsertText, input.InsertTextParams{Text: text}))
		return
	}
	p.presses(text)
}

// presses keys, one after the other, wherever the focus is. Each may take its time.
func (p *person) presses(keys ...string) {
	p.t.Helper()
	for _, key := range strings.Join(keys, "") {
		p.do(chromedp.KeyEvent(string(key)))
	}
}

// visit opens a path of the server.
func (p *person) visit(path string) *person {
	p.t.Helper()
	p.do(chromedp.Navigate(p.s.url + path))
	p.sight("h1")
	return p
}

// settles takes a seat without the forms: with a session's path in that session, with a name in a new one of that name. It returns the session's path.
func (p *person) settles(where, avatar string) string {
	p.t.Helper()
	p.visit("/")
	path := eval[string](p, fmt.Sprintf(`(async () => {
		const where = %q, name = %q, avatar = %q, known = where.startsWith('/session/') && where.slice(9)
		const answer = await fetch(known ? '/api/sessions/' + known + '/join' : '/api/sessions/', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(
			{ name: where, creator_name: name, creator_avatar: avatar, user_name: name, user_avatar: avatar }) })
		const { user_id, session_id = known } = await answer.json()
		localStorage.setItem('magnapp.me', JSON.stringify({ name, avatar, saved: Date.now() }))
		localStorage.setItem('magnapp.seat.' + session_id, JSON.stringify({ user: user_id, saved: Date.now() }))
		return '/session/' + session_id
	})()`, where, p.name, avatar))
	p.visit(path)
	p.sight(".place.me")
	p.seesLive()
	return path
}

// arrives joins a session by its link, with a name.
func (p *person) arrives(path string) {
	p.t.Helper()
	p.visit(path)
	p.types("#me-name", p.name)
	p.click("button|Take a seat")
	p.sight(".place.me")
	p.seesLive()
}

// seesLive waits until the page's stream is open. The sign is of the class live whatever it says.
func (p *person) seesLive() { p.t.Helper(); p.sight(".live:not(.connecting, .lost)") }

// opens creates a session on the start page and returns its path.
func (p *person) opens(session string) string {
	p.t.Helper()
	p.visit("/")
	p.types("#session-name", session)
	p.types("#me-name", p.name)
	p.click("button|Start session")
	p.sight(".place.me")
	p.seesLive()
	return eval[string](p, `location.pathname`)
}

// holds waits until the card lies chosen in the hand, and the server has said so.
func (p *person) holds(card string) {
	p.t.Helper()
	p.wait(`(document.querySelector('.hand .chosen:not(.pending)')?.dataset.card ?? '') === ` + strconv.Quote(card))
}

// size makes the window as large, in CSS pixels, and waits until the page has drawn itself in it: only with its next frame does the page hear of it, which then
// lays the table out anew.
func (p *person) size(width, height int64) {
	p.t.Helper()
	p.do(command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}))
	eval[any](p, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
}

// prefers sets the browser's theme and whether motion is welcome.
func (p *person) prefers(theme string, motion bool) {
	p.t.Helper()
	reduced := "reduce"
	if motion {
		reduced = "no-preference"
	}
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: reduced},
	}}))
}

// shoot takes a picture of the window, if pictures are wanted.
func (p *person) shoot(name string) {
	if *shots == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("take a picture: %v", err)
		return
	}
	_ = os.MkdirAll(*shots, 0o755)
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		p.t.Error(err)
	}
}
