package browser_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// firefox is the one Firefox of the tests, driven over Marionette, the protocol that it speaks itself: JSON with its length before it, on a local socket.
type firefox struct {
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Reader

	first window // which stays

	mu   sync.Mutex // one command at a time
	last int        // the number of the last command
}

// window is one window of Firefox.
type window struct {
	*firefox
	handle string
}

// theFirefox starts Firefox when the first test needs it. TestMain ends it.
var theFirefox = sync.OnceValues(func() (*firefox, error) {
	f, err := startFirefox()
	stopFirefox = func() {
		if f != nil {
			f.close()
		}
	}
	return f, err
})

// stopFirefox ends the Firefox of the tests, if one was started.
var stopFirefox = func() {}

// starting is how long Firefox may take to start, on a machine that has much else to do.
const starting = 3 * time.Minute

func findFirefox() (string, error) {
	for _, name := range []string{os.Getenv("FIREFOX"), "firefox-esr", "firefox"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("the browser tests need Firefox, and found none: install the package firefox-esr (Ubuntu: firefox), or name one in the environment variable FIREFOX")
}

// firefoxPrefs lets the port be chosen by the system, and nothing be fetched but what a test opens.
const firefoxPrefs = `user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("intl.accept_languages", "en-US");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.proxy.type", 0);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
`

func startFirefox() (*firefox, error) {
	path, err := findFirefox()
	if err != nil {
		return nil, err
	}
	home := filepath.Join(filepath.Dir(binary), "firefox")
	profile := filepath.Join(home, "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		return nil, err
	}
	f := &firefox{cmd: exec.Command(path, "--headless", "--marionette", "--no-remote", "--profile", profile)}
	f.cmd.Env = append(os.Environ(), "HOME="+home, "MOZ_HEADLESS=1", "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_HEADLESS_WIDTH=1440", "MOZ_HEADLESS_HEIGHT=900")
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Firefox: %w", err)
	}
	if err := f.connect(filepath.Join(profile, "MarionetteActivePort")); err != nil {
		f.close()
		return nil, fmt.Errorf("connect to Firefox: %w", err)
	}
	return f, nil
}

// connect waits until Firefox has named its port, greets it and begins a session.
func (f *firefox) connect(portFile string) error {
	deadline := time.NewTimer(starting)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for f.conn == nil {
		select {
		case <-deadline.C:
			return errors.New("it names no port to connect to")
		case <-again.C:
		}
		if port, err := os.ReadFile(portFile); err == nil {
			f.conn, _ = net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strings.TrimSpace(string(port))), starting)
		}
	}
	f.in = bufio.NewReader(f.conn)
	if _, err := f.message(); err != nil {
		return err
	}
	if _, err := f.command("WebDriver:NewSession", map[string]any{"pageLoadStrategy": "none"}); err != nil {
		return err
	}
	result, err := f.command("WebDriver:GetWindowHandle", struct{}{})
	if err != nil {
		return err
	}
	var handle struct{ Value string }
	if err := json.Unmarshal(result, &handle); err != nil {
		return err
	}
	f.first = window{f, handle.Value}
	return nil
}

// open opens a window.
func (f *firefox) open(t *testing.T) window {
	t.Helper()
	result, err := f.first.do("WebDriver:NewWindow", map[string]any{"type": "window", "focus": false})
	var opened struct{ Handle string }
	if err == nil {
		err = json.Unmarshal(result, &opened)
	}
	if err != nil {
		t.Fatalf("open a window of Firefox: %v", err)
	}
	w := window{f, opened.Handle}
	t.Cleanup(func() {
		if _, err := w.do("WebDriver:CloseWindow", struct{}{}); err != nil {
			t.Errorf("close the window of Firefox: %v", err)
		}
	})
	return w
}

// message reads one message.
func (f *firefox) message() ([]byte, error) {
	if err := f.conn.SetDeadline(time.Now().Add(starting)); err != nil {
		return nil, err
	}
	length, err := f.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(f.in, b)
	return b, err
}

// command sends a command and returns its result. Who calls it holds the lock, but at the start.
func (f *firefox) command(name string, params any) (json.RawMessage, error) {
	f.last++
	b, err := json.Marshal([]any{0, f.last, name, params})
	if err != nil {
		return nil, err
	}
	if err := f.conn.SetDeadline(time.Now().Add(starting)); err != nil { // the one of the command before may have passed: tests in Firefox may be far apart
		return nil, err
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(b), b); err != nil {
		return nil, err
	}
	answer, err := f.message()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var parts []json.RawMessage // 1, the command's number, an error or null, the result
	if err := json.Unmarshal(answer, &parts); err != nil || len(parts) != 4 {
		return nil, fmt.Errorf("%s: unexpected answer %s", name, answer)
	}
	if string(parts[2]) != "null" {
		return nil, fmt.Errorf("%s: %s", name, parts[2])
	}
	return parts[3], nil
}

// do sends a command to this window.
func (w window) do(name string, params any) (json.RawMessage, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.command("WebDriver:SwitchToWindow", map[string]any{"handle": w.handle, "focus": false}); err != nil {
		return nil, err
	}
	return w.command(name, params)
}

// navigate opens an address; when the page is there, what it shows will tell.
func (w window) navigate(url string) error {
	_, err := w.do("WebDriver:Navigate", map[string]string{"url": url})
	return err
}

// evaluate returns the value of an expression, which may be a promise, as JSON.
func (w window) evaluate(js string) (string, error) {
	result, err := w.do("WebDriver:ExecuteAsyncScript", map[string]any{
		"script": "const done = arguments[0]; Promise.resolve(" + js + ").then((v) => done({ value: v ?? null }), (e) => done({ error: String(e) }))", "args": []any{}, "scriptTimeout": patience.Milliseconds(),
	})
	if err != nil {
		return "", err
	}
	var out struct {
		Value struct {
			Value json.RawMessage
			Error string
		}
	}
	if err := json.Unmarshal(result, &out); err != nil {
		return "", fmt.Errorf("%w in %s", err, result)
	}
	if out.Value.Error != "" {
		return "", errors.New(out.Value.Error)
	}
	return string(out.Value.Value), nil
}

// see takes a picture of the window, if pictures are wanted.
func (w window) see(t *testing.T, name string) {
	if *shots == "" {
		return
	}
	result, err := w.do("WebDriver:TakeScreenshot", map[string]any{"full": false})
	var picture struct{ Value []byte }
	if err == nil {
		err = json.Unmarshal(result, &picture)
	}
	if err == nil {
		err = os.MkdirAll(*shots, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+"-firefox.png"), picture.Value, 0o644)
	}
	if err != nil {
		t.Logf("take a picture: %v", err)
	}
}

// close ends Firefox: kindly, so that its children go too, and if that takes long, otherwise.
func (f *firefox) close() {
	if f.conn == nil {
		_ = f.cmd.Process.Kill()
	} else {
		_, _ = f.command("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}})
		_ = f.conn.Close()
	}
	end := time.AfterFunc(patience, func() { _ = f.cmd.Process.Kill() })
	defer end.Stop()
	_ = f.cmd.Wait()
}
