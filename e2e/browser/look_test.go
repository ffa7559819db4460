package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

func TestLongTopicCanBeReadWhole(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.prefers("light", false)
	path := p.settles("Checkout squad", "cat")
	s.fill(path, 8)
	end := "and this is how it ends."
	topic := "Pay by invoice (see https://example.org/wiki/Invoice_(paper)?page=1&b=2#top). No link: javascript:alert(1), <b>bold</b>, https:// and " + strings.Repeat("a refund that takes several words to say, ", 8) + end
	p.types("#topic", topic)
	p.presses("\r")
	p.sight("button|Reveal cards")
	for _, size := range [][2]int64{{1440, 900}, {1366, 600}, {768, 1024}, {390, 844}, {667, 375}, {320, 480}} {
		p.size(size[0], size[1])
		p.sight(".topic .text.cut")
		if got := p.remains(misfits); len(got) > 0 {
			t.Errorf("with a long topic at %d × %d: %q", size[0], size[1], got)
		}
		p.shoot(fmt.Sprintf("topic-%dx%d", size[0], size[1]))
		p.click(".topic .more")
		p.sees("Topic")
		p.wait(`document.querySelector('dialog .whole').innerText === ` + fmt.Sprintf("%q", topic))
		p.wait(`(() => { const [a, ...more] = document.querySelectorAll('dialog .whole a'); return !more.length && a.href === 'https://example.org/wiki/Invoice_(paper)?page=1&b=2#top' && a.rel === 'noopener noreferrer' && a.target === '_blank' })()`)
		p.wait(`!document.querySelector('dialog .whole b')`)
		p.fits()
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.size(1440, 900)
	p.wait(`document.querySelector('.topic .text a').href.startsWith('https://example.org/wiki/')`)
}

// Axe looks at letters that are there: an empty field has none.
func TestTopicThatIsTypedCanBeRead(t *testing.T) {
	t.Parallel()
	p := serve(t).person("Sarah")
	p.settles("Checkout squad", "cat")
	p.types("#topic", "Refunds")
	p.inspect("topic-typed")
}

func TestShortTopicHasNothingToOpen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	p.types("#topic", "Refunds")
	p.presses("\r")
	p.sight("button|Reveal cards")
	for _, size := range sizes {
		p.size(size.width, size.height)
		p.wait(`!document.querySelector('.topic .more').checkVisibility()`)
	}
}

func TestMessageLiesOverAnOpenDialogAndIsSaid(t *testing.T) {
	t.Parallel()
	s := serve(t)
	l := s.through(&fault{method: "POST", ending: "/transfer", times: 9, status: http.StatusConflict})
	p := l.person("Sarah").pardon("409")
	path := p.settles("Checkout squad", "cat")
	s.join(path[len("/session/"):], "Mike", "bear")
	p.keepsToasts()
	p.click(".place:not(.me) .seat")
	p.click("dialog button|Make Scrum Master")
	p.sight(".notice.refusal")
	p.wait(`(() => { const n = document.querySelector('.notice'), r = n.getBoundingClientRect(), hit = document.elementFromPoint(r.x + 20, r.y + r.height / 2); return n.contains(hit) })()`)
	p.wait(`document.querySelector('dialog[open] [role=alert]')?.innerText === document.querySelector('.notice span').innerText`)
	p.click(".notice button")
	p.gone(".notice")
	p.sight("dialog[open]")
}

func TestMembersDialogIsDrawnLikeOthers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	s.join(path[len("/session/"):], "Mike", "bear")
	p.click(".place:not(.me) .seat")
	p.sight("dialog[open] .person")
	p.wait(`(() => { const d = document.querySelector('dialog'), s = d.querySelector('.sheet').getBoundingClientRect(), h = d.querySelector('h2').getBoundingClientRect(), x = d.querySelector('.bar button').getBoundingClientRect()
		return Math.abs(s.width - d.clientWidth) < 1 && h.left - s.left < 40 && s.right - x.right < 40 })()`)
	if got := eval[string](p, `getComputedStyle(document.querySelector('dialog')).display`); got != "block" {
		t.Errorf("the dialog is laid out as %s, want block", got)
	}
}

func TestFieldsOnPhonesAreNotZoomedInto(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.size(390, 844)
	small := func(screen string) {
		t.Helper()
		if got := eval[[]string](p, `[...document.querySelectorAll('input:not([type=radio], [type=checkbox]), select, textarea')].filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.outerHTML.slice(0, 80))`); len(got) > 0 {
			t.Errorf("%s: letters under 16 px in %q", screen, got)
		}
	}
	p.visit("/")
	small("start")
	p.settles("Checkout squad", "cat")
	p.sight("#topic")
	small("table")
	p.size(667, 320)
	small("table sideways")
	p.click("header button|Invite")
	p.sight("dialog[open] input")
	small("invitation")
}

func TestColumnBesideTheTableIsThereWhenSomethingIsInIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.prefers("light", false)
	p.settles("Checkout squad", "cat")
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	p.wait(`!document.querySelector('.side') && document.querySelector('.room').getBoundingClientRect().width === innerWidth`)
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.click("button|Reveal cards")
	p.sight(".side #results")
	p.wait(`document.querySelector('.side').getBoundingClientRect().right === innerWidth && document.querySelector('.room').getBoundingClientRect().width < innerWidth - 200`)
}

// TestThereIsOneAmber looks at what is amber on the page: it is the same everywhere, with dark letters on it, in both themes.
func TestThereIsOneAmber(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	amber := func(selector string) {
		t.Helper()
		p.sight(selector)
		if got := eval[string](p, `(() => { const c = getComputedStyle(`+element(selector)+`); return c.backgroundColor + ' ' + c.color })()`); got != "rgb(246, 178, 60) rgb(36, 26, 2)" {
			t.Errorf("%s is %s", selector, got)
		}
	}
	for _, theme := range []string{"light", "dark"} {
		p.prefers(theme, false)
		p.visit("/")
		amber("button|Start session")
		p.click("header button[aria-label=Menu]")
		amber("dialog input:checked + span")
		p.settles("Checkout squad", "cat")
		amber("button|Start voting")
		p.size(390, 844)
		amber("button|Start voting")
		p.size(1440, 900)
	}
}

func TestRevealIsQuietUntilEverybodyHasVoted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.prefers("light", false)
	path := p.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	background := `getComputedStyle(` + element("button|Reveal cards") + `).backgroundColor`
	for _, width := range []int64{1440, 390} {
		p.size(width, 844)
		p.wait(background + ` !== 'rgb(246, 178, 60)'`)
	}
	g.vote("8")
	p.click(".hand [data-card='8']")
	p.holds("8")
	for _, width := range []int64{1440, 390} {
		p.size(width, 844)
		p.wait(background + ` === 'rgb(246, 178, 60)'`)
	}
}

func TestPaperShowsTheTableAndTheNumbersOnly(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.prefers("dark", false)
	path := p.settles("Checkout squad", "cat")
	s.fill(path, 8)
	p.click("button|Start voting")
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.presses("r")
	p.sight("#results")
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	p.size(794, 1123)
	// A printer does not wait until what glides has come to its place.
	const outside = `(() => { const r = document.querySelector('.room').getBoundingClientRect()
		return [...document.querySelectorAll('.seat, .laid')].filter((e) => { const b = e.getBoundingClientRect(); return b.left < r.left || b.right > r.right || b.top < r.top || b.bottom > r.bottom }).length + document.getAnimations().filter((a) => a.playState === 'running').length })()`
	if n := eval[int](p, outside); n != 0 {
		t.Errorf("on paper %d seats and cards lie outside the table's place, or are on their way", n)
	}
	p.shoot("print")
	shown := eval[[]string](p, `[...document.querySelectorAll('button:not(.seat), input, .dock')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80))`)
	if len(shown) > 0 {
		t.Errorf("on paper there is nothing to press: %q", shown)
	}
	p.wait(`document.querySelector('.session').checkVisibility() && document.querySelector('.chart').checkVisibility() && document.querySelector('.place').checkVisibility()`)
	p.wait(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.wait(`getComputedStyle(document.querySelector('.side')).backgroundColor !== 'rgb(29, 35, 40)'`)
}

func TestDialogThatHasRoomHasNoScrollbar(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, _, _ := atATable(t, open)
		r.click(".place:not(.me) .seat")
		r.wait(`document.querySelector('dialog[data-kind=person]')`)
		if beyond := value[int](r, `(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector('dialog'))`); beyond > 0 {
			t.Errorf("the dialog reaches %d pixels beyond its own edge", beyond)
		}
	})
}
