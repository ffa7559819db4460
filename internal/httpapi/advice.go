package httpapi

import (
	"net"
	"net/http"
	"strconv"
	"sync"
)

// advice is what the log says, once each, when requests show that a proxy in front is not set up.
type advice struct {
	untrusted, upstreamHost, oldHTTP, unset sync.Once
}

// advise looks whether a request shows a proxy that is not set up. Most requests show none, and cost next to nothing here.
func (a *API) advise(c *caller, r *http.Request) {
	passedOn := forwarded(r.Header)
	if passedOn && !a.trusted(c.connected()) {
		a.advice.untrusted.Do(func() {
			a.Logger.Warn("X-Forwarded-For, -Proto and -Host are ignored: they come from an address that is not in TRUSTED_PROXIES. If a proxy of yours has that address, add it there", "address", c.remote)
		})
		return
	}
	if r.ProtoMajor == 1 && r.ProtoMinor == 0 && (passedOn || fromBrowser(r.Header)) {
		a.advice.oldHTTP.Do(func() {
			a.Logger.Warn("a proxy asks by HTTP/1.0, so that what it passes on may be cut off or lost. Let it use HTTP/1.1; in nginx: proxy_http_version 1.1; proxy_set_header Connection \"\"", "proxy", c.remote)
		})
	}
	if a.PublicURL == "" && (otherOrigin(r) || passedOn && r.Header["X-Forwarded-Host"] == nil && isHere(r) && !c.address().IsLoopback()) {
		a.advice.upstreamHost.Do(func() {
			a.Logger.Warn("links to sessions lead to the host that a proxy asks for, which is not the one that people ask for. Let the proxy pass Host on or set X-Forwarded-Host, or set PUBLIC_URL", "proxy", c.remote, "host", r.Host)
		})
	}
}

func fromBrowser(h http.Header) bool { return h["Sec-Fetch-Site"] != nil || h["Origin"] != nil }

// otherOrigin reports whether a browser says that a request is our own page's, and names another host for that than the request does.
func otherOrigin(r *http.Request) bool {
	return field(r.Header, "Sec-Fetch-Site") == "same-origin" && r.Header["Origin"] != nil && !sameHost(field(r.Header, "Origin"), r.Host)
}

// isHere reports whether a request names as Host the address that its connection leads to.
func isHere(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return false
	}
	host, port := splitHost(r.Host)
	here := host == "localhost" || net.ParseIP(host).Equal(local.IP)
	return here && (port == strconv.Itoa(local.Port) || port == "" && local.Port == 80)
}
