package clients_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// tab opens a page in a browser, and passes on what its console says of events; what else it says is no event.
func tab(t *testing.T, url string) (context.Context, <-chan string) {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("Chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(3*patience),
		chromedp.Flag("disable-dev-shm-usage", true))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	t.Cleanup(func() { stopBrowser(); stopAllocator() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	messages := chromedp.Console(ctx)
	go func() {
		defer close(lines)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == "log" && len(strings.Fields(m.Text)) == 2 {
				lines <- m.Text
			}
		}
	}()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	return ctx, lines
}
