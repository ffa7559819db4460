package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// prints lets the page look as it does on paper.
func (p *person) prints(on bool) {
	p.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media}))
}

// cells are the texts of the summary's table.
func (p *person) cells() string {
	p.t.Helper()
	return eval[string](p, `[...document.querySelectorAll('#takeaway tbody tr')].map((r) => [...r.children].map((c) => c.innerText.replace(/\s+/g, ' ').trim()).slice(0, 5).join(' | ')).join('\n')`)
}

// estimates plays one round for each story by the API, Mike's and Sarah's vote the same.
func (g guest) estimates(stories []story, cards ...string) {
	g.s.t.Helper()
	for i, card := range cards {
		g.do("POST", "/start", map[string]string{"story_id": stories[i].ID})
		g.vote(card)
		g.reveal()
		g.accept(card)
	}
}

const takenHome = `PAY-1 Pay by invoice | 5 | 1 | 5 | 5
PAY-2 A | B | 8 | 1 | 8 | 8
PAY-3 Refund in part | – | – | – | –`

func TestSummaryIsReadCopiedAndPrinted(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "A | B", "Refund in part")
	helper.estimates(helper.stories(), "5", "8")
	helper.start("Lunch")
	helper.vote("1")
	helper.reveal()
	helper.accept("1")
	p.click("header button[aria-label=Menu]")
	if got := eval[string](p, element("dialog a|Summary")+`.pathname + `+element("dialog a|Summary")+`.target`); got != "/session/"+helper.session+"/summary_blank" {
		t.Errorf("the menu leads to %s", got) // a tab of its own: who leads stays at the table
	}
	other := p.another()
	other.visit("/session/" + helper.session + "/summary")
	other.sight("#takeaway")
	if got := other.cells(); got != takenHome+"\nLunch | 1 | 1 | 1 | 1" {
		t.Errorf("the summary is\n%s", got)
	}
	other.wait(`[...document.querySelectorAll('.summary dd')].slice(0, 3).map((d) => d.innerText).join() === '14,3 of 4,3'`)
	other.inspect("summary")
	text, _ := other.copies("button|Copy as Markdown")
	for _, want := range []string{"# Checkout squad\n", "- Points: 14\n", "| Story | Estimate |", "| PAY-1 Pay by invoice | 5 | 1 | 5 | 5 |", `| PAY-2 A \| B | 8 |`} {
		if !strings.Contains(text, want) {
			t.Errorf("as Markdown there is no %q in\n%s", want, text)
		}
	}
	text, markup := other.copies("button|Copy as table")
	if !strings.Contains(text, "PAY-1 Pay by invoice\t5\t1\t5\t5\t") || !strings.Contains(markup, "<td>PAY-2 A | B</td>") {
		t.Errorf("as a table the summary is\n%s\n%s", text, markup)
	}
	other.prints(true)
	other.size(794, 1123)
	if got := eval[[]string](other, `[...document.querySelectorAll('header button, .acts')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 60))`); len(got) > 0 {
		t.Errorf("on paper there is %q", got)
	}
	other.sees("Refund in part")
	other.fits()
	other.shoot("summary-print")
	other.prints(false)
	helper.do("POST", "/stories/"+helper.stories()[0].ID, map[string]any{"title": "Pay by bill"})
	eval[any](other, `document.dispatchEvent(new Event('visibilitychange')), null`) // who comes back to the tab
	other.sees("Pay by bill")
}

func TestSummaryOutlivesItsSession(t *testing.T) {
	s, p, helper := meets(t, "Pay by invoice", "A | B", "Refund in part")
	helper.estimates(helper.stories(), "5", "8")
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|End session for all")
	p.click("dialog button|End session")
	p.sight("[data-ending=ended]")
	p.click("a|Open the summary")
	p.sight("#takeaway")
	if got := p.cells(); got != takenHome {
		t.Errorf("after the end the summary is\n%s", got)
	}
	p.inspect("summary-ended")
	stranger := s.person("Ole") // by the link, since the session had no password
	stranger.visit("/session/" + helper.session + "/summary")
	stranger.sight("#takeaway")

	nobody := s.person("Nobody").pardon("404")
	nobody.visit("/session/00000000-0000-4000-8000-000000000000/summary")
	nobody.sees("There is no summary here")
	nobody.inspect("summary-gone")
}

func TestSummaryOfAProtectedSessionIsForThoseWhoWereThere(t *testing.T) {
	s, p, helper := meets(t, "Pay by invoice")
	helper.estimates(helper.stories(), "5")
	eval[any](p, fmt.Sprintf(`(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.%[1]s')).user
		const answer = await fetch('/api/sessions/%[1]s/settings?user_id=' + me, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"password":"sesame"}' }); if (!answer.ok) throw new Error(answer.status) })()`, helper.session))
	stranger := s.person("Ole").pardon("401")
	stranger.visit("/session/" + helper.session + "/summary")
	stranger.sees("This summary is for those who were there")
	stranger.inspect("summary-closed")
	p.visit("/session/" + helper.session + "/summary")
	p.sight("#takeaway")
}
