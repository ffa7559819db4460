package browser_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// keepsToasts lets the page's short messages stay, so that there is time to look at them.
func (p *person) keepsToasts() { p.t.Helper(); p.postpones(`ms === 7000`) }

// postpones puts off what the page does after a wait, of so many ms, for which the expression is true.
func (p *person) postpones(js string) {
	p.t.Helper()
	eval[any](p, `(() => { const later = setTimeout; window.setTimeout = (what, ms, ...more) => later(what, `+js+` ? 600_000 : ms, ...more) })(), null`)
}

func TestCardsTurnAfterACountdown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var made seat
	if status := s.call("POST", "/api/sessions/", "", map[string]any{
		"name": "Checkout squad", "creator_name": "Mike", "creator_avatar": "bear", "settings": map[string]int{"reveal_countdown_seconds": 10},
	}, &made); status != http.StatusOK {
		t.Fatalf("create: status %d", status)
	}
	master := guest{s, made.UserID, made.Token, made.SessionID}
	p := s.person("Sarah")
	p.settles("/session/"+made.SessionID, "cat")
	master.start("Pay by invoice")
	p.click(".hand [data-card='5']")
	p.holds("5")
	master.vote("8")
	p.sees("2 of 2 have voted")
	eval[any](p, `window.__counted = new Set(), new MutationObserver(() => { const n = document.querySelector('.centre .big[role=timer]')?.innerText; if (n) __counted.add(n + ' with ' + document.querySelectorAll('.place:not(.me) .laid.open').length + ' open') }).observe(document.body, { subtree: true, childList: true, characterData: true }), null`)
	master.reveal()
	p.sees("Cards turn in")
	s.freeze() // before they do
	p.wait(`[...document.querySelectorAll('.hand .card')].every((c) => c.disabled)`)
	p.inspect("revealing")
	s.thaw()
	p.sight("#results")
	p.wait(`document.querySelectorAll('.laid.open').length === 2`)
	if got := eval[[]string](p, `[...window.__counted]`); len(got) == 0 || slices.ContainsFunc(got, func(n string) bool { return !regexp.MustCompile(`^([1-9]|10) with 0 open$`).MatchString(n) }) {
		t.Errorf("the countdown showed %q, want seconds from 10 to 1 and no open card", got)
	}
}

func TestServerThatDoesNotAnswerIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.visit("/")
	p.sight("a|Checkout squad")
	p.outage()
	s.kill()
	p.sees("The list is not live")
	p.inspect("start-lost")
	p.click("a|Checkout squad")
	p.sees("The server does not answer")
	p.inspect("failed")
	p.click("button|Try now")
	p.sees("Trying now…")
	s.start()
	p.sight("#me-name")
}

func TestNoticesAreReadable(t *testing.T) {
	t.Parallel()
	s := serve(t, "SESSION_TIMEOUT_MINUTES=1.9")
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	s.fill(path, 4)
	p.keepsToasts()
	p.sight(".notice.expiry")
	p.inspect("expiring")
	p.click("button|Start voting")
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.click("header button|Invite")
	p.copies("dialog button|Copy link")
	p.presses("\x1b")
	p.gone("dialog")
	p.outage()
	s.kill()
	p.sight(".notice.lost")
	p.click(".hand [data-card='13']")
	p.sees("Your card is kept here")
	p.inspect("lost")
	p.presses("r")
	p.sees("No connection: this cannot be done now. Nothing was changed.")
	p.wait(`document.querySelectorAll('.notice').length === 1`)
}

// What is said for a while lies over the page: nothing below moves for it, also where something stands beside the table.
func TestNoticeMovesNothing(t *testing.T) {
	_, p, _ := meets(t, "Pay by invoice", "Empty basket")
	p.keepsToasts()
	p.pardon("429") // one reminder in ten seconds; of the others it is said that it is too early
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	for _, size := range [][2]int64{{1440, 900}, {1024, 768}, {390, 844}} {
		p.size(size[0], size[1])
		p.fits()
		const places = `JSON.stringify([...document.querySelectorAll('.room, .dock, .side, .centre')].map((e) => e.getBoundingClientRect()))`
		before := eval[string](p, places)
		p.click("button[aria-label='Remind those whose cards are missing']")
		p.sight(".notice")
		p.fits()
		if got := eval[string](p, places); got != before {
			t.Errorf("at %d × %d the table lies at\n%s, and under a notice at\n%s", size[0], size[1], before, got)
		}
		p.click(".notice button")
		p.gone(".notice")
	}
}

func TestSeatTakenAwayWhileOfflineIsGone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.settles("/session/"+master.session, "cat")
	me := eval[string](p, `document.querySelector('.place.me').dataset.user`)
	p.pardon("net::ERR_", "request failed", "401")
	p.do(command(network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: s.url + "/api/sse/*", Block: true}}}))
	s.kill()
	p.sight(".notice.lost")
	s.start()
	master.do("POST", "/kick/"+me+"?kicker_id="+master.id, nil)
	p.sight("[data-ending=gone]")
	p.inspect("gone")
	p.sight("button|Join again")
}

func TestSessionEndsWithItsLastPerson(t *testing.T) {
	t.Parallel()
	s := serve(t)
	master := s.create("Checkout squad", "Mike", "bear")
	p := s.person("Sarah")
	p.visit("/session/" + master.session)
	p.sight("#me-name")
	g := s.join(master.session, "Lisa", "rabbit")
	p.sees("Lisa") // she was not there when the page asked: its stream is open
	g.do("POST", "/leave", nil)
	master.do("POST", "/leave", nil)
	p.sight("[data-ending=empty]")
	p.inspect("empty")
}

func TestConfirmationsSayWhatHurts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah Okafor")
	path := p.settles("Checkout squad", "cat")
	guests := s.fill(path, 5)
	confirmation := func(screen, says string) {
		t.Helper()
		p.sees(says)
		p.inspect(screen)
		p.click("dialog button|Cancel")
		p.gone("dialog")
	}
	p.click(fmt.Sprintf(`[data-user="%s"] button`, guests[1].id))
	p.click("dialog button|Remove from session")
	confirmation("dialog-kick", "Remove Lisa Brandt?")
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|Leave session")
	confirmation("dialog-leave", "Leave this session?")
	p.click("button|Start voting")
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.sees("1 of 6 has voted")
	p.presses("n")
	confirmation("dialog-restart", "Start this round anew?")
	p.holds("8")
	p.wait(`document.querySelectorAll('.place').length === 6`)
}
