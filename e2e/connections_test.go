//go:build linux

package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fewFiles is a limit of open files that a few hundred connections exceed.
const fewFiles = 128

// serveWithFewFiles starts a server that may have few files open.
func serveWithFewFiles(t *testing.T, settings ...string) *process {
	t.Helper()
	cmd := command(t, settings, "-c", fmt.Sprintf(`ulimit -n %d && exec %q`, fewFiles, program))
	cmd.Path, cmd.Args[0] = "/bin/sh", "sh"
	return started(t, cmd)
}

// crowd opens more connections from an address than the server may have files, and says something on each.
func (p *process) crowd(t *testing.T, from, says string) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	for range 3 * fewFiles {
		conn, err := dialer.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = conn.Write([]byte(says)) // it may be closed already
	}
}

// TestConnectionsThatUseUpTheFilesStopNobody opens more connections than the server may have files, and looks whether those who are in can go on, and others come in.
func TestConnectionsThatUseUpTheFilesStopNobody(t *testing.T) {
	for name, c := range map[string]struct{ from, says, setting string }{
		"silent":                          {"127.0.0.3", "", ""},
		"with half a request":             {"127.0.0.3", "GET /health HTTP/1.1\r\n", ""},
		"with half a body":                {"127.0.0.3", "POST /api/sessions/ HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{", ""},
		"kept alive":                      {"127.0.0.3", "GET /health HTTP/1.1\r\nHost: test\r\n\r\n", ""},
		"kept alive by everybody's proxy": {"127.0.0.1", "GET /health HTTP/1.1\r\nHost: test\r\n\r\n", "TRUSTED_PROXIES=127.0.0.0/8"},
	} {
		t.Run(name, func(t *testing.T) {
			p := serveWithFewFiles(t, "SYNC=5ms", "MAX_SESSIONS=0", "COMMAND_RATE=off", "TRUSTED_PROXIES=127.0.0.2/32", c.setting)
			p.client = &http.Client{Transport: &http.Transport{}}
			master := p.create(t)
			stream := master.listens(t, "")
			stream.until(t, "session_updated")
			guest := p.join(t, master.session, 1)
			play := func() time.Duration {
				began := time.Now()
				for range 20 {
					round(t, master, []person{guest}, func(int) string { return "5" })
					stream.until(t, "votes_revealed")
					p.create(t)
				}
				return time.Since(began)
			}
			before := play()
			p.crowd(t, c.from, c.says)
			p.join(t, master.session, 2)
			if took := play(); took > patience/4+3*before {
				t.Errorf("it took %v, and %v before", took, before)
			}
			if a, err := p.request("GET /readyz", "", ""); err != nil || a.status != http.StatusOK {
				t.Errorf("/readyz answers %d %s (%v)", a.status, a.raw, err)
			}
			if strings.Contains(p.Stderr.String(), "too many open files") {
				t.Error(p.Stderr)
			}
		})
	}
}
