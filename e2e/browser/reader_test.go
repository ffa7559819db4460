package browser_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"
)

// reader is somebody in front of any browser: what the tests of the network do, in each of them. A person can do more, in Chromium.
type reader struct {
	t    *testing.T
	s    *server
	goTo func(url string) error
	js   func(expression string) (string, error) // its value, as JSON
	see  func(name string)                       // takes a picture, if pictures are wanted

	keeps func() (dir string) // lets the browser keep files that are downloaded, and says where

	pardon func(parts ...string) // says which problems belong to the story
}

// inBrowsers runs a test in Chromium and in Firefox, beside each other. There, open opens the page of a server in a browser of its own.
func inBrowsers(t *testing.T, test func(t *testing.T, open func(*server) *reader)) {
	t.Parallel()
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		test(t, func(s *server) *reader {
			p := (&server{t: t, url: s.url, http: s.http}).person("Sarah")
			p.pardon("net::ERR_", "request failed", "status of 50", "Failed to load resource")
			return &reader{
				t: t, s: s, see: p.shoot, keeps: p.downloads, pardon: func(parts ...string) { p.pardon(parts...) },
				goTo: func(url string) error { p.do(navigateTo(url)); return nil },
				js: func(js string) (string, error) {
					if out := p.try(js); out != "" {
						return out, nil
					}
					return "", fmt.Errorf("evaluate %s", js)
				},
			}
		})
	})
	t.Run("Firefox", func(t *testing.T) {
		t.Parallel()
		test(t, func(s *server) *reader { return inFirefox(t, s) })
	})
}

// until waits until the expression is true on the page, for so long at most.
func (r *reader) until(limit time.Duration, js string) {
	r.t.Helper()
	var err error
	if !looks(limit, func() bool {
		var out string
		out, err = r.js(`!!(` + js + `)`)
		return out == "true"
	}) {
		r.see("failure")
		text, _ := r.js(`document.body.innerText`)
		r.t.Fatalf("waited %v in vain for %s (%v)\nthe page says: %s", limit, js, err, text)
	}
}

// wait waits until the expression is true on the page.
func (r *reader) wait(js string) { r.t.Helper(); r.until(patience, js) }

// value evaluates an expression.
func value[T any](r *reader, js string) T {
	r.t.Helper()
	var v T
	out, err := r.js(js)
	if err == nil {
		err = json.Unmarshal([]byte(out), &v)
	}
	if err != nil {
		r.t.Fatalf("evaluate %s: %v", js, err)
	}
	return v
}

// visit opens a path of the server.
func (r *reader) visit(path string) {
	r.t.Helper()
	r.wait(`(window.__left = true)`) // by the page that is there until then; a window that has just opened may be about to show it
	if err := r.goTo(r.s.url + path); err != nil {
		r.t.Fatal(err)
	}
	r.wait(`!window.__left && location.href === ` + strconv.Quote(r.s.url+path) + ` && document.readyState === 'complete' && document.querySelector('h1')`)
}

// joins takes a seat in a session without the forms.
func (r *reader) joins(session string) {
	r.t.Helper()
	r.visit("/")
	value[any](r, fmt.Sprintf(`(async () => {
		const answer = await fetch('/api/sessions/%[1]s/join', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user_name: 'Sarah', user_avatar: 'cat' }) })
		const { user_id } = await answer.json()
		localStorage.setItem('magnapp.me', JSON.stringify({ name: 'Sarah', avatar: 'cat', saved: Date.now() }))
		localStorage.setItem('magnapp.seat.%[1]s', JSON.stringify({ user: user_id, saved: Date.now() }))
	})()`, session))
	r.visit("/session/" + session)
	r.wait(`document.querySelector('.place.me')`)
	r.seesLive()
}

func (r *reader) seesLive() {
	r.t.Helper()
	r.wait(`document.querySelector('.live:not(.connecting, .lost)') && !document.querySelector('.notice.lost')`)
}

// says is whether the text stands on the page, as an expression.
func says(text string) string {
	return `document.body.innerText.replace(/[\u2066-\u2069]/g, '').includes(` + strconv.Quote(text) + `)`
}

func (r *reader) sees(text string) { r.t.Helper(); r.wait(says(text)) }

// click clicks what a person could click, as soon as it is there: between a look and a click, a page that tries to come back may have drawn itself anew.
func (r *reader) click(selector string) {
	r.t.Helper()
	r.wait(`((e) => e && !e.disabled && e.getClientRects().length && (e.click(), true))(` + element(selector) + `)`)
}

// holds is whether the card lies chosen in the hand and on the table, and the server has said so, as an expression.
func holds(card string) string {
	return fmt.Sprintf(`document.querySelector('.hand .chosen:not(.pending)')?.dataset.card === %[1]q && document.querySelector('.me .laid:not(.pending) .front')?.innerText === %[1]q`, card)
}

// waitsWith is whether the card lies chosen in the hand and on the table, and can be seen not to be sent yet, as an expression.
func waitsWith(card string) string {
	return fmt.Sprintf(`document.querySelector('.hand .chosen.pending')?.dataset.card === %[1]q && document.querySelector('.me .laid.pending .front')?.innerText === %[1]q`, card)
}
