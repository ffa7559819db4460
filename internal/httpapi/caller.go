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
	x.secure = x.secure || a.public.Scheme == "https" // whatever a proxy says, or does not
	a.advise(&x.caller, r)
}

// field is a header's first value, as Header.Get has it. The name must be written as net/http writes it: it is not looked at again with every request.
func field(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// address is where the client is, as far as is known.
func (c *caller) address() netip.Addr {
	if !c.addr.IsValid() {
		c.addr = c.connected()
	}
	return c.addr
}

// connected is where the connection comes from; the zero address if the server does not say.
func (c *caller) connected() netip.Addr {
	ap, _ := netip.ParseAddrPort(c.remote)
	return ap.Addr().Unmap()
}

// hostOf is the host that the client named or, as HTTP/1.0 need not, the address that it came to.
func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return ""
	}
	return local.String()
}

// origin is what links to this server start with.
func (a *API) origin(c *caller) string {
	if a.PublicURL != "" {
		return strings.TrimSuffix(a.PublicURL, "/")
	}
	host := c.host
	if !isHost(host) { // what net/http lets through may be more than a link should have
		host = "localhost"
	}
	if c.secure {
		return "https://" + host
	}
	return "http://" + host
}
