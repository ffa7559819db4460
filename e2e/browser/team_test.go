package browser_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// runs opens the menu of the table and presses a button of it.
func (p *person) runs(button string) {
	p.t.Helper()
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|" + button)
}

// closes leaves the dialog by the keyboard.
func (p *person) closes() {
	p.t.Helper()
	p.presses("\x1b")
	p.gone("dialog")
}

// ticks sets or clears a field of that name.
func (p *person) ticks(name string) { p.t.Helper(); p.click("[name=" + name + "]") }

// settled is a session by the API with settings and a deck.
func (s *server) settled(session, name string, more map[string]any) guest {
	s.t.Helper()
	body := map[string]any{"name": session, "creator_name": name, "creator_avatar": "bear"}
	for k, v := range more {
		body[k] = v
	}
	var made seat
	if status := s.call("POST", "/api/sessions/", "", body, &made); status != http.StatusOK {
		s.t.Fatalf("create: status %d", status)
	}
	return guest{s, made.UserID, made.Token, made.SessionID}
}

// sits gives the browser the seat of a guest.
func (p *person) sits(g guest) {
	p.t.Helper()
	var link struct{ Code string }
	if status := p.s.call("POST", "/api/sessions/"+g.session+"/seat-link?user_id="+g.id, g.token, nil, &link); status != http.StatusOK {
		p.t.Fatalf("seat link: status %d", status)
	}
	p.visit("/session/" + g.session + "#seat=" + link.Code)
	p.sight(".place.me")
	p.seesLive()
}

func TestCreatingAsksForTwoNamesAndRemembersTheRest(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	p.wait(`[...document.querySelectorAll('.start input:not([type=radio])')].filter((e) => e.checkVisibility()).length === 2`)
	p.wait(`!document.querySelector('.start .options')`)
	p.types("#session-name", "Checkout squad")
	p.types("#me-name", "Sarah")
	p.click(".more-options summary")
	p.click(".deck|T-shirt sizes")
	p.ticks("auto_reveal")
	p.ticks("listed")
	p.types("#new-password", "abc")
	p.click("button|Start session")
	p.sees("The password: please enter 4 to 100 characters.")
	p.wait(`document.activeElement.id === 'new-password' && document.activeElement.getAttribute('aria-invalid') === 'true'`)
	p.wait(`document.querySelector('#form-error').previousElementSibling.contains(document.querySelector('#new-password'))`) // said where it can be changed
	p.inspect("start-options")
	p.click(".more-options summary")
	p.click("button|Start session")
	p.wait(`document.querySelector('.more-options').open && document.activeElement.id === 'new-password'`)
	p.types("#new-password", "open sesame")
	p.click("button|Start session")
	p.sight(".place.me")
	p.wait(`[...document.querySelectorAll('.hand .card')].map((c) => c.dataset.card).join(' ') === 'XS S M L XL XXL ? coffee'`)
	p.sees("Invite your team, then start with the first topic.")
	id := eval[string](p, `location.pathname.slice(9)`)
	if status := s.call("GET", "/api/sessions/"+id, "", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the session with a password answers %d to strangers", status)
	}
	if eval[bool](p, `JSON.stringify(localStorage).includes('sesame')`) {
		t.Error("the browser keeps the password")
	}
	p.visit("/")
	p.sees("T-shirt sizes · 2 rules of your own")
	p.wait(`!document.querySelector('.sessions')`)
	p.types("#session-name", "Second squad")
	p.click("button|Start session")
	p.sight(".hand [data-card=XXL]")
	settings := eval[string](p, `(async () => { const s = await (await fetch('/api/sessions/' + location.pathname.slice(9))).json(); return [s.settings.auto_reveal, s.settings.listed, s.protected].join() })()`)
	if settings != "true,false,false" {
		t.Errorf("the second session has %s, want what was remembered, without the password", settings)
	}
}

func TestOwnDeckIsTypedAndItsHandIsShown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	p.runs("Change the deck")
	p.click(".deck|Our deck")
	for _, wrong := range []struct{ typed, says string }{
		{"8", "A deck has 2 to 30 cards; this one has 1."}, {"8 5 8", "“8” is there twice."}, {"1 seventeenletters", "1 card"}, {"1 eighteen-characters", "A card has at most 16 characters; “eighteen-characters” has more."},
		{strings.TrimSpace(strings.Repeat("x y z ", 11)), "“x” is there twice."}, {strings.TrimSpace(numbers(31)), "A deck has 2 to 30 cards; this one has 31."},
	} {
		p.types("#own-cards", wrong.typed)
		if wrong.typed == "1 seventeenletters" {
			continue // sixteen characters are as many as there may be
		}
		p.sees(wrong.says)
		p.wait(`document.querySelector('#own-cards').getAttribute('aria-invalid') === 'true'`)
	}
	p.click("button|Use this deck")
	p.wait(`document.querySelector('dialog[open]') && document.activeElement.id === 'own-cards'`)
	p.inspect("dialog-deck-wrong")
	p.types("#own-cards", "0, ½, 1, 2, large, ?, coffee")
	p.wait(`[...document.querySelectorAll('.preview li')].map((e) => e.innerText.trim()).join(' ') === '0 ½ 1 2 large ? Coffee'`)
	p.types("#own-cards", "half a day; one day; two days")
	p.wait(`[...document.querySelectorAll('.preview li')].map((e) => e.innerText.trim()).join() === 'half a day,one day,two days'`)
	p.sees("With semicolons between them, cards may have blanks")
	p.types("#own-cards", "0, ½, 1, 2, large, ?, coffee")
	p.types("#own-name", "Squad cards")
	p.inspect("dialog-deck")
	p.click("button|Use this deck")
	p.gone("dialog")
	p.wait(`[...document.querySelectorAll('.hand .card')].map((c) => c.dataset.card).join(' ') === '0 ½ 1 2 large ? coffee'`)
	p.visit("/")
	p.click(".more-options summary")
	p.click(".deck|Our deck")
	p.wait(`document.querySelector('#own-cards').value === '0, ½, 1, 2, large, ?, coffee' && document.querySelector('#own-name').value === 'Squad cards'`)
}

// numbers are the first so many, with blanks between them.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strconv.Itoa(i) + " ")
	}
	return b.String()
}

func TestDeckDoesNotChangeInARound(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	p.runs("Change the deck")
	p.sees("A round is running.")
	p.wait(element("button|Use this deck") + `.disabled`)
}

func TestSpectatorHasNoHandAndNobodyWaitsForThem(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.visit(path)
	mike.types("#me-name", "Mike")
	mike.click(".switch|Only watch")
	mike.inspect("join-watch")
	mike.click("button|Take a seat")
	mike.sight(".place.me.watches")
	mike.gone(".hand")
	sarah.sight(".place.watches")
	sarah.click("button|Start voting")
	sarah.sees("0 of 1 have voted")
	mike.sees("You are watching.")
	mike.presses("8")
	sarah.click(".hand [data-card='8']")
	sarah.sees("1 of 1 has voted")
	mike.inspect("watching")
	mike.click(".place.me .seat")
	mike.sees("you · watches")
	mike.click("dialog button|Take part in the votes")
	mike.closes()
	mike.click(".hand [data-card='5']")
	sarah.sees("2 of 2 have voted")
	sarah.click(".place:not(.me) .seat")
	sarah.click("dialog button|Make spectator")
	sarah.sight(".place.watches")
	mike.gone(".hand")
}

func TestEachSeesWhatTheyMayDo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike, lisa := s.person("Sarah"), s.person("Mike"), s.person("Lisa")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	lisa.settles(path, "fox")
	menu := func(p *person) string {
		t.Helper()
		p.click("header button[aria-label=Menu]")
		p.sight("dialog[open] .people")
		got := eval[string](p, `[...document.querySelectorAll('dialog .acts.column button')].map((b) => b.innerText).join(', ')`)
		p.closes()
		return got
	}
	everybody := "Change name and face, Only watch, Go on on your phone, Keyboard shortcuts, Leave session"
	if got, want := menu(sarah), "Change the deck, Session settings, Lock the session, "+everybody+", End session for all"; got != want {
		t.Errorf("the Scrum Master's menu is %q, want %q", got, want)
	}
	if got := menu(mike); got != everybody {
		t.Errorf("a voter's menu is %q, want %q", got, everybody)
	}
	mike.gone("button|Start voting")
	sarah.click(`.seat|Mike`)
	sarah.sees("Make facilitator")
	sarah.inspect("dialog-person-roles")
	sarah.click("dialog button|Make facilitator")
	sarah.sees("Facilitator")
	sarah.closes()
	mike.sight("button|Start voting")
	if got, want := menu(mike), "Change the deck, Lock the session, "+everybody; got != want {
		t.Errorf("a facilitator's menu is %q, want %q", got, want)
	}
	mike.click("button|Start voting")
	lisa.click(".hand [data-card='5']")
	lisa.gone("button|Reveal cards")
	sarah.runs("Session settings")
	sarah.click(".switch|Reveal the cards")
	sarah.inspect("dialog-settings")
	sarah.click("button|Save")
	sarah.gone("dialog")
	lisa.click("button|Reveal cards")
	mike.sight(".picking .hand")
	mike.click("button|Accept 5")
	lisa.sees("accepted")
	lisa.gone("button|Next round")
	mike.sight("button|Next round")
}

func TestSettingsAreChangedOneByOne(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	now := func() string {
		return eval[string](p, `(async () => { const s = await (await fetch('/api`+strings.Replace(path, "session", "sessions", 1)+`?user_id=' + JSON.parse(localStorage['magnapp.seat.`+path[len("/session/"):]+`']).user)).json(); return JSON.stringify([s.settings.auto_reveal, s.settings.anonymous, s.settings.round_seconds, s.settings.locked, s.protected]) })()`)
	}
	p.runs("Session settings")
	p.ticks("anonymous")
	eval[any](p, `(document.querySelector('[name=round_seconds]').value = '120', null)`)
	p.types("#new-password", "open sesame")
	p.click("button|Save")
	p.gone("dialog")
	if got := now(); got != `[false,true,120,false,true]` {
		t.Errorf("the settings are %s", got)
	}
	p.runs("Lock the session")
	p.sees("Unlock the session")
	p.click("dialog button|Session settings")
	p.click(".switch|Remove the password")
	p.wait(`document.querySelector('[name=open]').checked`)
	p.click("button|Save")
	p.gone("dialog")
	if got := now(); got != `[false,true,120,true,false]` {
		t.Errorf("the settings are %s", got)
	}
}

func TestTimerEmptiesAndSaysWhenItEnds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	sarah.click("button|Start voting")
	sarah.click("button[aria-label='Timer of this round']")
	sarah.inspect("dialog-timer")
	mike.collects(`document.getElementById('polite').innerText`)
	sarah.click("dialog button|1 minute")
	sarah.gone("dialog")
	mike.sight(".timer .rest")
	mike.wait(`/^0:[0-5]\d|^1:00/.test(document.querySelector('.timer').innerText)`)
	first := eval[float64](mike, `parseFloat(document.querySelector('.timer .rest').style.getPropertyValue('--rest'))`)
	mike.wait(fmt.Sprintf(`parseFloat(document.querySelector('.timer .rest').style.getPropertyValue('--rest')) < %f`, first))
	sarah.inspect("timer")
	mike.takesItsTime(`[...__saw].some((v) => v.includes('30 seconds left'))`)
	mike.takesItsTime(`[...__saw].some((v) => v.includes('Time is up'))`)
	sarah.sees("Time is up")
	sarah.click("button[aria-label='Timer of this round']")
	sarah.click("dialog button|Stop the timer")
	mike.gone(".timer")
}

// listens counts the tones that the page makes from its next visit on.
func (p *person) listens() {
	p.t.Helper()
	p.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.__tones = 0; window.OscillatorNode = class extends OscillatorNode { start(at) { window.__tones++; super.start(at) } }; window.AudioContext = class extends AudioContext { constructor() { super(); window.__audible = true } }`,
	}))
}

// touches lets the page sound, as a browser does only once it was touched.
func (p *person) touches() {
	p.t.Helper()
	p.do(chromedp.MouseClickXY(5, 895))
	p.wait(`window.__audible`)
}

func TestReminderReachesWhoseCardIsMissing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike, lisa := s.person("Sarah").pardon("429"), s.person("Mike"), s.person("Lisa")
	for _, p := range []*person{sarah, mike, lisa} {
		p.listens()
	}
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	lisa.settles(path, "fox")
	lisa.click("header button[aria-label=Sounds]")
	for _, p := range []*person{sarah, mike, lisa} {
		p.touches()
	}
	sarah.click("button|Start voting")
	sarah.keepsToasts()
	for _, p := range []*person{mike, lisa} {
		p.keepsToasts()
		eval[any](p, `(() => { window.__titles = new Set(); setInterval(() => __titles.add(document.title), 100) })(), null`)
	}
	sarah.click(".hand [data-card='8']")
	sarah.holds("8")
	sarah.click("button[aria-label='Remind those whose cards are missing']")
	sarah.sees("Reminded: Mike and Lisa")
	sarah.click("button[aria-label='Remind those whose cards are missing']") // at once, since it must be within those
	sarah.sees("Please wait ten seconds.")
	for _, p := range []*person{mike, lisa} {
		p.sees("The others are waiting for your card.")
	}
	mike.wait(`[...__titles].some((t) => t.startsWith('○ Your card'))`)
	mike.wait(`__tones === 2`)
	mike.click(".hand [data-card='5']")
	sarah.sees("2 of 3 have voted")
	mike.wait(`document.title.startsWith('2/3')`)
	if eval[bool](lisa, `[...__titles].some((t) => t.startsWith('○'))`) {
		t.Error("the title flashes for somebody who turned sounds off")
	}
	if n := eval[int](sarah, `__tones`); n != 0 {
		t.Errorf("Sarah heard %d tones before all had voted", n)
	}
	lisa.click(".hand [data-card='5']")
	sarah.wait(`__tones === 2`)
	if n := eval[int](lisa, `__tones`); n != 0 {
		t.Errorf("Lisa has turned sounds off and heard %d tones", n)
	}
}

// narrow waits until nothing on the page or in the open dialog goes over the edge of the smallest phone.
func (p *person) narrow(screen string) {
	p.t.Helper()
	p.size(320, 568)
	p.fits()
	p.shoot("narrow-" + screen)
	const over = `[document.documentElement, ...document.querySelectorAll('dialog, .panel, fieldset')].filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))`
	if got := p.remains(over); len(got) > 0 {
		p.t.Errorf("%s at 320 px goes over the edge: %q", screen, got)
	}
	p.size(1440, 900)
}

func TestEveryDialogOfTheTeamFitsTheSmallestPhone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.visit("/")
	p.click(".more-options summary")
	p.click(".deck|Our deck")
	p.types("#own-cards", "0 ½ 1 2 3 5 8 13 20 40 100 sixteencharacters ? coffee")
	p.narrow("start")
	p.settles("Checkout squad", "cat")
	p.narrow("alone")
	for dialog, button := range map[string]string{"deck": "Change the deck", "settings": "Session settings", "seat": "Go on on your phone"} {
		p.runs(button)
		p.sight("dialog[data-kind=" + dialog + "]")
		p.narrow(dialog)
		p.closes()
	}
	p.click("header button[aria-label=Menu]")
	p.sight("dialog .people")
	p.narrow("menu")
	p.closes()
	p.click("button|Start voting")
	p.click("button[aria-label='Timer of this round']")
	p.sight("dialog .times")
	p.narrow("timer")
	p.click("dialog button|10 minutes")
	p.sight(".timer")
	p.narrow("timed")
	full := s.create("Checkout squad", "Sarah", "cat").session
	s.fill("/session/"+full, 8)
	p.visit("/session/" + full)
	p.sees("9 people are at the table")
	p.narrow("join")
}

func TestAnonymousRoundNamesNobodysCardButMine(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	g := s.settled("Checkout squad", "Sarah", map[string]any{"settings": map[string]any{"anonymous": true}})
	p.sits(g)
	mike := s.join(g.session, "Mike", "bear")
	p.click("button|Start voting")
	p.sees("Anonymous: nobody’s card is named.")
	mike.vote("3")
	p.click(".hand [data-card='13']")
	p.holds("13")
	p.inspect("anonymous-voting")
	p.click("button|Reveal cards")
	p.sight("#results")
	p.wait(`document.querySelector('.place.me .laid.open .front').innerText === '13'`)
	p.wait(`document.querySelectorAll('.laid.open').length === 1 && document.querySelectorAll('.laid.voted').length === 2`)
	p.sees("3–13")
	p.inspect("anonymous-results")
	p.visit("/session/" + g.session)
	p.wait(`document.querySelector('.place.me .laid.open .front')?.innerText === '13'`)
	if eval[bool](p, `document.querySelector('.place:not(.me)').innerText.includes('3')`) {
		t.Error("Mike's card is shown")
	}
}

func TestDeckWithoutNumbersIsSpokenOfInItsCards(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	g := s.settled("Checkout squad", "Sarah", map[string]any{"deck": map[string]any{"name": "t-shirt"}})
	p.sits(g)
	mike, lisa := s.join(g.session, "Mike", "bear"), s.join(g.session, "Lisa", "fox")
	g.start("Refunds")
	for who, card := range map[*guest]string{&g: "S", &mike: "M", &lisa: "M"} {
		who.vote(card)
	}
	g.reveal()
	p.sees("in the middle of the votes")
	p.sees("Ask first Sarah (S) and Mike and Lisa (M) are furthest apart.")
	p.click("button|Accept M")
	p.sees("accepted")
	g.start("Again")
	for who, card := range map[*guest]string{&g: "XS", &mike: "L", &lisa: "XXL"} {
		who.vote(card)
	}
	g.reveal()
	p.sees("XS–XXL")
	p.sees("far apart")
	g.start("And again")
	for _, who := range []guest{g, mike, lisa} {
		who.vote("L")
	}
	g.reveal()
	p.sees("Everybody chose L.")
}

func TestPasswordIsAskedForAtTheDoor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	g := s.settled("Secret merger", "Sarah", map[string]any{"settings": map[string]any{"password": "open sesame"}})
	p := s.person("Mike").pardon("401")
	p.visit("/")
	p.sight(".sessions .padlock")
	p.click(".sessions a")
	p.sees("This session has a password")
	p.wait(`!document.body.innerText.includes('Secret merger') && !document.body.innerText.includes('Sarah') && !document.title.includes('Secret')`)
	p.types("#me-name", "Mike")
	p.click("button|Take a seat")
	p.sees("Please enter the session’s password.")
	p.wait(`document.activeElement.id === 'password'`)
	p.types("#password", "open barley")
	p.presses("\r")
	p.sees("That is not the password of this session.")
	p.inspect("join-password")
	p.types("#password", "open sesame")
	p.presses("\r")
	p.sight(".place.me")
	p.sees("Secret merger")
	if g.session == "" {
		t.Fatal("no session")
	}
}

func TestLockedSessionSaysSoAndOpensByItself(t *testing.T) {
	t.Parallel()
	s := serve(t)
	g := s.settled("Checkout squad", "Sarah", nil)
	g.do("POST", "/settings", map[string]any{"locked": true})
	p := s.person("Mike")
	p.visit("/session/" + g.session)
	p.sight("[data-ending=locked]")
	p.inspect("locked")
	g.do("POST", "/settings", map[string]any{"locked": false})
	p.types("#me-name", "Mike")
	g.do("POST", "/settings", map[string]any{"locked": true})
	p.sight("[data-ending=locked]")
	g.do("POST", "/settings", map[string]any{"locked": false})
	p.click("button|Take a seat")
	p.sight(".place.me")
}

func TestSeatGoesOnOnAPhone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	laptop, phone := s.person("Sarah"), s.person("Sarah's phone").pardon("401")
	path := laptop.settles("Checkout squad", "cat")
	laptop.click("button|Start voting")
	laptop.click(".hand [data-card='8']")
	laptop.holds("8")
	laptop.runs("Go on on your phone")
	laptop.sight("dialog .qr svg")
	laptop.wait(`/^Good once, for [12]:\d\d\.$/.test(document.querySelector('dialog .clock').innerText)`)
	laptop.inspect("dialog-seat")
	link := eval[string](laptop, `document.querySelector('#seat-link').value`)
	if !strings.HasPrefix(link, s.url+path+"#seat=") {
		t.Fatalf("the link is %s", link)
	}
	phone.size(390, 844)
	phone.visit(link[len(s.url):])
	phone.seesLive()
	phone.holds("8")
	phone.wait(`location.hash === '' && document.querySelectorAll('.place').length === 1`)
	phone.click(".hand [data-card='3']")
	laptop.closes()
	laptop.holds("3")
	other := s.person("Eve").pardon("401")
	other.visit(link[len(s.url):])
	other.sees("That link to a seat is not good any more.")
	other.sight("#me-name")
	other.wait(`location.hash === ''`)
}

func TestTextsOfTheTeamAreThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for lang, title := range map[string]string{"de": "Einstellungen der Sitzung", "fr": "Réglages de la session", "es": "Ajustes de la sesión"} {
		p := s.person("Sarah")
		p.visit("/")
		eval[any](p, fmt.Sprintf(`(localStorage.setItem('magnapp.prefs', JSON.stringify({ lang: %q })), null)`, lang))
		p.settles("Checkout squad", "cat")
		p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}))
		p.click("header button:last-child")
		p.click("dialog button|" + title)
		p.sight("dialog .rules")
		p.size(320, 568)
		p.fits()
		p.audit("settings in " + lang)
		p.shoot("settings-" + lang)
		p.closes()
	}
}
