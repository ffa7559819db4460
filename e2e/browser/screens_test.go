package browser_test

import (
	_ "embed"
	"fmt"
	"testing"
	"time"
)

//go:embed testdata/axe.min.js
var axe string

// audit lets axe-core look at the page as it is now: every rule of WCAG 2.2 A and AA, and its best practices.
func (p *person) audit(screen string) {
	p.t.Helper()
	if !eval[bool](p, `'axe' in window`) { // half a megabyte, which a page need not read for each look
		eval[any](p, axe+`; null`)
	}
	for _, v := range eval[[]string](p, `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160) + ' ' + n.any.concat(n.all, n.none).map((c) => c.message).join('; ')).join('\n\t')))`) {
		p.t.Errorf("axe on %s: %s", screen, v)
	}
}

// fits waits until nothing makes the page scroll sideways, and nothing moves any more but the round's timer, which moves each second: on a slow machine without a rest.
func (p *person) fits() {
	p.t.Helper()
	p.wait(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.wait(`!document.getAnimations().some((a) => a.playState === 'running' && !a.effect.target?.closest('.timer'))`)
}

// remains is what an expression lists as wrong. A page may need one more frame to come to rest after what was just done to it, which on a slow machine is long: only what stays for a while is wrong.
func (p *person) remains(js string) (wrong []string) {
	p.t.Helper()
	looks(5*time.Second, func() bool {
		wrong = eval[[]string](p, js)
		return len(wrong) == 0
	})
	return wrong
}

// clear checks that the cards on the table cover nothing of what is written and pressed in its middle.
func (p *person) clear(screen string) {
	p.t.Helper()
	const covered = `(() => { const box = (e) => e.getBoundingClientRect(), cards = [...document.querySelectorAll('.laid')].map(box)
		return [...document.querySelectorAll('.centre p, .centre button, .centre input')].filter((e) => { const range = document.createRange(); range.selectNodeContents(e); const b = e.tagName === 'P' ? range.getBoundingClientRect() : box(e)
			return b.width && cards.some((c) => c.left < b.right && b.left < c.right && c.top < b.bottom && b.top < c.bottom) }).map((e) => e.outerHTML.slice(0, 80)) })()`
	for _, size := range [][2]int64{{1280, 720}, {1280, 800}, {1366, 768}, {1440, 900}, {1920, 1080}, {768, 1024}, {1024, 768}, {360, 800}, {390, 844}, {720, 450}} {
		p.size(size[0], size[1])
		p.fits()
		if got := p.remains(covered); len(got) > 0 {
			p.t.Errorf("%s at %d × %d: cards cover %q", screen, size[0], size[1], got)
		}
	}
	p.size(1440, 900)
}

var sizes = []struct {
	name          string
	width, height int64
}{{"phone", 360, 800}, {"tablet", 768, 1024}, {"desktop", 1440, 900}}

// inspect looks at the screen in both themes: with axe, and in every size for its width and for the pictures.
func (p *person) inspect(screen string) {
	p.t.Helper()
	for _, theme := range []string{"light", "dark"} {
		p.prefers(theme, false)
		for _, size := range sizes {
			p.size(size.width, size.height)
			p.fits()
			p.shoot(fmt.Sprintf("%s-%s-%s", screen, size.name, theme))
			if size.name != "tablet" {
				p.audit(fmt.Sprintf("%s (%s, %s)", screen, size.name, theme))
			}
		}
	}
	p.zoomed(screen)
	p.size(1440, 900)
}

// zoomed looks whether everything can be reached and read when a window of 1440 × 900 is zoomed to 200 %, which gives the page 720 × 450 to lie in: nothing sideways, no
// control under another or outside its scroller, and nothing of the table's middle outside the table.
func (p *person) zoomed(screen string) {
	p.t.Helper()
	p.size(720, 450)
	p.fits()
	p.shoot(screen + "-zoomed")
	const hidden = `(() => { const open = document.querySelector('dialog[open]') ?? document
		return [...open.querySelectorAll('button, a[href], input, select, summary')].filter((e) => e.checkVisibility() && !e.disabled).filter((e) => !['center', 'start', 'end'].some((block) => { e.scrollIntoView({ block, behavior: 'instant' })
			const r = e.getBoundingClientRect(), hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
			return r.left >= 0 && r.right <= innerWidth && r.top >= 0 && r.bottom <= innerHeight && hit && (e === hit || e.contains(hit) || e.closest('label')?.contains(hit)) })).map((e) => e.outerHTML.slice(0, 90)) })()`
	if got := p.remains(hidden); len(got) > 0 {
		p.t.Errorf("%s at 200 %%: out of reach: %q", screen, got)
	}
	const cut = `(() => { const box = (s) => document.querySelector(s)?.getBoundingClientRect(), c = box('.centre'), r = box('.room'); return !c || !c.height || (c.top >= r.top && c.bottom <= r.bottom && c.left >= r.left && c.right <= r.right) ? [] : [JSON.stringify([c, r])] })()`
	if got := p.remains(cut); len(got) > 0 {
		p.t.Errorf("%s at 200 %%: the middle of the table is cut: %q", screen, got)
	}
	eval[any](p, `scrollTo(0, 0), null`)
}

var team = []struct{ name, avatar string }{
	{"Mike", "bear"}, {"Lisa Brandt", "rabbit"}, {"Tomás", "dog"}, {"Ayşe Yılmaz-Öztürk von der Heide", "fox"}, {"순자", "panda"}, {"Priya N.", "owl"}, {"محمد عبد الله", "frog"},
	{"Chloé", "koala"}, {"Дмитрий", "pig"}, {"פטימה", "mouse"}, {"岩崎さん", "lion"}, {"Iván", "penguin"}, {"ณัฐพล", "🦊"}, {"Wolfeschlegelsteinhausenbergerdorff", ""}, {"Zoë", "octopus"},
}

// fill lets so many of the team join by the API.
func (s *server) fill(path string, n int) []guest {
	s.t.Helper()
	var guests []guest
	for _, m := range team[:n] {
		guests = append(guests, s.join(path[len("/session/"):], m.name, m.avatar))
	}
	return guests
}

var cards = []string{"8", "5", "8", "3", "8", "8", "13", "coffee", "8", "5", "8", "13", "5", "8", "8"}

func TestScreensBeforeTheTable(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah Okafor")
	p.visit("/")
	p.sees("No session is open right now")
	p.inspect("start-empty")
	g := s.create("Checkout squad · Sprint 42", "Mike", "bear")
	s.create("مجموعة الدفع", "محمد", "frog")
	s.create("Wolfeschlegelsteinhausenbergerdorff planning and refinement of everything", "Ayşe", "fox")
	p.wait(`document.querySelectorAll('.sessions li').length === 3`)
	p.inspect("start")
	p.visit("/session/" + g.session)
	p.sight("#me-name")
	p.inspect("join")
	p.pardon("404", "Failed to load resource")
	p.visit("/session/00000000-0000-4000-8000-000000000000")
	p.sight("[data-ending=unknown]")
	p.inspect("unknown")
}

func TestScreensAtTheTable(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 5, 16, 20} {
		t.Run(fmt.Sprintf("%d people", n), func(t *testing.T) {
			t.Parallel()
			tableScreens(t, n)
		})
	}
}

func tableScreens(t *testing.T, n int) {
	s := serve(t, "MAX_USERS_PER_SESSION=20")
	p := s.person("Sarah Okafor")
	path := p.settles("Checkout squad", "cat")
	guests := s.fill(path, min(n-1, len(team)))
	for i := len(guests); i < n-1; i++ {
		guests = append(guests, s.join(path[len("/session/"):], fmt.Sprintf("Guest %d", i), "bear"))
	}
	p.wait(fmt.Sprintf(`document.querySelectorAll('.place').length === %d`, n))
	p.inspect(fmt.Sprintf("waiting-%d", n))
	p.types("#topic", "Pay by invoice for business customers")
	p.presses("\r")
	p.sees("Reveal cards")
	p.click(".hand [data-card='8']")
	p.holds("8")
	for i, g := range guests {
		if i != 3 {
			g.vote(cards[i%len(cards)])
		}
	}
	p.wait(fmt.Sprintf(`document.querySelectorAll('.laid.voted').length === %d`, n-min(1, max(0, n-4))))
	p.inspect(fmt.Sprintf("voting-%d", n))
	if n == 16 {
		p.clear("voting")
	}
	if n > 4 {
		guests[3].vote("3")
	}
	p.presses("r")
	p.sight("#results")
	p.inspect(fmt.Sprintf("results-%d", n))
	if n == 16 {
		p.clear("results")
	}
	if n != 5 {
		return
	}
	p.click("button|Accept")
	p.sight("#topic")
	p.inspect("accepted")
}

func TestDialogs(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah Okafor")
	path := p.settles("Checkout squad", "cat")
	guests := s.fill(path, 5)
	for _, d := range []struct{ name, selector string }{
		{"menu", "header button[aria-label=Menu]"}, {"invite", "header button|Invite"}, {"person", fmt.Sprintf(`[data-user="%s"] button`, guests[1].id)},
	} {
		p.click(d.selector)
		p.sight("dialog[open]")
		if d.name == "invite" {
			p.sight("dialog .qr svg")
		}
		p.inspect("dialog-" + d.name)
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.presses("?")
	p.sees("Keyboard shortcuts")
	p.inspect("dialog-help")
	p.presses("\x1b")
	p.gone("dialog")
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|End session for all")
	p.sees("End this session?")
	p.inspect("dialog-end")
	p.click("dialog button|End session")
	p.sight("[data-ending=ended]")
	p.inspect("ended")
}
