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

// TestPictures draws the pictures of the README, into the folder that -shots names: the table with its stories, a phone, and the summary.
func TestPictures(t *testing.T) {
	_, p, path, guests := whole(t)
	begins := func(cards ...string) {
		t.Helper()
		p.presses("n")
		p.sees(fmt.Sprintf("0 of %d have voted", len(guests)-2))
		for i, card := range cards {
			if card != "" {
				guests[i+1].vote(card)
			}
		}
		p.click(".hand [data-card='8']")
		p.holds("8")
	}
	begins("5", "8", "3", "8", "8", "13")
	p.sees("7 of 7 have voted")
	p.presses("r")
	p.sight("#results")
	p.size(1280, 800)
	p.fits()
	p.draw("table")
	p.click("button|Accept 8")
	p.sight(".offer")
	p.size(390, 844)
	p.prefers("dark", false)
	begins("8", "5", "", "3", "8", "5")
	eval[any](p, `scrollTo(0, 0), null`)
	p.fits()
	p.draw("phone")
	p.presses("r")
	p.sight("#results")
	p.click("button|Accept")
	p.sight(".offer")
	p.prefers("light", false)
	p.size(1280, 800)
	p.visit(path + "/summary")
	p.sight("#takeaway")
	p.fits()
	p.draw("summary")
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
