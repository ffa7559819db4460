package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// windows are the sizes that the table must fit, in CSS pixels: phones upright and sideways, a window of 1440 × 900 at 200 % zoom, tablets, small and large laptops, a large screen.
var windows = [][2]int64{
	{320, 480}, {360, 640}, {390, 844}, {667, 375}, {844, 390}, {720, 450}, {768, 1024}, {1024, 768},
	{1280, 720}, {1366, 600}, {1366, 650}, {1440, 900}, {1920, 1080}, {2560, 1440},
}

// letters are the default font sizes of browsers, in pixels.
var letters = []int64{16, 20, 32}

// reads sets the default font size of the browser, as its settings do.
func (p *person) reads(px int64) {
	p.t.Helper()
	p.do(command(page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: px}}))
}

// misfits says what is wrong with how the table lies in the window. Boxes are cut by what scrolls or clips around them, so that what is scrolled out of sight overlaps nothing.
const misfits = `(() => {
	const wrong = [], root = document.documentElement, playing = !document.querySelector('.turned')
	const all = (css) => [...document.querySelectorAll(css)].filter((e) => e.checkVisibility({ visibilityProperty: true }))
	const named = (e) => (e.closest('[data-user]') ? 'of ' + (e.closest('[data-user]').querySelector('.name')?.innerText ?? '') + ' ' : '') + (e.dataset.card ?? (e.className?.baseVal ?? e.className)) + ' ' + (e.innerText ?? '').slice(0, 24).replace(/\s+/g, ' ')
	const whole = (e) => {
		let r = e.getBoundingClientRect()
		if (e.matches('.text, .note, .lead, .big, .name bdi')) { const range = document.createRange(); range.selectNodeContents(e); const b = r, x = range.getBoundingClientRect(); r = { left: x.left, right: x.right, top: Math.max(x.top, b.top), bottom: Math.min(x.bottom, b.bottom) } }
		const ring = e.matches('.me .avatar') ? 5 : 0
		return { l: r.left - ring, r: r.right + ring, t: r.top - ring, b: r.bottom + ring }
	}
	const cut = (e, box = whole(e)) => {
		for (let p = e.matches('svg') ? e.parentElement : e; p && p !== root; p = p.parentElement) {
			if (p !== e && p.matches('button')) continue
			const { display, overflowX, overflowY } = getComputedStyle(p), c = p.getBoundingClientRect()
			if (display === 'contents') continue
			if (overflowX !== 'visible') { box.l = Math.max(box.l, c.left); box.r = Math.min(box.r, c.right) }
			if (overflowY !== 'visible') { box.t = Math.max(box.t, c.top); box.b = Math.min(box.b, c.bottom) }
		}
		return box
	}
	const inside = (e) => { const w = whole(e), c = cut(e); return w.l >= -1 && w.t >= -1 && w.r <= innerWidth + 1 && w.b <= innerHeight + 1 && w.l >= c.l - 1 && w.r <= c.r + 1 && w.t >= c.t - 1 && w.b <= c.b + 1 }
	const pressed = (e) => { const r = e.getBoundingClientRect(), hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return !!hit && e.contains(hit) }
	const shown = (what, elements, atLeast = 1) => {
		if (elements.length < atLeast) wrong.push(what + ': ' + elements.length + ' on the page')
		for (const e of elements) if (!inside(e)) wrong.push(what + ' out of sight: ' + named(e) + JSON.stringify(Object.values(whole(e)).map(Math.round)))
	}
	const hand = all('.hand .card'), action = all('.board .primary')
	if (playing) shown('card of the hand', hand, 8)
	shown('main action', action)
	for (const e of [...(playing ? hand : []), ...action]) {
		if (!pressed(e)) wrong.push('covered: ' + named(e))
		const r = e.getBoundingClientRect()
		if (r.width < 24 || r.height < 24) wrong.push('under 24 px: ' + named(e))
	}
	if (playing) { shown('face', all('.seat .avatar')); shown('name', all('.seat .name')); shown('card on the table', all('.laid')) }
	else { shown('estimate', all('.centre .big')); if (![...all('.figures, .numbers')].some(inside)) wrong.push('the numbers are out of sight') }
	shown('topic', all('.centre .topic'))

	const kinds = { head: all('header.top'), face: all('.seat .avatar'), name: all('.seat .name'), 'card on the table': all('.laid'), 'card of the hand': hand,
		text: all('.centre .topic, .centre .note, .centre .lead, .centre .big, .centre .figures'), button: all('.board .primary, .centre button:not(.more), .dock button:not(.card), .board input'), side: all('.side') }
	const boxes = Object.entries(kinds).flatMap(([kind, es]) => es.map((e) => ({ kind, e, ...cut(e) }))).filter((b) => b.r - b.l > 1 && b.b - b.t > 1)
	boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
		if (a.e !== b.e && !a.e.contains(b.e) && !b.e.contains(a.e) && Math.min(a.r, b.r) - Math.max(a.l, b.l) > 1 && Math.min(a.b, b.b) - Math.max(a.t, b.t) > 1) wrong.push(a.kind + ' (' + named(a.e) + ') on ' + b.kind + ' (' + named(b.e) + ')')
	}))

	if (root.scrollHeight > root.clientHeight) wrong.push('the page scrolls by ' + (root.scrollHeight - root.clientHeight))
	if (root.scrollWidth > root.clientWidth) wrong.push('the page scrolls sideways by ' + (root.scrollWidth - root.clientWidth))
	for (const e of document.querySelectorAll('#app *')) {
		const { overflowX, overflowY } = getComputedStyle(e), scrolls = (o) => o === 'auto' || o === 'scroll'
		if (scrolls(overflowX) && e.scrollWidth > e.clientWidth) wrong.push(named(e) + ' scrolls sideways')
		if (playing && !e.closest('.side:has(.stories)') && scrolls(overflowY) && e.scrollHeight > e.clientHeight) wrong.push(named(e) + ' scrolls by ' + (e.scrollHeight - e.clientHeight))
	}
	return wrong.slice(0, 6)
})()`

// TestTableFitsEveryWindow is the rule for the table: in every window, with every default font size, however many sit there, the Scrum Master's whole hand and the main action are in sight
// without scrolling, nothing lies on anything else, and nothing scrolls that has nothing to scroll. With -shots it also draws each of them.
func TestTableFitsEveryWindow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, c := range []struct {
		n    int
		name string
	}{{2, "Sarah Okafor"}, {9, "Sarah Okafor"}, {16, "Sarah Okafor"}, {16, "Wolfeschlegelsteinhausenbergerdorff"}} {
		n := c.n
		t.Run(fmt.Sprintf("%d people and %s", n, c.name), func(t *testing.T) {
			t.Parallel()
			s := &server{t: t, url: s.url, http: s.http}
			p := s.person(c.name)
			p.prefers("light", false)
			path := p.settles("Checkout squad", "cat")
			var guests []guest
			if c.name == "Sarah Okafor" {
				guests = s.fill(path, n-1)
			} else { // everybody has a long name: also those who sit beside one another where the oval is flat
				for i := range n - 1 {
					guests = append(guests, s.join(path[len("/session/"):], fmt.Sprint(c.name, " ", i), ""))
				}
			}
			p.wait(fmt.Sprintf(`document.querySelectorAll('.place').length === %d`, n))
			p.types("#topic", "Pay by invoice for business customers")
			p.presses("\r")
			p.sees("Reveal cards")
			for i, g := range guests {
				if i%4 != 3 {
					g.vote(cards[i%len(cards)])
				}
			}
			p.click(".hand [data-card='8']")
			p.holds("8")
			p.wait(fmt.Sprintf(`document.querySelectorAll('.laid.voted').length === %d`, n-(n-1)/4))
			p.fitsEveryWindow(fmt.Sprintf("voting-%d", n))
			p.presses("r")
			p.sight("#results")
			p.fitsEveryWindow(fmt.Sprintf("results-%d", n))
		})
	}
}

func (p *person) fitsEveryWindow(screen string) {
	p.t.Helper()
	for _, px := range letters {
		p.reads(px)
		for _, w := range windows {
			p.size(w[0], w[1])
			if got := p.remains(misfits); len(got) > 0 {
				p.t.Errorf("%s at %d × %d, letters of %d px: %q", screen, w[0], w[1], px, got)
			}
			p.shoot(fmt.Sprintf("fit-%s-%dx%d-%d", screen, w[0], w[1], px))
		}
	}
	p.reads(16)
	p.size(1440, 900)
}
