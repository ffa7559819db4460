package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// goesAway opens the guest's stream and closes it again: from then on the guest is away, once the server has waited for a reload.
func (g guest) goesAway() {
	g.s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.s.url+"/api/sse/"+g.session+"?user_id="+g.id, nil)
	if err != nil {
		g.s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	resp, err := g.s.http.Do(req)
	if err != nil {
		g.s.t.Fatalf("open a stream: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.ReadFull(resp.Body, make([]byte, 64)); err != nil {
		g.s.t.Fatalf("read a stream: %v", err)
	}
}

// amber is whether a button is the main action, with the mouse over it or not.
func amber(selector string) string {
	return `['rgb(246, 178, 60)', 'rgb(255, 198, 95)'].includes(getComputedStyle(` + element(selector) + `).backgroundColor)`
}

// table starts a server and a session of Sarah, in a browser, with guests.
func table(t *testing.T, names []string, settings ...string) (*server, *person, []guest) {
	t.Helper()
	t.Parallel()
	s := serve(t, settings...)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	var guests []guest
	for _, name := range names {
		guests = append(guests, s.join(path[len("/session/"):], name, "bear"))
	}
	return s, p, guests
}

// begins starts a round in the page.
func (p *person) begins(topic string) {
	p.t.Helper()
	p.types("#topic", topic)
	p.presses("\r")
	p.sight("button|Reveal cards")
}

// plays lets Sarah and the guests vote; no card is no vote.
func (p *person) plays(mine string, guests []guest, theirs ...string) {
	p.t.Helper()
	for i, card := range theirs {
		if card != "" {
			guests[i].vote(card)
		}
	}
	if mine != "" {
		p.click(".hand [data-card='" + mine + "']")
		p.holds(mine)
	}
	p.click("button|Reveal cards")
	p.sight("#results")
}

func TestThoseWhoAreThereAreCounted(t *testing.T) {
	_, p, guests := table(t, []string{"Mike", "Lisa", "Tomás"})
	guests[0].goesAway()
	p.sight(".place.away")
	p.begins("Pay by invoice")
	p.sees("0 of 3 have voted")
	p.click(".hand [data-card='5']")
	guests[1].vote("8")
	p.sees("2 of 3 have voted")
	p.sees("Missing: Tomás")
	if eval[bool](p, amber("button|Reveal cards")) {
		t.Error("the reveal is amber while somebody who is there has not voted")
	}
	guests[2].vote("3")
	p.sees("3 of 3 have voted")
	p.sees("Away: Mike")
	p.wait(amber("button|Reveal cards"))
	p.inspect("counted")
	p.presses("r")
	p.sight("#results")
}

func TestConsensusTakesEverybodyWhoIsThere(t *testing.T) {
	_, p, guests := table(t, []string{"Mike", "Lisa"})
	p.begins("Pay by invoice")
	p.plays("8", guests)
	p.sees("nearest to the average 8")
	if got := p.try(`document.body.innerText.includes('Consensus') || document.body.innerText.includes('Everybody chose') || !!document.querySelector('.confetti')`); got != "false" {
		t.Error("one vote of three is called a consensus")
	}
	p.click("button|Vote again")
	p.sees("0 of 3 have voted")
	p.plays("8", guests, "8", "8")
	p.sees("Consensus")
	p.sees("Everybody chose 8.")
}

func TestVotesFarApartAskForAnotherVote(t *testing.T) {
	_, p, guests := table(t, []string{"Mike", "Lisa"})
	p.begins("Pay by invoice")
	p.plays("5", guests, "1", "21")
	p.sees("far apart, 9 on average")
	p.wait(amber("button|Vote again"))
	if eval[bool](p, amber("button|Accept 8")) {
		t.Error("the main action is to accept 8 for 1, 5 and 21")
	}
	p.inspect("far-apart")
	p.click(".hand [data-card='13']")
	p.wait(amber("button|Accept 13"))
	p.click("button|Vote again")
	p.sees("0 of 3 have voted")
	p.plays("5", guests, "5", "13")
	p.sees("nearest to the average 7.7")
	p.wait(amber("button|Accept 8"))
}

// line waits until a line of the past rounds says this.
func (p *person) line(n int, says string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelectorAll('.past li > details, .past li:not(.votes li)')[%d]?.closest('li').innerText.replace(/\s+/g, ' ').trim() === %q`, n, says))
}

func TestRoundsOfOneTopicAreOneLine(t *testing.T) {
	s, p, guests := table(t, []string{"Mike", "Lisa"})
	p.begins("Pay by invoice")
	p.plays("5", guests, "1", "21")
	p.click("button|Vote again")
	p.sees("0 of 3 have voted")
	p.line(0, "Pay by invoice second vote")
	p.plays("5", guests, "3", "13")
	p.click("button|Vote again")
	p.sees("0 of 3 have voted")
	p.plays("5", guests, "5", "5")
	p.click("button|Accept 5")
	p.line(0, "Pay by invoice 5 · third vote")
	if n := eval[int](p, `document.querySelectorAll('.past ol > li').length`); n != 1 {
		t.Errorf("three votes on one topic are %d lines", n)
	}
	late := s.person("Ole")
	late.settles("/session/"+guests[0].session, "fox") // who was not there asks the server
	for _, who := range []*person{p, late} {
		who.click(".past summary")
		who.wait(`[...document.querySelectorAll('.votes')].map((l) => [...l.querySelectorAll('b')].map((b) => b.innerText).join(' ')).join() === '1 5 21,3 5 13,5 5 5'`)
		who.wait(`document.querySelector('.votes li').innerText.replace(/\s+/g, ' ') === 'Mike 1'`)
	}
	p.inspect("past-open")
	p.click(".amend button|8")
	p.wait(`document.querySelector('.past summary b').innerText === '8'`)
	late.wait(`document.querySelector('.past summary b').innerText === '8'`)
	p.begins("Empty basket")
	p.sees("Only the latest estimate can be changed")
	p.gone(".amend")
}

func TestRoundsWithoutTopicAreOneLineWhenVotedOnAgain(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"})
	p.click("button|Start voting")
	p.sees("0 of 2 have voted")
	p.plays("5", guests, "8")
	p.click("button|Vote again")
	p.sees("0 of 2 have voted")
	p.plays("5", guests, "5")
	p.click("button|Skip")
	p.click("button|Next round")
	p.sees("0 of 2 have voted")
	p.plays("3", guests, "3")
	p.click("button|Accept 3")
	p.wait(`document.querySelectorAll('.past ol > li').length === 2`)
	p.wait(`/ no estimate · second vote$/.test(document.querySelectorAll('.past ol > li')[1].innerText.replace(/\s+/g, ' ').trim())`)
}

func TestSkippedResultCanBeComeBackTo(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"})
	p.begins("Pay by invoice")
	p.plays("5", guests, "8")
	p.click("button|Skip")
	p.sees("No estimate.")
	p.line(0, "Pay by invoice no estimate")
	p.inspect("skipped")
	p.click("button|Undo")
	p.click("button|Accept 8")
	p.line(0, "Pay by invoice 8")
	p.sight("button|Next round")
}

func TestKeyNAsksBeforeItWipesAResult(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"})
	p.begins("Pay by invoice")
	p.plays("5", guests, "8")
	p.presses("n")
	p.sees("Vote on this again?")
	p.inspect("dialog-again")
	p.click("dialog button|Cancel")
	p.gone("dialog")
	p.sight("#results")
	p.presses("n")
	p.click("dialog button|Vote again")
	p.sees("0 of 2 have voted")
	p.sees("Pay by invoice")
}

// clipboard is the one that all tests have: it is held from when somebody copies until they have looked.
var clipboard sync.Mutex

// copies presses a button that copies, and returns what the clipboard has.
func (p *person) copies(button string) (text, markup string) {
	p.t.Helper()
	p.gone("button|Copied") // of what was copied before
	clipboard.Lock()
	defer clipboard.Unlock()
	p.click(button)
	p.sight("button|Copied")
	return p.pasted()
}

// pasted is what the clipboard has, as text and as markup.
func (p *person) pasted() (text, markup string) {
	p.t.Helper()
	eval[any](p, `(() => { const at = document.querySelector('dialog') ?? document.body
		at.insertAdjacentElement('beforeend', Object.assign(document.createElement('textarea'), { id: 'paste-text' }))
		at.insertAdjacentElement('beforeend', Object.assign(document.createElement('div'), { id: 'paste-markup', contentEditable: 'true' })) })(), null`)
	for _, id := range []string{"paste-text", "paste-markup"} {
		eval[any](p, `document.getElementById('`+id+`').focus(), null`)
		p.do(paste())
	}
	text = eval[string](p, `document.getElementById('paste-text').value`)
	markup = eval[string](p, `document.getElementById('paste-markup').innerHTML`)
	eval[any](p, `document.getElementById('paste-text').remove(), document.getElementById('paste-markup').remove(), null`)
	return text, markup
}

func TestEndedSessionLeavesItsEstimates(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	p.begins("Pay by invoice | for businesses")
	p.plays("5", []guest{g}, "13")
	p.click("button|Vote again")
	p.sees("0 of 2 have voted")
	p.plays("8", []guest{g}, "8")
	p.click("button|Accept 8")
	late := s.person("Lisa")
	late.settles(path, "rabbit")
	late.line(0, "Pay by invoice | for businesses 8 · second vote")
	p.begins("Empty basket")
	p.plays("2", []guest{g}, "3")
	p.click("button|Accept")
	p.sight("button|Next round")
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|End session for all")
	p.click("dialog button|End session")
	const want = `[...document.querySelectorAll('#estimates tr')].map((r) => [...r.cells].map((c) => c.innerText).join('; ')).join('\n') === 'Topic; Estimate; Average; Rounds\nPay by invoice | for businesses; 8; 8; 2\nEmpty basket; 3; 2.5; 1'`
	for _, who := range []*person{p, late} {
		who.sight("[data-ending=ended]")
		who.wait(want)
	}
	p.inspect("ended-estimates")
	text, markup := p.copies("button|Copy the estimates")
	if want := "| Topic | Estimate | Average | Rounds |\n| --- | ---: | ---: | ---: |\n| Pay by invoice \\| for businesses | 8 | 8 | 2 |\n| Empty basket | 3 | 2.5 | 1 |\n"; text != want {
		t.Errorf("copied as text:\n%s\nwant:\n%s", text, want)
	}
	if !strings.Contains(markup, "<table") || !strings.Contains(markup, "Empty basket") {
		t.Errorf("copied as markup: %s", markup)
	}
	p.pardon("404", "410")
	p.visit(path)
	p.wait(want)
}

func TestExpiredSessionLeavesItsEstimates(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"}, "SESSION_TIMEOUT_MINUTES=0.4")
	p.begins("Pay by invoice")
	p.plays("8", guests, "8")
	p.click("button|Accept 8")
	p.sight("[data-ending=inactive]")
	p.wait(`document.querySelector('#estimates tbody tr')?.innerText.replace(/\s+/g, ' ').trim() === 'Pay by invoice 8 8 1'`)
}

func TestExpiryIsSeenInTheTabAndHeard(t *testing.T) {
	t.Parallel()
	s := serve(t, "SESSION_TIMEOUT_MINUTES=2.15")
	p := s.person("Sarah")
	p.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.__tones = 0; window.OscillatorNode = class extends OscillatorNode { start(at) { window.__tones++; super.start(at) } }`,
	}))
	p.settles("Checkout squad", "cat")
	p.do(chromedp.MouseClickXY(5, 895)) // a browser lets a page sound only once it was touched
	p.sight(".notice.expiry")
	p.wait(`/^1:\d\d left · Checkout squad/.test(document.title)`)
	p.wait(`window.__tones === 2`)
}

func TestUsingThePageKeepsTheSessionAlive(t *testing.T) {
	t.Parallel()
	s := serve(t, "SESSION_TIMEOUT_MINUTES=0.5")
	p := s.person("Sarah")
	p.settles("Checkout squad", "cat")
	left := `+document.querySelector('.expiry [role=timer]')?.innerText.match(/0:(\d\d)/)[1]`
	p.wait(left + ` <= 13`)
	p.collects(left)
	p.do(chromedp.MouseClickXY(5, 895)) // on nothing in particular
	p.saw(`v >= 20`)
}

func TestTabSaysWhatHappens(t *testing.T) {
	_, p, guests := table(t, []string{"Mike", "Lisa"})
	p.wait(`document.title === 'Checkout squad · MagnaPP'`)
	p.begins("Pay by invoice")
	p.wait(`document.title === '● Vote · Checkout squad · MagnaPP'`)
	guests[0].vote("5")
	p.click(".hand [data-card='5']")
	p.wait(`document.title === '2/3 · Checkout squad · MagnaPP'`)
	p.presses("r")
	p.sight("#results")
	p.wait(`document.title === 'Checkout squad · MagnaPP'`)
}

func TestSmallCardsAreNotRoundedAway(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	g := s.settled("Checkout squad", "Sarah", map[string]any{"deck": map[string]any{"name": "Quarters", "cards": []map[string]string{{"value": "1/4"}, {"value": "½"}, {"value": "1¾"}, {"value": "?"}}}})
	p.sits(g)
	mike := s.join(g.session, "Mike", "bear")
	numbers := func(want string) {
		t.Helper()
		p.wait(`[...document.querySelectorAll('.results .numbers dd')].map((d) => d.innerText).join() === ` + quoted(want))
	}
	plays := func(topic, mine, theirs, estimate string) {
		t.Helper()
		g.start(topic)
		g.vote(mine)
		mike.vote(theirs)
		g.reveal()
		g.accept(estimate)
	}
	plays("Typing error", "1/4", "1/4", "1/4")
	p.sees("Everybody chose 1/4.")
	numbers("0.25,0.25,0.25")
	plays("Empty basket", "1/4", "½", "½")
	numbers("0.38,0.38,0.25–0.5")
	plays("Refund in part", "½", "1¾", "1¾")
	numbers("1.1,1.1,0.5–1.75")
	p.visit("/session/" + g.session + "/summary")
	p.wait(`document.querySelector('.summary dd')?.innerText === '2.5'`)
	if got := p.cells(); got != "Typing error | 1/4 | 1 | 1/4 | 0.25\nEmpty basket | ½ | 1 | 1/4–½ | 0.38\nRefund in part | 1¾ | 1 | ½–1¾ | 1.1" {
		t.Errorf("the summary is\n%s", got)
	}
	plays("Vouchers", "1/4", "1/4", "1/4")
	eval[any](p, `document.dispatchEvent(new Event('visibilitychange')), null`)
	p.wait(`document.querySelector('.summary dd')?.innerText === '2.75'`)
}
