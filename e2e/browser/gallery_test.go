package browser_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// screens are the sizes that the gallery shows: a laptop, a tablet, a phone; and with a glance at the ends, the smallest phone and a large screen.
var screens = [][2]int64{{1440, 900}, {768, 1024}, {390, 844}, {320, 640}, {2560, 1440}}

// gallery draws what is on the page now at every size, in light and dark, into the folder that -shots names. A page that is longer than the window is drawn whole.
func (p *person) gallery(screen string) {
	p.t.Helper()
	for _, theme := range []string{"light", "dark"} {
		p.prefers(theme, false)
		for _, size := range screens {
			p.size(size[0], size[1])
			p.fits()
			p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				beyond := true
				picture, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
				if err != nil {
					return err
				}
				return os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", screen, size[0], theme)), picture.Data, 0o644)
			}))
		}
	}
	p.prefers("light", false)
	p.size(1440, 900)
}

// backlog are the stories of the meeting in the gallery.
func backlog() []map[string]any {
	titles := []string{
		"Log in with single sign-on", "Empty basket says what to do next", "Refund in part, second try", "Pay by invoice for business customers", "Search finds synonyms and what was mistyped",
		"Address book: more than one address of delivery for each customer", "Mail when an order is late", "Export of orders as CSV", "Gift cards", "Price with tax for every country that we deliver to", "Remember the basket on another device", "Rate limit for coupons",
	}
	stories := titled(titles...)
	stories[3]["description"] = "As a buyer of a company I want to pay by invoice, so that I need no card.\n\n- at most 5,000 €\n- after the first order that was paid\n\nSee https://wiki.example/invoices for what was agreed with the accountants."
	stories[3]["type"], stories[3]["url"] = "Story", "https://tracker.example/browse/PAY-4"
	return stories
}

// whole is the meeting of the gallery: nine people, two of whom watch and one of whom helps, with stories of every status.
func whole(t *testing.T) (s *server, p *person, path string, guests []guest) {
	t.Helper()
	if *shots == "" {
		t.Skip("draws pictures: give a folder for them with -shots")
	}
	s = serve(t)
	p = s.person("Sarah Okafor")
	p.prefers("light", false)
	g := s.settled("Checkout squad", "Sarah Okafor", map[string]any{"settings": map[string]any{"everyone_may": []string{"reveal"}}})
	g.do("POST", "/profile", map[string]string{"avatar": "cat"})
	p.sits(g)
	path = "/session/" + g.session
	for i, m := range []struct{ name, avatar string }{
		{"Mike", "bear"}, {"Lisa Brandt", "rabbit"}, {"Tomás", "dog"}, {"Ayşe", "fox"}, {"Jun", "panda"}, {"Priya N.", "owl"}, {"Ole", "koala"}, {"Chloé", "penguin"},
	} {
		guests = append(guests, s.join(g.session, m.name, m.avatar))
		if i > 5 {
			guests[i].do("POST", "/role", map[string]string{"user_id": guests[i].id, "role": "spectator"})
		}
	}
	g.do("POST", "/facilitators/"+guests[0].id, nil)
	g.lists(backlog()...)
	for i, card := range []string{"5", "2", "13"} {
		g.do("POST", "/start", map[string]string{"story_id": g.stories()[i].ID})
		for _, who := range append(guests[:6:6], g) {
			who.vote(card)
		}
		g.reveal()
		g.accept(card)
	}
	g.do("POST", "/stories/"+g.stories()[6].ID, map[string]string{"status": "skipped"})
	p.wait(`document.querySelectorAll('.backlog-list .story').length === 12`)
	return s, p, path, append([]guest{g}, guests...)
}

func TestGalleryOfTheTable(t *testing.T) {
	_, p, _, guests := whole(t)
	p.gallery("table-next")
	p.presses("n")
	p.sight("button|Reveal cards")
	guests[0].do("POST", "/timer", map[string]int{"seconds": 100})
	p.sight(".timer")
	for i, card := range []string{"5", "8", "3", "8", "8"} {
		guests[i+1].vote(card)
	}
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.gallery("table-voting")
	p.size(390, 844)
	p.click("header .backlog")
	p.sight("dialog .story")
	p.gallery("stories-sheet")
	p.closes()
	p.click("button[aria-label='Timer of this round']")
	p.gallery("dialog-timer")
	p.closes()
	p.click(".topic .more")
	p.sees("As a buyer of a company")
	p.gallery("story-voting")
	p.closes()
	p.presses("r")
	p.sight("#results")
	p.gallery("table-results")
	p.click("button|Accept 8")
	p.sight(".offer")
	p.gallery("table-offered")
	p.click(".story .open|Pay by invoice")
	p.sees("As a buyer of a company")
	p.gallery("story")
	p.click("dialog button|Edit")
	p.sight("#story-title")
	p.gallery("story-edit")
	p.types("#story-title", "Pay by bill")
	guests[1].do("POST", "/stories/"+guests[0].stories()[3].ID, map[string]any{"title": "Pay by purchase order"})
	p.pardon("409")
	p.click("dialog button|Save")
	p.sees("Now: Pay by purchase order")
	p.gallery("story-conflict")
	p.closes()
	p.click(".story .open|Gift cards")
	p.click("dialog button|Remove")
	p.sees("Gift cards")
	p.gallery("story-remove")
	p.closes()
	p.click(".stories button|Add")
	p.types("#new-stories", "- Order again with one click\rPay in instalments\rThank the buyer")
	p.sight("button|Add 3 stories")
	p.gallery("stories-add")
}

func TestGalleryOfTheDialogs(t *testing.T) {
	_, p, _, guests := whole(t)
	p.click("header button[aria-label=Menu]")
	p.gallery("dialog-menu")
	p.click("dialog button|Change the deck")
	p.click(".deck|Our deck")
	p.types("#own-cards", "0 ½ 1 2 3 5 8 large ? coffee")
	p.types("#own-name", "Squad cards")
	p.gallery("dialog-deck")
	eval[any](p, `document.querySelector('dialog').scrollTo(0, 9999), null`)
	p.gallery("dialog-deck-end")
	p.closes()
	p.runs("Session settings")
	p.gallery("dialog-settings")
	p.size(390, 844)
	eval[any](p, `document.querySelector('dialog').scrollTo(0, 9999), null`)
	p.gallery("dialog-settings-end")
	p.closes()
	p.runs("Go on on your phone")
	p.sight("dialog .qr svg")
	p.gallery("dialog-seat")
	p.closes()
	p.click(`.seat|Lisa Brandt`)
	p.gallery("dialog-person")
	p.closes()
	p.presses("?")
	p.gallery("dialog-help")
	p.closes()
	p.click("header button|Invite")
	p.sight("dialog .qr svg")
	p.gallery("dialog-invite")
	p.closes()
	summary := p.another()
	summary.visit("/session/" + guests[0].session + "/summary")
	summary.sight("#takeaway")
	summary.gallery("summary")
	p.runs("End session for all")
	p.gallery("dialog-end")
	p.click("dialog button|End session")
	p.sight("[data-ending=ended]")
	p.gallery("over-ended")
	p.click("a|Open the summary")
	p.sight("#takeaway")
	p.gallery("summary-ended")
}

func TestGalleryOfTheOthers(t *testing.T) {
	s, p, _, guests := whole(t)
	lisa, ole := s.person("Lisa"), s.person("Ole")
	lisa.sits(guests[2])
	ole.sits(guests[7])
	lisa.gallery("voter-waiting")
	p.presses("n")
	p.sight("button|Reveal cards")
	for _, i := range []int{1, 3, 5} {
		guests[i].vote("8")
	}
	lisa.sees("3 of 7 have voted")
	lisa.keepsToasts()
	p.keepsToasts()
	p.click("button[aria-label='Remind those whose cards are missing']")
	p.sees("Reminded:")
	lisa.sees("The others are waiting for your card.")
	lisa.gallery("voter-reminded")
	p.gallery("table-reminded")
	ole.gallery("spectator-voting")
	guests[2].vote("13")
	guests[4].vote("3")
	guests[0].do("POST", "/timer", map[string]int{"seconds": 28})
	lisa.sight(".timer.soon")
	lisa.gallery("voter-soon")
	lisa.takesItsTime(`document.querySelector('.timer.up')`)
	lisa.gallery("voter-time-up")
	p.presses("r")
	lisa.sight("#results")
	lisa.gallery("voter-results")
	ole.gallery("spectator-results")
	p.visit("/") // nobody leads any more
	guests[0].do("DELETE", "/facilitators/"+guests[1].id, nil)
	lisa.sight("button:disabled|Take over in 0:")
	lisa.gallery("paused")
	lisa.takesItsTime(`document.querySelector('.takeover:enabled')`)
	lisa.gallery("paused-offered")
}

func TestGalleryOfTheDoor(t *testing.T) {
	s, _, path, guests := whole(t)
	p := s.person("Ada").pardon("401")
	p.visit("/")
	p.gallery("start")
	p.types("#session-name", "Checkout squad")
	p.types("#me-name", "Ada")
	p.click(".more-options summary")
	p.sight(".options")
	p.gallery("start-options")
	p.click(".deck|Our deck")
	p.types("#own-cards", "0 ½ 1 2 3 5 8 large ? coffee")
	p.ticks("auto_reveal")
	p.types("#new-password", "abc")
	p.click("button|Start session")
	p.sees("The password: please enter 4 to 100 characters.")
	p.gallery("start-options-own")
	p.visit(path)
	p.gallery("join")
	guests[0].do("POST", "/settings", map[string]any{"locked": true})
	p.sight("[data-ending=locked]")
	p.gallery("join-locked")
	guests[0].do("POST", "/settings", map[string]any{"locked": false, "password": "open sesame"})
	p.visit(path)
	p.types("#password", "open barley")
	p.types("#me-name", "Ada")
	p.presses("\r")
	p.sees("That is not the password of this session.")
	p.gallery("join-password")
	p.visit(path + "/summary")
	p.sees("This summary is for those who were there")
	p.gallery("summary-closed")
}

func TestGalleryOfOtherRounds(t *testing.T) {
	if *shots == "" {
		t.Skip("draws pictures: give a folder for them with -shots")
	}
	s := serve(t)
	p := s.person("Sarah Okafor")
	path := p.settles("Checkout squad", "cat")
	p.gallery("table-alone")
	guests := s.fill(path, 3)
	p.gallery("table-ready")
	rounds := func(settings, deck map[string]any, screen string, votes ...[]string) {
		t.Helper()
		g := s.settled("Checkout squad", "Sarah Okafor", map[string]any{"settings": settings, "deck": deck})
		q := s.person("Sarah Okafor")
		q.sits(g)
		guests = append([]guest{g}, s.fill("/session/"+g.session, len(votes[0])-1)...)
		for i, round := range votes {
			g.start("Pay by invoice for business customers")
			for j, card := range round {
				if card != "" {
					guests[j].vote(card)
				}
			}
			q.sees("have voted")
			q.gallery(fmt.Sprintf("%s-voting-%d", screen, i))
			g.reveal()
			q.sight("#results")
			q.gallery(fmt.Sprintf("%s-results-%d", screen, i))
		}
	}
	rounds(map[string]any{"anonymous": true}, map[string]any{"name": "fibonacci"}, "anonymous", []string{"5", "8", "3", "13", "8"})
	rounds(nil, map[string]any{"name": "t-shirt"}, "shirts", []string{"M", "L", "S", "M", "XL", "coffee"}, []string{"XS", "XXL", "S", "M", "XL", "L"}, []string{"L", "L", "L", "L", "L", "L"})
	rounds(nil, map[string]any{"name": "Words", "cards": []map[string]any{{"value": "half a day"}, {"value": "one day"}, {"value": "two days"}, {"value": "sixteencharacter"}, {"value": "∞"}, {"value": "?"}}}, "words", []string{"one day", "two days", "half a day", "sixteencharacter", "?"})
	rounds(nil, map[string]any{"name": "modified-fibonacci"}, "nine", []string{"8", "5", "8", "3", "8", "100", "½", "coffee", "8"})
	rounds(nil, map[string]any{"name": "fibonacci"}, "coffee", []string{"coffee", "coffee", ""})
}
