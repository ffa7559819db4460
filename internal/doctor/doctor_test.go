package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// wants asserts how bad a finding is, what it says, and for which proxy it knows a change.
func wants(t *testing.T, f Finding, level Level, says, change string) {
	t.Helper()
	if f.Level != level || !strings.Contains(f.Text, says) || change != "" && f.Change[change] == "" {
		t.Errorf("%+v, want %s, %q and what to change in %q", f, level, says, change)
	}
}

func TestCertificatesAreJudgedByTheirEnd(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	state := func(life, left time.Duration) *tls.ConnectionState {
		end := now.Add(left)
		return &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{{NotBefore: end.Add(-life), NotAfter: end}}}
	}
	day := 24 * time.Hour
	wants(t, certificate(state(90*day, 60*day), now), OK, "TLS 1.3, good until 2027-01-28", "")
	wants(t, certificate(state(90*day, 13*day), now), Warn, "ends in 13 days", "")
	wants(t, certificate(state(7*day, 3*day), now), OK, "good until", "") // short ones are renewed often
	wants(t, certificate(state(90*day, -day), now), Fail, "has ended on 2026-11-28", "")
}

func TestClocksAreComparedWithinTheTimeOfTheAnswer(t *testing.T) {
	before := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	after := before.Add(20 * time.Second)
	wants(t, clocks(before.Add(10*time.Second), before, after), OK, "agree", "")
	wants(t, clocks(before.Add(-drift), before, after), OK, "agree", "")
	wants(t, clocks(before.Add(-90*time.Second), before, after), Warn, "90 s behind", "")
	wants(t, clocks(after.Add(time.Hour), before, after), Warn, "60 min ahead of", "")
}

func TestInvitationsAreJudgedByWhereTheyLead(t *testing.T) {
	for _, c := range []struct {
		origin, link string
		level        Level // empty: as it should be
		says         string
	}{
		{"https://poker.example.com", "https://poker.example.com/session/1", "", ""},
		{"https://poker.example.com", "http://poker.example.com/session/1", Warn, "start with http://"},
		{"https://poker.example.com:8443", "https://poker.example.com/session/1", Warn, "the port is another one"},
		{"https://poker.example.com", "https://127.0.0.1:8000/session/1", Fail, "others find nothing"},
		{"https://poker.example.com", "https://[::1]:8000/session/1", Fail, "others find nothing"},
		{"https://poker.example.com", "http://magnapp:8000/session/1", Fail, "others find nothing"},
		{"https://poker.example.com", "http://192.168.7.2/session/1", Fail, "others find nothing"},
		{"http://10.0.0.7:8000", "https://poker.example.com/session/1", Warn, "look at PUBLIC_URL"},
	} {
		origin, _ := url.Parse(c.origin)
		link, _ := url.Parse(c.link)
		f, isBad := joinURL(origin, link, "nginx")
		if isBad != (c.level != "") {
			t.Errorf("%s from %s: %+v", c.link, c.origin, f)
		}
		if isBad {
			wants(t, f, c.level, c.says, "nginx")
		}
	}
}

func TestCookiesAreJudgedByWhatBrowsersMakeOfThem(t *testing.T) {
	good := http.Cookie{Name: "magnapp_7", Path: "/api", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	judge := func(scheme string, change func(*http.Cookie)) Finding {
		c := good
		change(&c)
		return cookie([]*http.Cookie{{Name: "proxy_session"}, &c}, "7", scheme, "")
	}
	as := func(*http.Cookie) {}
	wants(t, judge("https", as), OK, "HttpOnly and Secure", "")
	wants(t, judge("http", func(c *http.Cookie) { c.Secure = false }), OK, "HttpOnly.", "")
	wants(t, judge("https", func(c *http.Cookie) { c.Secure = false }), Warn, "not Secure", "Apache")
	wants(t, judge("http", as), Fail, "browsers drop them", "")
	wants(t, judge("https", func(c *http.Cookie) { c.HttpOnly = false }), Warn, "rewrites cookies", "")
	wants(t, judge("https", func(c *http.Cookie) { c.Path = "/poker" }), Warn, "rewrites cookies", "")
	wants(t, judge("https", func(c *http.Cookie) { c.Path = "/" }), OK, "", "")
	wants(t, judge("https", func(c *http.Cookie) { c.Domain = "example.com" }), Warn, "rewrites cookies", "")
	wants(t, cookie(nil, "7", "https", ""), Fail, "takes out Set-Cookie", "nginx")
}

func TestVersionsOfHTTPAreJudgedByWhatBrowsersDo(t *testing.T) {
	wants(t, protocol("https", false, "HTTP/2.0", ""), OK, "HTTP/2.0", "")
	wants(t, protocol("https", false, "HTTP/1.1", "HAProxy"), Warn, "six connections", "HAProxy")
	wants(t, protocol("http", false, "HTTP/1.1", ""), Warn, "without TLS", "")
	wants(t, protocol("http", true, "HTTP/1.1", ""), Note, "on one machine", "")
	wants(t, protocol("https", false, "HTTP/1.0", ""), Warn, "HTTP/1.0", "nginx")
}

func TestCutsAreToldApart(t *testing.T) {
	d := &doctor{Options: Options{Patience: DefaultPatience}}
	watched := 70 * time.Second
	whole := []cut{{after: 30 * time.Second, silence: 2 * time.Second}, {after: 30 * time.Second, silence: 9 * time.Second}}
	wants(t, d.watched(verdict{watched: watched, cuts: whole}), Warn, "cut after 30 s, and so on, 2 times in 70 s. Something was sent shortly before, so it is a limit on the whole", "nginx")
	wants(t, d.watched(verdict{watched: watched, cuts: []cut{{after: 18 * time.Second, silence: 15 * time.Second}}}), Warn, "15 s after its last byte, so it is a limit on silence", "HAProxy")
	wants(t, d.watched(verdict{watched: watched, cuts: whole, err: errNoAnswer}), Fail, "not opened again: no answer", "")
	wants(t, d.watched(verdict{watched: watched, silence: 40 * time.Second}), Warn, "silent for 40 s", "Caddy")
	wants(t, d.watched(verdict{watched: watched, silence: 20 * time.Second}), OK, "70 s without a cut", "")
}

func TestGoingIsJudgedByHowSoonItIsSeen(t *testing.T) {
	begin := time.Now()
	at := func(d time.Duration) event { return event{at: begin.Add(d)} }
	wants(t, gone("goodbye", "A page", at(8*time.Second), nil, begin, goneSoon), OK, "noticed after 8 s", "")
	wants(t, gone("goodbye", "A page", at(40*time.Second), nil, begin, goneSoon), Warn, "only after 40 s", "")
	wants(t, gone("closed", "A stream", event{}, errWatched, begin, goneLate), Note, "too short to tell", "")
	wants(t, gone("closed", "A stream", event{}, errWatched, begin.Add(-70*time.Second), goneLate), Warn, "is not noticed within 70 s", "")
	wants(t, gone("closed", "A stream", event{}, errors.New("reset"), begin, goneLate), Note, "in vain: reset", "")
}

func TestVotesAreJudgedByTheirAnswerAndByTheirEvent(t *testing.T) {
	wants(t, paced(pace{20 * time.Millisecond, 0}, ""), OK, "answered after 20 ms, and seen by the others within 1 ms", "")
	wants(t, paced(pace{20 * time.Millisecond, time.Second}, "Caddy"), Warn, "only 1 s after its answer", "Caddy")
	wants(t, paced(pace{3 * time.Second, 0}, ""), Warn, "answered only after 3 s", "")
}

func TestWhatComesAgainIsComparedWithWhatWasMissed(t *testing.T) {
	events := func(ids ...string) (all []event) {
		for _, id := range ids {
			all = append(all, event{id: id, kind: "vote_submitted"})
		}
		return all
	}
	missed := events("2", "3", "4")
	wants(t, resumed(missed, events("2", "3", "4"), ""), OK, "exactly", "")
	wants(t, resumed(append(missed, events("5")...), events("2", "3", "4"), ""), OK, "exactly", "") // the fifth came later
	wants(t, resumed(missed, events("3", "4"), ""), Fail, "2 events instead of 3", "Varnish")
	wants(t, resumed(missed, events("2", "2", "3"), ""), Fail, "something else", "")
	wants(t, resumed(missed, nil, ""), Fail, "0 events", "")
	wants(t, resumed(missed, []event{{id: "9", kind: "session_updated"}}, "nginx"), Warn, "Last-Event-ID does not arrive", "nginx")
}

func TestHeadersThatAreMissingAreNamed(t *testing.T) {
	page := http.Header{"Content-Security-Policy": {"default-src 'self'"}, "X-Content-Type-Options": {"nosniff", "nosniff"}, "Referrer-Policy": {"no-referrer"}}
	api := http.Header{"X-Content-Type-Options": {"nosniff"}, "Cache-Control": {"private", "no-store"}}
	if wrong := wrongHeaders(page, api); wrong != "" { // repeated and merged is the same
		t.Errorf("%q about good headers", wrong)
	}
	api.Del("Cache-Control")
	page.Del("Referrer-Policy")
	if wrong := wrongHeaders(page, api); wrong != "Something in between takes out Referrer-Policy, Cache-Control: no-store (of the API)." {
		t.Error(wrong)
	}
	if wrong := wrongHeaders(http.Header{"Content-Security-Policy": {"a", "b"}, "X-Content-Type-Options": {"nosniff"}, "Referrer-Policy": {"no-referrer"}}, http.Header{"X-Content-Type-Options": {"nosniff"}, "Cache-Control": {"no-store"}}); !strings.Contains(wrong, "another Content-Security-Policy") {
		t.Error(wrong)
	}
}

func TestProxiesAreRecognizedByTheirAnswers(t *testing.T) {
	for want, h := range map[string]http.Header{
		"":         {"Date": {"now"}},
		"nginx":    {"Server": {"nginx/1.22.1"}},
		"Caddy":    {"Server": {"Caddy"}},
		"Apache":   {"Server": {"Apache/2.4.71 (Debian)"}},
		"Varnish":  {"X-Varnish": {"7"}, "Via": {"1.1 varnish (Varnish/7.1)"}, "Server": {"nginx"}},
		"Squid":    {"Via": {"1.1 proxy (squid/5.7)"}},
		"lighttpd": {"Server": {"lighttpd/1.4.69"}},
		"Envoy":    {"Server": {"envoy"}},
	} {
		if got := recognize(h); got != want {
			t.Errorf("%v is %q, want %q", h, got, want)
		}
	}
}

func TestARemedyNamesTheProxyThatWasRecognized(t *testing.T) {
	if got := letStreamsThrough.of("Caddy"); len(got) != 1 || got["Caddy"] == "" {
		t.Errorf("for Caddy: %v", got)
	}
	if got := letStreamsThrough.of(""); len(got) != len(letStreamsThrough) {
		t.Errorf("for any: %v", got)
	}
	for _, r := range []remedy{letStreamsThrough, compressNoStreams, keepStreamsOpen, sayTheHost, sayTheScheme, setForwarded, speakHTTP2, letBodiesThrough, keepHeaders, passRequestHeaders, cacheNothing, holdMoreStreams, redirectNothing} {
		for proxy := range r {
			if !slices.Contains(proxies, proxy) {
				t.Errorf("%q is shown nowhere", proxy)
			}
		}
	}
}

func TestAReportIsAsBadAsItsWorstFinding(t *testing.T) {
	for status, findings := range [][]Finding{{{Level: OK}, {Level: Note}}, {{Level: Warn}, {Level: OK}}, {{Level: Warn}, {Level: Fail}, {Level: OK}}} {
		if got := statusOf(findings); got != status {
			t.Errorf("%v is %d, want %d", findings, got, status)
		}
	}
	var b strings.Builder
	f := Finding{Check: "delay", Level: Warn, Text: "Late.", Change: map[string]string{"Caddy": "c", "nginx": "n"}}
	if err := f.Write(&b); err != nil || b.String() != "warn  delay         Late.\n                     nginx:    n\n                     Caddy:    c\n" {
		t.Errorf("%q (%v)", b.String(), err)
	}
	if got := (Report{Status: 2, Findings: []Finding{{Level: Fail}, {Level: Warn}, {Level: Warn}}}).Summary(); got != "It does not work as it should: 1 fault, 2 warnings." {
		t.Error(got)
	}
}

func TestWhatOthersSayIsPrintedAsALine(t *testing.T) {
	var d doctor
	d.ok("reachable", "one\ntwo \x1b[31mred\x1b[0m \u202e\xff "+strings.Repeat("x", 2*maxText))
	got := d.report.Findings[0].Text
	if !strings.HasPrefix(got, "one two  [31mred [0m  ? x") || len([]rune(got)) != maxText+1 {
		t.Errorf("%q", got)
	}
}
