package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// maxRedirects is how many redirects are followed.
const maxRedirects = 10

// soon is how long before its end a certificate is warned of: those that are renewed by themselves have been renewed by then.
const soon = 14 * 24 * time.Hour

// reach finds the server, and reports whether it is there.
func (d *doctor) reach(ctx context.Context) bool {
	start, err := parse(d.URL)
	if err != nil {
		d.fail("address", err.Error(), nil)
		return false
	}
	if p := start.Path; p != "" && p != "/" && !strings.HasPrefix(p, "/session/") {
		d.note("address", fmt.Sprintf("MagnaPP is always at the root of a host, so %s is left out.", p))
	}
	u := &url.URL{Scheme: start.Scheme, Host: start.Host, Path: "/health"}
	for hop := 0; hop <= maxRedirects; hop++ {
		a, err := d.knock(ctx, u)
		if err != nil {
			d.fail("reachable", fmt.Sprintf("%s: %s.", originOf(u), explain(err, d.Patience)), nil)
			return false
		}
		to, moved := redirect(u, a)
		if !moved {
			return d.found(start, u, a)
		}
		if to == nil || to.Host == "" {
			break
		}
		u = to
	}
	d.fail("redirects", fmt.Sprintf("%s redirects without an end (more than %d times, the last to %s).", originOf(start), maxRedirects, u.Redacted()), redirectNothing)
	return false
}

// parse reads an address as people write it.
func parse(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a server; write it as https://poker.example.com", text)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// knock asks whether somebody is there. A certificate that does not hold is reported, and what is behind it is looked at all the same.
func (d *doctor) knock(ctx context.Context, u *url.URL) (answer, error) {
	a, err := d.client.do(ctx, ask{url: u.String()})
	if err != nil && isCertificate(err) {
		d.fail("certificate", "Browsers refuse it: "+explain(err, d.Patience)+".", nil)
		d.client.transport.CloseIdleConnections()
		d.client = newClient(d.Options, true)
		a, err = d.client.do(ctx, ask{url: u.String()})
	}
	return a, err
}

// redirect is where an answer leads; nil if that cannot be read.
func redirect(from *url.URL, a answer) (to *url.URL, moved bool) {
	if a.status < 300 || a.status > 399 || a.status == http.StatusNotModified {
		return nil, false
	}
	to, err := from.Parse(a.header.Get("Location"))
	if err != nil {
		return nil, true
	}
	return to, true
}

// found looks at the first answer that is no redirect.
func (d *doctor) found(start, u *url.URL, a answer) bool {
	d.origin = &url.URL{Scheme: u.Scheme, Host: u.Host}
	d.mu.Lock()
	d.report.Proxy = recognize(a.header)
	d.mu.Unlock()
	var health struct{ Status, Timestamp string }
	if !a.decode(&health) || health.Status == "" || health.Timestamp == "" {
		d.fail("reachable", notMagnaPP(u, a), nil)
		return false
	}
	d.report.Origin = originOf(d.origin)
	by := ""
	if p := d.proxy(); p != "" {
		by = ", by " + p
	}
	d.ok("reachable", fmt.Sprintf("%s answers as MagnaPP%s, in %s.", d.report.Origin, by, inWords(a.took)))
	if from := originOf(start); from != d.report.Origin {
		d.redirected(from)
	}
	d.add(protocol(u.Scheme, isLocal(u.Hostname()), a.proto, d.proxy()))
	if a.tls != nil {
		d.add(certificate(a.tls, time.Now()))
	}
	return true
}

func (d *doctor) redirected(from string) {
	if strings.TrimPrefix(from, "http://") == strings.TrimPrefix(d.report.Origin, "https://") {
		d.ok("redirects", "http leads to https.")
		return
	}
	d.note("redirects", fmt.Sprintf("%s leads to %s, which is what was looked at.", from, d.report.Origin))
}

// notMagnaPP says what a server is that does not answer as ours.
func notMagnaPP(u *url.URL, a answer) string {
	at := originOf(u)
	switch {
	case a.status == http.StatusMisdirectedRequest:
		return at + ": " + a.says() + ". (ALLOWED_HOSTS or PUBLIC_URL name others.)"
	case a.status == http.StatusBadGateway, a.status == http.StatusGatewayTimeout, a.status == http.StatusServiceUnavailable && !a.isProblem():
		return fmt.Sprintf("%s: there is a proxy, which does not reach MagnaPP behind it (%d). Does it run, and is it at the address that the proxy names?", at, a.status)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("%s: something in between asks who you are (%d) before it lets anybody through.", at, a.status)
	case u.Path != "/health":
		return fmt.Sprintf("%s is no MagnaPP: the way there ends at %s. Is there a sign-in in front?", at, u.Redacted())
	}
	return fmt.Sprintf("%s is no MagnaPP: %s answers %d without what MagnaPP says there. MagnaPP needs a host of its own, and all of it.", at, u.Path, a.status)
}

// protocol judges the version of HTTP.
func protocol(scheme string, local bool, proto, proxy string) Finding {
	f := Finding{Check: "http-version", Level: OK, Text: proto + "."}
	switch {
	case strings.HasPrefix(proto, "HTTP/2"):
	case proto == "HTTP/1.0":
		f.Level, f.Text, f.Change = Warn, "HTTP/1.0: streams cannot be told from broken ones. Let it be HTTP/1.1 or HTTP/2.", speakHTTP2.of(proxy)
	case scheme == "https":
		f.Level, f.Text, f.Change = Warn, proto+": browsers then open six connections at most, and every stream takes one. Let it be HTTP/2.", speakHTTP2.of(proxy)
	case local:
		f.Level, f.Text = Note, proto+" without TLS, which is good enough on one machine."
	default:
		f.Level, f.Text = Warn, proto+" without TLS: everybody on the way can read and act as others, cookies are not Secure, and browsers open six connections at most. Let a proxy end TLS."
	}
	return f
}

// certificate judges a certificate that holds: until when?
func certificate(state *tls.ConnectionState, now time.Time) Finding {
	leaf := state.PeerCertificates[0]
	f := Finding{Check: "certificate", Level: OK, Text: fmt.Sprintf("%s, good until %s.", tls.VersionName(state.Version), leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST"))}
	switch left := leaf.NotAfter.Sub(now); {
	case left <= 0:
		f.Level, f.Text = Fail, "It has ended on "+leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST")+"."
	case left < soon && leaf.NotAfter.Sub(leaf.NotBefore) > 2*soon: // who uses shorter ones renews them often
		f.Level, f.Text = Warn, fmt.Sprintf("It ends in %d days, on %s. Is it renewed by itself?", int(left.Hours()/24), leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST"))
	}
	return f
}

// isLocal reports whether a host can only be this machine.
func isLocal(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isInner reports whether a host is none that others can use: a loopback or private address, or a name without a dot.
func isInner(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsUnspecified()
	}
	return isLocal(host) || !strings.Contains(host, ".")
}
