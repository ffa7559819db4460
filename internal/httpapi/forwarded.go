package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

// What proxies say is believed as follows.
//
// A header says something only if the connection comes from a trusted proxy, and only by its last entry: that is what the proxy itself has added, or set. What stands before it is what the
// proxy was sent, and is looked at only as far as the last entry is a trusted proxy again. An entry that is no address ends the walk.
//
// Whether a proxy has added an entry at all cannot be seen: one that passes X-Forwarded-For on as it came makes the client's entry the last one. So each proxy has to set these headers. One
// that does not can be recognized: nginx without any proxy_set_header speaks HTTP/1.0 with "Connection: close", and names as Host the address in its proxy_pass, which is ours. Its
// X-Forwarded-For and -Host are the client's, so they are ignored, and the log says so once.

// forwarded reports whether a proxy says for whom it asks.
func forwarded(h http.Header) bool {
	return h["X-Forwarded-For"] != nil || h["X-Forwarded-Proto"] != nil || h["X-Forwarded-Host"] != nil
}

// behindProxy believes what a trusted proxy says.
func (a *API) behindProxy(c *caller, r *http.Request) {
	switch proto := lastOf(r.Header["X-Forwarded-Proto"]); {
	case strings.EqualFold(proto, "https"):
		c.secure = true
	case strings.EqualFold(proto, "http"):
		c.secure = false
	}
	if setsNothing(r) {
		a.advice.unset.Do(func() {
			a.Logger.Warn("X-Forwarded-For and X-Forwarded-Host are ignored: they come from the client, by a proxy that sets neither. Let the proxy set Host, X-Forwarded-For, -Host and -Proto", "proxy", c.remote)
		})
		return
	}
	c.addr = a.client(c.address(), r.Header["X-Forwarded-For"])
	if host := lastOf(r.Header["X-Forwarded-Host"]); host != c.host && isHost(host) {
		c.host = host
		r.Host = host // what the cross-origin rules compare an Origin with
	}
}

// setsNothing reports whether a request looks as nginx sends it that has only a proxy_pass: what it names as Host is where it has come to, not where its client went.
func setsNothing(r *http.Request) bool {
	return r.ProtoMajor == 1 && r.ProtoMinor == 0 && r.Header.Get("Connection") == "close" && isHere(r)
}

// client walks back along the proxies, as long as each is trusted.
func (a *API) client(addr netip.Addr, forwardedFor []string) netip.Addr {
	for i := len(forwardedFor) - 1; i >= 0; i-- {
		for rest, more := forwardedFor[i], true; more; {
			if !a.trusted(addr) {
				return addr
			}
			var entry string
			rest, entry, more = cutLast(rest)
			hop, ok := addressOf(entry)
			if !ok {
				return addr
			}
			addr = hop
		}
	}
	return addr
}

// cutLast takes the last entry off a list.
func cutLast(list string) (rest, entry string, more bool) {
	i := strings.LastIndexByte(list, ',')
	if i < 0 {
		return "", list, false
	}
	return list[:i], list[i+1:], true
}

// addressOf reads an entry as proxies write it: an address, maybe in brackets or with a port.
func addressOf(entry string) (netip.Addr, bool) {
	entry = strings.TrimSpace(entry)
	if addr, err := netip.ParseAddr(entry); err == nil {
		return addr.Unmap(), true
	}
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return withPort.Addr().Unmap(), true
	}
	inside, opened := strings.CutPrefix(entry, "[")
	inside, closed := strings.CutSuffix(inside, "]")
	addr, err := netip.ParseAddr(inside)
	return addr.Unmap(), opened && closed && err == nil
}

func (a *API) trusted(addr netip.Addr) bool {
	for _, prefix := range a.TrustedProxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// lastOf is the entry that the nearest proxy added to a list, which may be spread over several lines.
func lastOf(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	_, entry, _ := cutLast(lines[len(lines)-1])
	return strings.TrimSpace(entry)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?$`)

// isHost reports whether a text is a host or host:port, fit for a link.
func isHost(s string) bool {
	host, port := splitHost(s)
	for _, c := range port {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(port) <= 5 && (hostName.MatchString(host) || isAddress(s))
}

// isAddress reports whether a host, maybe with a port, is an IP address.
func isAddress(s string) bool {
	host, _ := splitHost(s)
	addr, err := netip.ParseAddr(host)
	return err == nil && (addr.Is4() || strings.HasPrefix(s, "[")) && addr.Zone() == ""
}

// splitHost splits off the port, and takes an address out of its brackets.
func splitHost(s string) (host, port string) {
	if host, port, err := net.SplitHostPort(s); err == nil {
		return host, port
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return s[1 : len(s)-1], ""
	}
	return s, ""
}
