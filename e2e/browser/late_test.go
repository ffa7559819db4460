package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// withholds keeps answers from the page from now on: those to requests whose method and address contain the text. The requests have their effect. released gives the page the answers that are
// kept, and waits until it has done with them.
func (p *person) withholds(request string) (released func()) {
	p.t.Helper()
	p.postpones(`ms === 3000 || ms === 8000`) // a slow machine is no slow network
	eval[any](p, `(() => {
		const real = window.__fetch ??= window.fetch
		const kept = window.__kept = []
		window.fetch = async (url, init = {}) => {
			const answer = await real(url, init), text = await answer.text()
			if (((init.method ?? 'GET') + ' ' + url).includes(`+quoted(request)+`)) await new Promise((done) => kept.push(done))
			return new Response(text, { status: answer.status, headers: answer.headers })
		}
	})(), null`)
	return func() {
		p.t.Helper()
		p.keepsAnswers(1)
		eval[any](p, `(async () => {
			window.fetch = window.__fetch
			for (const done of window.__kept) done()
			for (let turn = 0; turn < 20; turn++) await new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(null) })
			return null
		})()`)
	}
}

// keepsAnswers waits until so many answers are kept from the page.
func (p *person) keepsAnswers(n int) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`window.__kept.length === %d`, n))
}

// escapes closes the dialog that is open, by the key.
func (p *person) escapes() {
	p.t.Helper()
	p.presses("\x1b")
	p.gone("dialog")
}

// keeps fails unless the dialog of that kind is still open.
func (p *person) keeps(kind, because string) {
	p.t.Helper()
	if got := eval[string](p, `document.querySelector('dialog')?.dataset.kind ?? ''`); got != kind {
		p.t.Errorf("the dialog %q is open, want %q: %s", got, kind, because)
	}
}

func TestLateAnswerLeavesWhatWasOpenedSince(t *testing.T) {
	s, p, mike := meets(t, "Empty basket", "Pay by invoice")
	s.join(mike.session, "Lisa", "fox")
	person := func(name string) {
		p.click("[aria-label=Menu]")
		p.click("dialog .people button|" + name)
		p.sight("dialog[data-kind=person]")
	}

	person("Sarah")
	p.click("dialog button|Change name and face")
	p.types("#me-name", "Sarah Ann")
	released := p.withholds("/profile")
	p.click("dialog button|Save")
	p.keepsAnswers(1)
	p.escapes()
	p.click("[aria-label=Menu]")
	p.click("dialog button|Session settings")
	p.types("#new-password", "abc")
	p.click("dialog button|Save")
	p.sight("dialog .error")
	released()
	p.keeps("settings", "the name was saved, and another dialog is open")
	p.sight("dialog .error")
	p.escapes()

	person("Lisa")
	p.click("dialog button|Remove")
	p.sight("dialog[data-kind=kick]")
	released = p.withholds("/kick/")
	p.click("dialog .danger")
	p.keepsAnswers(1)
	p.escapes()
	person("Mike")
	released()
	p.keeps("person", "somebody else was removed")
	p.escapes()

	p.click(".story .open|Empty basket")
	p.click("dialog button|Remove")
	p.sight("dialog[data-kind=remove-story]")
	released = p.withholds("DELETE")
	p.click("dialog .danger")
	p.keepsAnswers(1)
	p.escapes()
	p.click("[aria-label=Menu]")
	p.sight("dialog[data-kind=menu]")
	released()
	p.keeps("menu", "a story was removed")
	p.escapes()

	person("Mike")
	released = p.withholds("/transfer")
	p.click("dialog button|Make Scrum Master")
	p.keepsAnswers(1)
	p.escapes()
	p.click("[aria-label=Menu]")
	p.sight("dialog[data-kind=menu]")
	released()
	p.keeps("menu", "the role went on")
}

func TestLateSeatLinkIsNotThatOfAnotherSession(t *testing.T) {
	t.Parallel()
	p := serve(t).person("Sarah")
	p.settles("Payments squad", "cat")
	p.settles("Checkout squad", "cat")
	p.click("[aria-label=Menu]")
	released := p.withholds("/seat-link")
	p.click("dialog button|Go on on your phone")
	p.keepsAnswers(1)
	p.escapes()
	p.click(".brand")
	p.click("dialog .danger")
	p.click(".mine a|Payments squad")
	p.sight(".place.me")
	eval[any](p, `window.fetch = window.__fetch, null`)
	p.click("[aria-label=Menu]")
	p.click("dialog button|Go on on your phone")
	p.sight("#seat-link")
	link := eval[string](p, `document.querySelector('#seat-link').value`)
	released()
	if got := eval[string](p, `document.querySelector('#seat-link')?.value ?? ''`); got != link {
		t.Errorf("the link to the seat became %q, want still %q", got, link)
	}
}

func TestSeatLinkThatCannotBeHadCanBeAskedForAgain(t *testing.T) {
	t.Parallel()
	p := serve(t).person("Sarah")
	p.settles("Checkout squad", "cat")
	p.pardon("429")
	p.click("[aria-label=Menu]")
	eval[any](p, `(() => { const real = window.__fetch = window.fetch
		window.fetch = async (url, init) => url.includes('/seat-link') ? new Response(JSON.stringify({ title: 'Too many requests', status: 429, type: '/docs#too_many_requests', detail: 'Wait a moment.' }), { status: 429 }) : real(url, init) })(), null`)
	p.click("dialog button|Go on on your phone")
	p.sees("Wait a moment.")
	eval[any](p, `window.fetch = window.__fetch, null`)
	p.click("dialog button|New link")
	p.sight("#seat-link")
}

func TestStoriesThatAreEditedWhileTheirFateIsUnknownAreNotDoubled(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		t.Run(map[bool]string{true: "arrived", false: "lost"}[arrives], func(t *testing.T) {
			_, p, helper := meets(t)
			p.pardon("503", "422")
			p.keepsToasts()
			p.click(".backlog")
			p.types("#new-stories", "Empty basket\rPay by invoice")
			eval[any](p, fmt.Sprintf(`(() => { const real = window.__fetch = window.fetch
				window.fetch = async (url, init = {}) => {
					if (init.method !== 'POST' || !url.includes('/stories?')) return real(url, init)
					if (%t) await real(url, init)
					return new Response('', { status: 503, headers: { 'Retry-After': '60' } })
				} })(), null`, arrives))
			p.click("dialog button.primary")
			p.sight("dialog .error|It is not known whether this was done. Please try again: it is done only once.")
			eval[any](p, `window.fetch = window.__fetch, null`)
			p.types("#new-stories", "Empty basket\rPay by card\rRefund in part")
			p.click("dialog button.primary")
			p.gone("dialog")
			want := "Empty basket, Pay by card, Refund in part"
			if arrives {
				want = "Empty basket, Pay by invoice, Pay by card, Refund in part"
				p.sees("What you had sent first had arrived: Pay by invoice stands on the list, too.")
			}
			var titles []string
			for _, s := range helper.stories() {
				titles = append(titles, s.Title)
			}
			if got := strings.Join(titles, ", "); got != want {
				t.Errorf("the list is %s, want %s", got, want)
			}
		})
	}
}

func TestWhoJoinsAgainCanAddStoriesAgain(t *testing.T) {
	_, p, helper := meets(t)
	p.click(".backlog")
	p.types("#new-stories", "Empty basket")
	p.click("dialog button.primary")
	p.gone("dialog")
	p.click("[aria-label=Menu]")
	p.click("dialog button|Leave session")
	p.click("dialog .danger")
	p.sight("[data-ending=left]")
	helper.do("POST", "/settings", map[string]any{"everyone_may": []string{"stories"}})
	p.click("button|Join again")
	p.click("button|Join as")
	p.sight(".place.me")
	p.click(".stories button|Add")
	p.types("#new-stories", "Pay by card")
	p.click("dialog button.primary")
	p.gone("dialog")
	p.seesStories("Empty basket", "Pay by card")
}

func TestStoriesThatAreRefusedStandAsTheyWereTyped(t *testing.T) {
	_, p, _ := meets(t)
	p.click(".backlog")
	p.types("#new-stories", "- Empty basket")
	served := p.foreign("/stories?", http.StatusForbidden)
	p.click("dialog button.primary")
	p.sight("dialog .error")
	served()
	if got := eval[string](p, `document.querySelector('#new-stories').value`); got != "- Empty basket" {
		t.Errorf("the field says %q, want what was typed", got)
	}
}
