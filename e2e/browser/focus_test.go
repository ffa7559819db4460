package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/input"
)

// focuses waits until the element has the focus.
func (p *person) focuses(selector string) {
	p.t.Helper()
	p.wait(`document.activeElement !== document.body && document.activeElement === ` + element(selector))
}

func TestFocusIsNotLostWhereDialogsLeadOnAndEnd(t *testing.T) {
	s, p, mike := meets(t)
	s.join(mike.session, "Lisa", "fox")
	p.click(".backlog")
	p.types("#new-stories", "Empty basket\rPay by invoice")
	p.click("dialog .primary")
	p.gone("dialog")
	p.focuses("h1") // the button that led there has made room for the list
	p.click(".story .open|Pay by invoice")
	p.click("dialog .danger")
	p.sight("dialog[data-kind=remove-story]")
	p.focuses("#dialog-title")
	p.presses("\x1b")
	p.gone("dialog")
	p.focuses(".story .open|Pay by invoice")

	p.click(".place .seat|Lisa")
	p.click("dialog button|Remove from session")
	p.sight("dialog[data-kind=kick]")
	p.focuses("#dialog-title")
	p.click("dialog .danger")
	p.gone("dialog")
	p.focuses("h1")

	p.click("button|Start voting")
	p.sight(".turning")
	p.focuses("button|Reveal cards")
	p.click("[aria-label=Menu]")
	p.click("dialog button|End session for all")
	p.click("dialog .danger")
	p.sight("[data-ending=ended]")
	p.focuses("h1")
	p.click("a|Open the summary")
	p.sight(".summary")
	p.focuses(".summary h1")
}

// mouse presses a button of the mouse for the nth time in a row where the middle of the element was.
func (p *person) mouse(at point, nth int64) {
	p.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		p.do(command(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: nth}))
	}
}

func TestSecondClickOfADoubleClickIsNoFurtherStep(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"})
	middle := func(selector string) point {
		p.sight(selector)
		return eval[point](p, `(() => { const r = `+element(selector)+`.getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + r.height / 2 } })()`)
	}
	p.mouse(middle("button|Start voting"), 1)
	p.mouse(middle("button|Reveal cards"), 2) // wherever it lies: where the first button lay, on another screen
	guests[0].vote("5")
	p.sees("1 of 2 has voted")
	p.mouse(middle("button|Reveal cards"), 1)
	p.sight("#results")
	p.mouse(middle("button|Accept 5"), 2)
	guests[0].do("POST", "/profile", map[string]string{"name": "Michael"})
	p.sees("Michael")
	p.sight("button|Accept 5")
}

func TestDoubleClickAndAKeyThatIsHeldLeaveTheCardThatIsChosen(t *testing.T) {
	_, p, guests := table(t, []string{"Mike"})
	p.click("button|Start voting")
	card := func(value string) point {
		selector := ".hand [data-card='" + value + "']"
		p.sight(selector)
		return eval[point](p, `(() => { const r = `+element(selector)+`.getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + r.height / 2 } })()`)
	}
	// done waits until the page has done with what came before: the shortcut for help is the last.
	done := func() {
		p.t.Helper()
		p.presses("?")
		p.sight("dialog[data-kind=help]")
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.mouse(card("8"), 1)
	p.mouse(card("8"), 2)
	done()
	p.holds("8")
	for _, repeat := range []bool{false, true} {
		p.do(command(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "5", Code: "Digit5", Text: "5", AutoRepeat: &repeat}))
	}
	done()
	p.holds("5")
	eval[any](p, `(document.querySelector('.hand [data-card="3"]').focus(), null)`)
	for _, repeat := range []bool{false, true} {
		p.do(command(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13, AutoRepeat: &repeat}))
	}
	done()
	p.holds("3")
	guests[0].vote("5")
	p.sees("2 of 2 have voted")
}

// outside names the buttons that do not lie wholly in the window, from side to side.
const outside = `[...document.querySelectorAll('.dock button')].filter((b) => { const r = b.getBoundingClientRect(); return r.width && (r.left < 0 || r.right > innerWidth) }).map((b) => b.innerText).join()`

// speaks chooses a language, as another tab of the browser would.
func (p *person) speaks(lang string) {
	p.t.Helper()
	eval[any](p, `localStorage.setItem('magnapp.prefs', JSON.stringify({ theme: 'light', lang: `+quoted(lang)+`, sound: false })), dispatchEvent(new StorageEvent('storage', { key: 'magnapp.prefs' })), null`)
	p.wait(`document.documentElement.lang === ` + quoted(lang))
}

func TestButtonsBelowTheTableFitTheSmallestPhoneInEveryLanguage(t *testing.T) {
	_, p, mike := meets(t, "Pay by invoice for business customers", "Empty basket")
	p.click("button|Start voting")
	p.click(".hand [data-card='8']")
	p.holds("8")
	mike.vote("5")
	p.size(320, 640)
	for _, lang := range []string{"de", "fr", "es", "en"} {
		p.speaks(lang)
		if got := eval[string](p, outside); got != "" {
			t.Errorf("while voting, in %s: %s reach beyond the window", lang, got)
		}
	}
	p.presses("r")
	p.sight("#results")
	for _, lang := range []string{"de", "fr", "es", "en"} {
		p.speaks(lang)
		p.fits()
		if got := eval[string](p, outside); got != "" {
			t.Errorf("after the reveal, in %s: %s reach beyond the window", lang, got)
		}
	}
	p.presses("a")
	p.sight(".offer")
	p.fits()
}

func TestFocusGoesOnWithADialogAndComesBack(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, _, _ := atATable(t, open)
		reaches := func(selector string) {
			r.wait(element(selector))
			value[any](r, `(`+element(selector)+`.focus(), null)`)
			r.click(selector)
		}
		reaches("[aria-label=Menu]")
		reaches("dialog .people button|Mike")
		r.wait(`document.querySelector('dialog[data-kind=person]') && document.activeElement?.id === 'dialog-title'`)
		r.see("focus-person")
		reaches("dialog [aria-label=Close]")
		r.wait(`!document.querySelector('dialog') && document.activeElement?.getAttribute('aria-label') === 'Menu'`)
		reaches("[aria-label=Menu]")
		reaches("dialog button|Leave session")
		r.wait(`document.querySelector('dialog[data-kind=leave]') && document.activeElement?.id === 'dialog-title'`)
		reaches("dialog .danger")
		r.wait(`document.querySelector('[data-ending=left]') && document.activeElement?.localName === 'h1'`)
		r.see("focus-left")
	})
}
