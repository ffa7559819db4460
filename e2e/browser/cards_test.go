package browser_test

import (
	"fmt"
	"strings"
	"testing"
)

// typesSoon presses keys that go together, as those do that follow each other within a moment. The page's clock stands still for them: a slow machine may take longer.
func (p *person) typesSoon(keys string) {
	p.t.Helper()
	eval[any](p, `(() => { const { now } = Date, at = now(); Date.now = () => at; window.__goesOn = () => { Date.now = now } })(), null`)
	p.presses(keys)
	eval[any](p, `__goesOn(), null`)
}

func TestKeyboardReachesEveryCardOfEveryDeck(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, keys := range map[string]map[string]string{
		"modified-fibonacci": {"0": "0", "½": "0.5", "1": "1", "13": "13", "100": "100", "40": "40", "?": "?", "coffee": "c"},
		"t-shirt":            {"XS": "xs", "S": "s", "XL": "xl", "XXL": "xxl", "M": "m", "coffee": "c"},
	} {
		p := s.person("Sarah")
		g := s.settled("Checkout squad", "Sarah", map[string]any{"deck": map[string]any{"name": name}})
		p.sits(g)
		g.start("")
		p.sight("button|Reveal cards")
		for card, typed := range keys {
			p.typesSoon(typed)
			p.holds(card)
			p.presses("q") // of no card: what is typed next is another one
		}
	}
}

func TestHandOfThirtyCardsFitsTheSmallestPhone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	var cards []map[string]string
	for i := range 30 {
		cards = append(cards, map[string]string{"value": fmt.Sprintf("%d points", i)})
	}
	g := s.settled("Checkout squad", "Sarah", map[string]any{"deck": map[string]any{"name": "Long", "cards": cards}})
	p.sits(g)
	g.start("Refunds")
	p.sight("button|Reveal cards")
	for _, size := range [][2]int64{{320, 568}, {390, 844}, {1440, 900}} {
		p.size(size[0], size[1])
		p.fits()
		p.shoot(fmt.Sprintf("thirty-%d", size[0]))
		p.wait(`(() => { const cards = [...document.querySelectorAll('.hand .card')]; return cards.length === 30 && cards.every((c) => { const r = c.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth && r.bottom <= innerHeight && r.width >= 24 && r.height >= 24 }) })()`)
	}
}

// Cards may be words, and there may be many of them: they lie in their places all the same.
func TestCardsOfManyLettersFitWhereverTheyLie(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, values := range map[string]string{"words": "half a day;one day;two days;sixteencharacter;∞;?", "thirteen": "0;½;1;2;3;5;8;13;20;40;100;?;coffee"} {
		var cards []map[string]string
		for _, v := range strings.Split(values, ";") {
			cards = append(cards, map[string]string{"value": v})
		}
		p := s.person("Sarah Okafor")
		g := s.settled("Checkout squad", "Sarah Okafor", map[string]any{"deck": map[string]any{"name": name, "cards": cards}})
		p.sits(g)
		g.start("Refunds")
		for i, who := range append(s.fill("/session/"+g.session, 4), g) {
			who.vote(cards[i]["value"])
		}
		p.sees("5 of 5 have voted")
		fits := func(screen string) {
			t.Helper()
			for _, size := range [][2]int64{{320, 640}, {390, 844}, {768, 1024}, {1440, 900}} {
				p.size(size[0], size[1])
				p.fits()
				p.shoot(fmt.Sprintf("%s-%s-%d", name, screen, size[0]))
				const over = `[...document.querySelectorAll('.hand .card, .laid.open .front, .chart .of, .centre .big, .numbers div, .chart')].filter((e) => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || !e.matches('.big') && e.scrollHeight > e.clientHeight + 2)).map((e) => e.className + ' ' + e.innerText)`
				if got := p.remains(over); len(got) > 0 {
					t.Errorf("%s, %s at %d px goes over the edge: %q", name, screen, size[0], got)
				}
				const rows = `new Set([...document.querySelectorAll('.chart i')].map((e) => Math.round(e.getBoundingClientRect().bottom))).size`
				if n := eval[int](p, rows); n > 1 {
					t.Errorf("%s, %s at %d px: the bars stand on %d lines", name, screen, size[0], n)
				}
			}
		}
		fits("voting")
		g.reveal()
		p.sight("#results")
		fits("results")
	}
}
