package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestRoundSurvivesAKilledServer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	g := s.join(path[len("/session/"):], "Lisa", "rabbit")
	sarah.types("#topic", "Refunds")
	sarah.click("button|Start voting")
	sarah.click(".hand [data-card='8']")
	mike.click(".hand [data-card='5']")
	sarah.holds("8")
	mike.holds("5")
	g.vote("3")
	sarah.sees("3 of 3 have voted")
	for _, p := range []*person{sarah, mike} {
		eval[any](p, `window.__same = true, null`)
		p.outage()
	}

	s.kill()
	sarah.sight(".live.lost")
	mike.sees("No connection. You see the table as it was.")
	mike.click(".hand [data-card='13']")
	mike.sees("Your card is kept here, and sent as soon as there is one.")
	mike.sight(".me .laid.pending")
	s.start()
	for p, card := range map[*person]string{sarah: "8", mike: "13"} {
		p.seesLive()
		p.gone(".notice.lost")
		p.holds(card)
		p.sees("3 of 3 have voted")
	}
	sarah.click("button|Reveal cards")
	for _, p := range []*person{sarah, mike} {
		p.wait(`[...document.querySelectorAll('.laid.open .front')].map((c) => c.innerText).sort().join() === '13,3,8'`)
		p.wait(`window.__same`)
	}
}

func TestScrumMasterComesBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.click("button|Start voting")
	mike.click(".hand [data-card='5']")
	mike.holds("5")
	sarah.click("header .brand")
	sarah.sees("Leave the table?")
	sarah.click("dialog button|Cancel")
	sarah.gone("dialog")
	sarah.sight(".place.me")
	sarah.click("header .brand")
	sarah.sees("Leave the table?")
	sarah.inspect("dialog-away")
	sarah.click("dialog button|To the start page")
	sarah.sight("a|Back to Checkout squad")
	mike.sees("Waiting for Sarah")
	mike.wait(`/^[1-5]:\d\d$/.test(document.querySelector('.centre .clock')?.innerText)`)
	mike.sight("button:disabled|Take over in 0:")
	mike.click(".hand [data-card='8']")
	mike.sight(".me .laid.pending")
	mike.sight(".hand .chosen.pending[data-card='8']")
	mike.sees("Your card is kept here, and sent when the session goes on.")
	mike.inspect("paused")
	sarah.inspect("start-seat")
	sarah.click("a|Back to Checkout squad")
	mike.sees("1 of 2 has voted")
	mike.holds("8")
	sarah.sight("button|Reveal cards")
	sarah.click("button|Reveal cards")
	mike.wait(`document.querySelector('.me .laid.open .front')?.innerText === '8'`)
}

func TestAnybodyThereTakesOverFromAnAbsentScrumMaster(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	s.fill(path, 7)
	sarah.click("button|Start voting")
	mike.sees("Choose your card.")
	sarah.visit("/")
	mike.sight("button:disabled|Take over in 0:")
	mike.click(".hand [data-card='8']")
	mike.sight(".me .laid.pending")
	mike.takesItsTime(`document.querySelector('.takeover:enabled')`)
	mike.clear("paused")
	mike.click("button|Take over as Scrum Master")
	mike.sight(".place.me .crown")
	mike.holds("8")
	mike.sight("button|Reveal cards")
	sarah.click("a|Back to Checkout squad")
	sarah.sees("1 of 9 has voted")
	sarah.gone(".place.me .crown")
}

// A session that is kept out of the list has no other way back to it.
func TestSeatInAnUnlistedSessionIsFoundAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	master.do("POST", "/settings", map[string]any{"listed": false})
	other := s.create("Search team", "Lisa", "rabbit")
	p := s.person("Sarah")
	p.settles("/session/"+master.session, "cat")
	p.visit("/")
	p.sees("Search team")
	p.click("a|Back to Checkout squad")
	p.sight(".place.me")
	p.visit("/session/" + other.session)
	p.sight("button|Join as Sarah")
	master.do("DELETE", "", nil)
	p.pardon("404")
	p.visit("/")
	p.click("a|Back to Checkout squad") // nobody can tell yet that it has ended
	p.sight("[data-ending=inactive]")
	p.visit("/")
	p.sees("Search team")
	p.gone("a|Back to Checkout squad")
}

// The time to wait is the server's: a page that comes in a pause begins no new one.
func TestReloadInAPauseDoesNotBeginTheWaitAnew(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.visit("/")
	mike.sight("button:disabled|Take over in 0:")
	mike.wait(`Number(/0:(\d\d)/.exec(document.querySelector('.takeover')?.innerText)?.[1]) <= 25`)
	mike.visit(path)
	mike.sight(".takeover")
	// The page knows the server's clock to a second or so.
	if got := eval[string](mike, `document.querySelector('.takeover').innerText`); got > "Take over in 0:27" && got != "Take over as Scrum Master" {
		t.Errorf("after a reload the page says %q, want what was left", got)
	}
}

func TestRoleMovesOnFromAnAbsentScrumMaster(t *testing.T) {
	t.Parallel()
	s := serve(t, "GRACE_PERIOD_SECONDS=4")
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	mike.collects(`(document.querySelector('.centre').innerText + '|' + document.getElementById('polite').innerText).replace(/[\u2066-\u2069]/g, '')`)
	sarah.visit("/")
	mike.sight("button|Start voting")
	mike.sight(".place.me .crown")
	mike.sight(".place.away")
	mike.saw(`v.split('|')[0].includes('Waiting for Sarah')`)
	mike.saw(`v.split('|')[1].includes('You are Scrum Master now')`)
}

func TestKickedParticipantReadsItAndMayComeAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.click(".place:not(.me) .seat")
	sarah.click("dialog button|Remove from session")
	sarah.sees("Remove Mike?")
	sarah.click("dialog button|Remove")
	mike.sight("[data-ending=kicked]")
	mike.inspect("kicked")
	sarah.sees("You are the first one here.")
	mike.click("button|Join again")
	mike.click("button|Join as Mike")
	mike.sight(".place.me")
	sarah.sees("2 people are at the table.")
}

func TestTransferMovesTheCrown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.click(".place:not(.me) .seat")
	sarah.click("dialog button|Make Scrum Master")
	mike.sight("button|Start voting")
	sarah.sees("Mike starts the first round.")
	mike.sight(".place.me .crown")
}

func TestSessionCountsDownAndExpires(t *testing.T) {
	t.Parallel()
	s := serve(t, "SESSION_TIMEOUT_MINUTES=0.4") // 24 s, within which the page must be there
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	left := `+document.querySelector('.expiry [role=timer]')?.innerText.match(/0:(\d\d)/)[1]`
	p.wait(left + ` <= 18`)
	p.collects(left)
	p.click("button|We are still here")
	p.saw(`v > 18`)
	p.sight("[data-ending=inactive]")
	p.inspect("expired")
	p.click("a|To the start page")
	p.sees("No session is open right now")
}

func TestFullSessionSaysSo(t *testing.T) {
	t.Parallel()
	s := serve(t, "MAX_USERS_PER_SESSION=2", "MAX_SESSIONS=1")
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Lisa", "rabbit")
	mike.visit(path)
	mike.sight("[data-ending=full]")
	mike.inspect("full")
	g.do("POST", "/leave", nil)
	mike.types("#me-name", "Mike")
	mike.click("button|Take a seat")
	mike.sight(".place.me")

	lisa := s.person("Lisa").pardon("409")
	lisa.visit("/")
	lisa.types("#session-name", "One more")
	lisa.types("#me-name", "Lisa")
	lisa.click("button|Start session")
	lisa.sees("All tables are taken at the moment.")
}

func TestTwoTabsOfOnePersonAgree(t *testing.T) {
	t.Parallel()
	s := serve(t)
	one := s.person("Sarah")
	path := one.settles("Checkout squad", "cat")
	one.click("button|Start voting")
	two := one.another()
	two.visit(path)
	two.sight(".place.me")
	two.seesLive()
	one.click(".hand [data-card='8']")
	two.holds("8")
	two.click(".hand [data-card='3']")
	one.holds("3")
	two.click(".hand [data-card='3']")
	one.holds("")
	two.sees("0 of 1 have voted")
	one.click("header button[aria-label=Menu]")
	one.click("dialog button|Leave session")
	one.click("dialog button|Leave session")
	one.sight("[data-ending=left]")
	two.sight("[data-ending=left]")
	one.inspect("left")
}

// tabTo presses the tabulator until the element has the focus.
func (p *person) tabTo(selector string) {
	p.t.Helper()
	p.sight(selector)
	for range 80 {
		p.presses(kb.Tab)
		if eval[bool](p, `document.activeElement === `+element(selector)) {
			return
		}
	}
	p.t.Fatalf("%s cannot reach %s by the keyboard", p.name, selector)
}

func TestKeyboardAlonePlaysASession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	p.tabTo("#session-name")
	p.presses("Checkout squad")
	p.tabTo("#me-name")
	p.presses("Sarah")
	p.tabTo(".facelist input:checked")
	p.presses(kb.ArrowRight, kb.Enter)
	p.sight(".place.me")
	p.seesLive()

	p.tabTo("#topic")
	p.presses("rn8? in a topic")
	if eval[bool](p, `!!document.querySelector('dialog')`) {
		t.Error("a shortcut fired while typing")
	}
	p.presses(kb.Enter)
	p.sees("rn8? in a topic")
	p.presses("8")
	p.holds("8")
	p.presses("8")
	p.holds("")
	p.presses("c")
	p.holds("coffee")
	p.presses(kb.ArrowLeft, kb.Enter) // from the chosen card
	p.presses(kb.ArrowLeft, kb.Enter)
	p.holds("21")
	eval[any](p, `for (const key of '13') document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })), null`)
	p.holds("13")
	p.presses("?")
	p.sees("Keyboard shortcuts")
	p.presses("r") // a dialog is open: nothing happens
	p.presses(kb.Escape)
	p.gone("dialog")
	p.sees("1 of 1 has voted")
	p.presses("n")
	p.sees("Start this round anew?")
	p.presses(kb.Escape)
	p.gone("dialog")
	p.presses("r")
	p.sight("#results")
	p.presses("5")
	p.sight("button|Accept 5")
	p.presses("a")
	p.wait(`document.querySelector('.past li b')?.innerText === '5'`)
	p.wait(`document.activeElement.id === 'topic'`)
	p.presses(kb.Enter)
	p.sees("0 of 1 have voted")
}

func TestPhoneHasEverythingInReach(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.size(360, 800)
	path := p.opens("Checkout squad")
	guests := s.fill(path, 15)
	p.wait(`document.querySelectorAll('.place').length === 16`)
	inReach := func(selectors ...string) {
		t.Helper()
		for _, selector := range selectors {
			p.sight(selector)
			p.wait(`(() => { const r = ` + element(selector) + `.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && r.height >= 24 && r.width >= 24 })()`)
		}
	}
	inReach("button|Start voting", "#topic")
	p.click("button|Start voting")
	inReach("button|Reveal cards", ".hand [data-card='1']", ".hand [data-card='coffee']")
	p.click(".hand [data-card='5']")
	p.holds("5")
	for _, g := range guests {
		g.vote("8")
	}
	p.sees("16 of 16 have voted")
	p.click("button|Reveal cards")
	inReach("button|Accept 8", "button|Vote again", ".hand [data-card='1']", ".hand [data-card='coffee']")
	small := eval[[]string](p, `[...document.querySelectorAll('button, a, input, select')].filter((e) => e.checkVisibility() && (e.getBoundingClientRect().height < 24 || e.getBoundingClientRect().width < 24)).map((e) => e.outerHTML.slice(0, 100))`)
	if len(small) > 0 {
		t.Errorf("targets under 24 px: %s", strings.Join(small, "\n"))
	}
	p.fits()
}

func TestHostileTextIsShownAsText(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("<b>Squad</b><script>hacked=1</script>\u202E live", "cat")
	hostile := []struct{ name, avatar string }{
		{`<img src=x onerror="hacked=1">`, `"><svg onload=hacked=1>`}, {"\u202Erotaercnoitseuq \u202Eeman", "\u202E\u202E"}, {strings.Repeat("👩🏽‍🚀", 12), strings.Repeat("🦊", 200)},
		{"\u200B\u0378\u200B", "\u200B"}, {strings.Repeat("W", 50), strings.Repeat("x", 200)}, {"Z" + strings.Repeat("\u0317\u0301", 24), "constructor"},
		{"${alert(1)} {{7*7}}", "javascript:hacked=1"}, {strings.Repeat("😀", 50), "__proto__"},
	}
	for _, h := range hostile {
		s.join(path[len("/session/"):], h.name, h.avatar)
	}
	p.wait(fmt.Sprintf(`document.querySelectorAll('.place').length === %d`, len(hostile)+1))
	topic := "</p><script>hacked=1</script> " + strings.Repeat("Pneumonoultramicroscopicsilicovolcanoconiosis", 9)
	p.types("#topic", topic)
	p.presses(kb.Enter)
	p.sight("button|Reveal cards")
	check := func(where string) {
		t.Helper()
		if n := eval[int](p, `document.querySelectorAll('img, #app script, [onerror], [onload], main b b').length + ('hacked' in window ? 100 : 0)`); n != 0 {
			t.Errorf("%s: markup came alive (%d)", where, n)
		}
		for _, size := range sizes {
			p.size(size.width, size.height)
			p.fits()
			p.wait(`(() => { const room = document.querySelector('.room').getBoundingClientRect(), names = [...document.querySelectorAll('.name')].map((n) => n.getBoundingClientRect())
				return names.every((r, i) => r.height > 10 && r.height <= 26 && r.left >= room.left - 1 && r.right <= room.right + 1 && !names.some((o, j) => j > i && o.left < r.right && r.left < o.right && o.top < r.bottom && r.top < o.bottom)) })()`)
			p.wait(`(() => { const c = document.querySelector('.centre').getBoundingClientRect(), r = document.querySelector('.room').getBoundingClientRect(); return c.height <= r.height && c.top >= r.top && c.bottom <= r.bottom })()`)
			p.shoot(fmt.Sprintf("hostile-%s-%s", where, size.name))
		}
		p.size(1440, 900)
	}
	check("voting")
	p.sees(`<img src=x onerror="hacked=1">`)
	p.sees("(no name)")
	p.click("button|Reveal cards")
	p.sight("#results")
	check("results")
}

func TestLanguagesAndThemeAreRemembered(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	for code, title := range map[string]string{"de": "Gemeinsam schätzen, an einem Tisch", "fr": "Estimer ensemble, autour d’une même table", "es": "Estimar en equipo, alrededor de una mesa"} {
		p.click("header button:last-of-type")
		p.sight("#language")
		eval[any](p, fmt.Sprintf(`(() => { const l = document.getElementById('language'); l.value = %q; l.dispatchEvent(new Event('change', { bubbles: true })) })(), null`, code))
		p.sees(title)
		p.wait(fmt.Sprintf(`document.documentElement.lang === %q`, code))
		p.presses(kb.Escape)
		p.gone("dialog")
	}
	p.click("header button:last-of-type")
	p.click("dialog [name=theme][value=dark]")
	p.wait(`document.documentElement.dataset.theme === 'dark'`)
	p.click("dialog [role=switch]")
	p.visit("/")
	if !eval[bool](p, `document.documentElement.lang !== 'en' && document.querySelector('link[rel=modulepreload][href*="/' + document.documentElement.lang + '-"]') !== null`) {
		t.Error("the texts of the language are asked for only when the page has come")
	}
	p.wait(`document.documentElement.dataset.theme === 'dark' && getComputedStyle(document.body).backgroundColor === 'rgb(20, 24, 28)'`)
	p.sight(`header button[aria-pressed=false]`)
}
