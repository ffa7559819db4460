// Package browser_test drives the page in a real Chromium, against the real server binary. What is about the network is tested in Firefox, too (inBrowsers), through a wire that hangs,
// cuts, delays and answers in the server's place.
//
// TestMain builds the binary once and starts one Chromium; every test has its own server with its own data folder, and every person their own browser context, as if on their own
// computer. Tests wait for what the page shows, never for time to pass. Every person's page fails the test with what it wrote to the console as an error, with an exception and
// with a request that failed, unless the test said before that this is part of the story.
//
// With -shots=DIR tests also write pictures of the screens there: TestGallery those of a whole meeting at five sizes, TestPictures those of the README.
package browser_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// starting is how long Chromium may take to start, on a machine that has much else to do.
const starting = 3 * time.Minute

// addressBar is what Chromium draws below its address bar as pages of its own, in a process for each person: nobody sees it here.
const addressBar = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"

var (
	shots = flag.String("shots", "", "write pictures of the screens into this folder")

	binary  string          // of the server
	browser context.Context // of the one Chromium
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if testing.Short() {
		fmt.Println("browser tests are left out of -short")
		return 0
	}
	if err := atOnce(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	chromium, err := findChromium()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "magnapp-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a folder for the tests:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "magnapp")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/magnapp/magnapp/cmd/magnapp").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the server: %v\n%s", err, out)
		return 1
	}
	stop, err := startChromium(chromium, filepath.Join(dir, "profile"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "start Chromium:", err)
		return 1
	}
	defer stop()
	defer func() { stopFirefox() }()
	return m.Run()
}

// atOnce has twice as many tests run at once as there are processors, unless it is said otherwise: they wait more than they work.
func atOnce() error {
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if said {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
}

func findChromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the browser tests need Chromium, and found none: install the package chromium (Debian and Ubuntu: apt-get install chromium), " +
		"or name one in the environment variable CHROMIUM")
}

func startChromium(path, profile string) (stop func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(starting),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,"+addressBar), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"), chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"), chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	stop = func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	browser = ctx
	return stop, nil
}
