package browser_test

import (
	"fmt"
	"slices"
	"testing"
)

func TestNothingJumps(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			master := s.create("Checkout squad", "Mike", "bear")
			p := s.person("Sarah")
			p.size(size.width, size.height)
			p.settles("/session/"+master.session, "cat")
			eval[any](p, `window.__shift = 0, window.__shifts = [], null`)
			guests := append(s.fill("/session/"+master.session, 14), master)
			p.wait(`document.querySelectorAll('.place').length === 16`)
			master.start("Pay by invoice for business customers")
			p.sees("0 of 16 have voted")
			for i, g := range guests {
				g.vote(cards[i%len(cards)])
			}
			p.sees("15 of 16 have voted")
			master.reveal()
			p.sight("#results")
			master.accept("8")
			p.sight(".past li")
			master.start("Empty basket")
			p.sees("Empty basket")
			guests[2].do("POST", "/leave", nil)
			p.wait(`document.querySelectorAll('.place').length === 15`)
			eval[any](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))`)
			if shift := eval[float64](p, `window.__shift`); shift != 0 {
				t.Errorf("cumulative layout shift is %v, want 0: %s", shift, p.try(`window.__shifts`))
			}
		})
	}
}

// TestFirstVisitIsSmall counts every request of a first visit of the start page, and every byte that it transfers, answer headers included.
func TestFirstVisitIsSmall(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	p.sees("No session is open right now")
	p.wait(`document.readyState === 'complete'`)
	requests, bytes := p.transferred()
	t.Logf("the first visit transferred %d bytes in %d requests", bytes, requests)
	if bytes > 60*1024 || requests > 12 {
		t.Errorf("the first visit transferred %d bytes in %d requests, want at most 60 KB in 12", bytes, requests)
	}
}

// rest waits until nothing moves any more and the page has time to spare, as it has between two clicks of a person.
func (p *person) rest() {
	p.t.Helper()
	eval[any](p, `(async () => { await Promise.allSettled(document.getAnimations().map((a) => a.finished)); await new Promise((done) => requestIdleCallback(done)); return null })()`)
}

// TestInteractionsAreQuick reports how long it takes from a click or a key to the next paint, with sixteen people at the table. It asserts nothing about time: machines differ.
func TestInteractionsAreQuick(t *testing.T) {
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	guests := s.fill(path, 15)
	p.wait(`document.querySelectorAll('.place').length === 16`)
	p.rest() // fifteen people have just joined within a moment
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	for _, g := range guests {
		g.vote("8")
	}
	p.rest()
	for _, card := range []string{"1", "2", "3", "5", "8", "13", "21", "coffee"} {
		p.click(fmt.Sprintf(".hand [data-card='%s']", card))
		p.holds(card)
		p.rest()
	}
	p.click("button|Reveal cards")
	p.sight("#results")
	p.rest()
	slow := eval[[]float64](p, `window.__slow`)
	slices.Sort(slow)
	if len(slow) == 0 {
		t.Log("interaction to next paint with 16 people: under 16 ms, every time")
		return
	}
	t.Logf("interaction to next paint with 16 people, of %d events that took 16 ms or more: median %v ms, longest %v ms; the page's own work was at most %.1f ms",
		len(slow), slow[len(slow)/2], slow[len(slow)-1], slices.Max(append(eval[[]float64](p, `window.__work`), 0)))
}
