// Package firefox drives a real Firefox for tests, without a library in between. Nothing else imports it.
package firefox

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
	"time"
)

// Firefox is one that runs, driven over Marionette, the protocol that it speaks itself: JSON with its length before it, on a local socket.
type Firefox struct {
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Reader

	first Window // which stays

	Downloads string // Downloads is the folder where files go that somebody downloads.

	mu   sync.Mutex // one command at a time
	last int        // the number of the last command
}

// Window is one window of a Firefox.
type Window struct {
	f      *Firefox
	handle string
}

// patience bounds what must come; nothing is measured against it.
const patience = time.Minute

// starting is how long Firefox may take to start, on a machine that has much else to do.
const starting = 3 * time.Minute

func find() (string, error) {
	for _, name := range []string{os.Getenv("FIREFOX"), "firefox-esr", "firefox"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("the tests need Firefox, and found none: install the package firefox-esr (Ubuntu: firefox), or name one in the environment variable FIREFOX")
}

// prefs lets the port be chosen by the system, poker.example.com be this machine, downloads be kept without a question in the folder that is filled in, and nothing be fetched but what a test opens.
const prefs = `user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("intl.accept_languages", "en-US");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.proxy.type", 0);
user_pref("network.dns.localDomains", "poker.example.com");
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.download.folderList", 2);
user_pref("browser.download.dir", %q);
user_pref("browser.download.alwaysOpenPanel", false);
`

// Start starts a Firefox without a window on any screen, which believes every certificate and keeps its files in a folder of its own. Close ends it. The error is that there is none, or that it
// does not start within three minutes.
func Start(home string) (*Firefox, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(home, "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return nil, err
	}
	f := &Firefox{Downloads: filepath.Join(home, "downloads")}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), fmt.Appendf(nil, prefs, f.Downloads), 0o600); err != nil {
		return nil, err
	}
	f.cmd = exec.Command(path, "--headless", "--marionette", "--no-remote", "--profile", profile)
	f.cmd.Env = append(os.Environ(), "HOME="+home, "MOZ_HEADLESS=1", "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_HEADLESS_WIDTH=1440", "MOZ_HEADLESS_HEIGHT=900")
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Firefox: %w", err)
	}
	if err := f.connect(filepath.Join(profile, "MarionetteActivePort")); err != nil {
		f.Close()
		return nil, fmt.Errorf("connect to Firefox: %w", err)
	}
	return f, nil
}

// connect waits until Firefox has named its port, greets it and begins a session.
func (f *Firefox) connect(portFile string) error {
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
	if _, err := f.command("WebDriver:NewSession", map[string]any{"pageLoadStrategy": "none", "acceptInsecureCerts": true}); err != nil {
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
	f.first = Window{f, handle.Value}
	return nil
}

// Open opens a window.
func (f *Firefox) Open() (Window, error) {
	result, err := f.first.do("WebDriver:NewWindow", map[string]any{"type": "window", "focus": false})
	var opened struct{ Handle string }
	if err == nil {
		err = json.Unmarshal(result, &opened)
	}
	if err != nil {
		return Window{}, fmt.Errorf("open a window of Firefox: %w", err)
	}
	return Window{f, opened.Handle}, nil
}

// Close closes the window.
func (w Window) Close() error {
	if _, err := w.do("WebDriver:CloseWindow", struct{}{}); err != nil {
		return fmt.Errorf("close the window of Firefox: %w", err)
	}
	return nil
}

// message reads one message.
func (f *Firefox) message() ([]byte, error) {
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
func (f *Firefox) command(name string, params any) (json.RawMessage, error) {
	f.last++
	b, err := json.Marshal([]any{0, f.last, name, params})
	if err != nil {
		return nil, err
	}
	if err := f.conn.SetDeadline(time.Now().Add(starting)); err != nil { // that of the command before may have passed: commands may be far apart
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
func (w Window) do(name string, params any) (json.RawMessage, error) {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	if _, err := w.f.command("WebDriver:SwitchToWindow", map[string]any{"handle": w.handle, "focus": false}); err != nil {
		return nil, err
	}
	return w.f.command(name, params)
}

// Navigate opens an address; when the page is there, what it shows will tell.
func (w Window) Navigate(url string) error {
	_, err := w.do("WebDriver:Navigate", map[string]string{"url": url})
	return err
}

// Evaluate returns the value of an expression, which may be a promise, as JSON. The error is what the promise failed with, or that it takes longer than half a minute.
func (w Window) Evaluate(js string) (string, error) {
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

// Picture is what the window shows, as PNG.
func (w Window) Picture() ([]byte, error) {
	result, err := w.do("WebDriver:TakeScreenshot", map[string]any{"full": false})
	var picture struct{ Value []byte }
	if err == nil {
		err = json.Unmarshal(result, &picture)
	}
	return picture.Value, err
}

// Close ends Firefox: kindly, so that its children go too, and if that takes long, otherwise.
func (f *Firefox) Close() {
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
