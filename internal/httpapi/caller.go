package httpapi

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// caller is who sends a request, as far as the connection and its headers tell.
type caller struct {
	remote string     // the connection's other end
	addr   netip.Addr // of the client, behind trusted proxies; zero until somebody asks, see address
	secure bool       // the client came by https
	host   string     // as the client named it
	proof  proof
}

type callerKey struct{}

// callerOf is who sends the request with this context, in a call that huma serves.
func callerOf(ctx context.Context) *exchange {
	return ctx.Value(callerKey{}).(*exchange)
}

// locate gives a request an id and finds out where it comes from. The headers of a proxy are believed only if the proxy is trusted.
func (a *API) locate(x *exchange, r *http.Request) {
	x.id[0] = strconv.FormatUint(rand.Uint64(), 36)
	x.caller = caller{remote: r.RemoteAddr, secure: r.TLS != nil, host: hostOf(r), proof: proof{open: a.AuthOpen, request: r}}
	if forwarded(r.Header) && a.trusted(x.address()) {
		a.behindProxy(&x.caller, r)
	}
}

// address is where the client is, as far as is known.
func (c *caller) address() netip.Addr {
	if !c.addr.IsValid() {
		ap, _ := netip.ParseAddrPort(c.remote) // the zero address if the server gave none
		c.addr = ap.Addr().Unmap()
	}
	return c.addr
}

// forwarded reports whether a proxy says for whom it asks.
func forwarded(h http.Header) bool {
	return h["X-Forwarded-For"] != nil || h["X-Forwarded-Proto"] != nil || h["X-Forwarded-Host"] != nil
}

func (a *API) behindProxy(c *caller, r *http.Request) {
	c.addr = a.client(c.address(), r.Header.Values("X-Forwarded-For"))
	if proto := lastOf(r.Header["X-Forwarded-Proto"]); proto != "" {
		c.secure = strings.EqualFold(proto, "https")
	}
	if host := lastOf(r.Header["X-Forwarded-Host"]); host != "" {
		c.host = host
		r.Host = host // what the cross-origin rules compare an Origin with
	}
}

// client walks back along the proxies, as long as each is trusted.
func (a *API) client(addr netip.Addr, forwardedFor []string) netip.Addr {
	if len(forwardedFor) == 0 {
		return addr
	}
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	for i := len(hops) - 1; i >= 0 && a.trusted(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

func (a *API) trusted(addr netip.Addr) bool {
	for _, prefix := range a.TrustedProxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// hostOf is the host that the client named or, as HTTP/1.0 need not, the address that it came to.
func hostOf(r *http.Request) string {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && r.Host == "" {
		return local.String()
	}
	return r.Host
}

// lastOf is the entry that the nearest proxy added to a list, which may be spread over several lines.
func lastOf(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	list := lines[len(lines)-1]
	return strings.TrimSpace(list[strings.LastIndex(list, ",")+1:])
}

// origin is what links to this server start with.
func (a *API) origin(c *caller) string {
	if a.PublicURL != "" {
		return strings.TrimSuffix(a.PublicURL, "/")
	}
	if c.secure {
		return "https://" + c.host
	}
	return "http://" + c.host
}
