//go:build linux

package proxies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMeetingThroughEachProxy(t *testing.T) {
	if testing.Short() {
		t.Skip("it lasts for more than a minute")
	}
	beside(t)
	var (
		mu   sync.Mutex
		rows []*measured
	)
	t.Run("proxies", func(t *testing.T) { // so that the table is printed after all of them
		for _, p := range proxies {
			program, found := p.find()
			if !found || !p.inCI && !*all {
				t.Logf("%s is left out", p.name)
				continue
			}
			for _, http2 := range []bool{false, true} {
				if http2 && p.plain {
					continue
				}
				row := &measured{proxy: p.name, protocol: map[bool]string{false: "HTTP/1.1", true: "HTTP/2"}[http2]}
				t.Run(row.proxy+" by "+row.protocol, func(t *testing.T) {
					t.Parallel()
					p.measure(t, row, program)
					mu.Lock()
					defer mu.Unlock()
					rows = append(rows, row)
				})
			}
		}
	})
	slices.SortFunc(rows, func(a, b *measured) int {
		return cmp.Or(cmp.Compare(order(a.proxy), order(b.proxy)), cmp.Compare(a.protocol, b.protocol))
	})
	fmt.Print(table(rows))
}

func order(name string) int {
	return slices.IndexFunc(proxies, func(p proxy) bool { return p.name == name })
}

// measure holds a meeting through the proxy, and says what is wrong.
func (p proxy) measure(t *testing.T, row *measured, program string) {
	t.Helper()
	where := newPlace(t, program)
	m := &meeting{measured: row, server: startServer(t, where.dir, where.upstream), port: where.upstream, secure: !p.plain, http2: row.protocol == "HTTP/2"}
	if p.begin != nil {
		running := p.begin(t, where)
		m.port = where.port
		awaitPort(t, where.port, running)
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("%s said: %s", p.name, &running.said)
			}
		})
	}
	m.hold(t)
	if row.silent > mostSilence+busy() {
		t.Errorf("a line that died in silence was noticed after %v", row.silent)
	}
	if row.goodbye > mostGoodbye+busy() {
		t.Errorf("a tab that said goodbye was noticed after %v", row.goodbye)
	}
	if row.cut > 0 {
		t.Errorf("a stream was cut after %v", row.cut)
	}
	if !row.forwarded || row.refused != tries || len(row.problems) > 0 {
		t.Errorf("forwarded headers right: %t; 413 in %d of %d tries; %s", row.forwarded, row.refused, tries, strings.Join(row.problems, "; "))
	}
}

// table is what docs/deploy.md has.
func table(rows []*measured) string {
	var b strings.Builder
	b.WriteString("| Proxy | Protocol | Event's delay | Cut after | Closed tab noticed | … without a goodbye | Silent death noticed | Live after a restart | Forwarded headers | 413 |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		cut := fmt.Sprintf("not in %v", *watch)
		if r.cut > 0 {
			cut = seconds(r.cut)
		}
		right := "right"
		if !r.forwarded {
			right = "wrong"
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f ms | %s | %s | %s | %s | %s | %s | %d of %d |\n", r.proxy, r.protocol, float64(r.delay.Microseconds())/1000, cut, seconds(r.goodbye), seconds(r.closed), seconds(r.silent), seconds(r.restart), right, r.refused, tries)
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
