package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestPictures draws the two pictures of the README, into the folder that -shots names.
func TestPictures(t *testing.T) {
	if *shots == "" {
		t.Skip("draws pictures: give a folder for them with -shots")
	}
	s := serve(t)
	p := s.person("Sarah Okafor")
	p.prefers("light", false)
	path := p.settles("Checkout squad", "cat")
	var guests []guest
	for _, m := range []struct{ name, avatar string }{
		{"Mike", "bear"}, {"Lisa Brandt", "rabbit"}, {"Tomás", "dog"}, {"Ayşe", "fox"}, {"Jun", "panda"}, {"Priya N.", "owl"}, {"Ole", "koala"}, {"Chloé", "penguin"},
	} {
		guests = append(guests, s.join(path[len("/session/"):], m.name, m.avatar))
	}
	round := func(topic, mine string, theirs ...string) {
		t.Helper()
		p.types("#topic", topic)
		p.presses("\r")
		p.sees("0 of 9 have voted")
		for i, card := range theirs {
			if card != "" {
				guests[i].vote(card)
			}
		}
		p.click(".hand [data-card='" + mine + "']")
		p.holds(mine)
	}
	for _, past := range []struct{ topic, card string }{{"Log in with SSO", "5"}, {"Empty basket", "2"}, {"Refunds, second try", "13"}} {
		round(past.topic, past.card)
		p.presses("r")
		p.sight("#results")
		p.presses("a")
		p.sight("button|Next round")
	}
	round("Pay by invoice for business customers", "8", "5", "8", "3", "8", "8", "13", "coffee", "8")
	p.sees("9 of 9 have voted")
	p.presses("r")
	p.sight("#results")
	p.fits()
	p.size(1280, 800)
	p.fits()
	p.draw("table")
	p.sees("Skip")
	p.click("button|Skip")
	p.size(390, 844)
	p.prefers("dark", false)
	round("Search: synonyms", "5", "8", "5", "", "3", "8", "5", "5")
	eval[any](p, `scrollTo(0, 0), null`)
	p.fits()
	p.draw("phone")
}

// draw writes a picture of the window as WebP, which is small enough for a README.
func (p *person) draw(name string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		quality := int64(88)
		picture, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(*shots, name+".webp"), picture.Data, 0o644)
	}))
}
