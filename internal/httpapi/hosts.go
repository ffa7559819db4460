package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// allowed reports whether the server may be asked by the host that a request names, and by the one that a proxy has passed on.
//
// It is what keeps a page from reaching a server by a name of the page's own that has come to lead here (DNS rebinding): for the browser such a page is of our origin. Only names can be
// bent like that, so an IP address is always good, as health checks use it, and so is localhost, which browsers resolve by themselves. Who names nothing, as health checks by HTTP/1.0 may,
// has come by the address, and is no browser.
func (a *API) allowed(named, forwarded string) bool {
	return len(a.hosts) == 0 || (named == "" || a.allowedHost(named)) && (forwarded == named || a.allowedHost(forwarded))
}

func (a *API) allowedHost(s string) bool {
	if slices.Contains(a.hosts, s) { // nearly always
		return true
	}
	host, _ := splitHost(s)
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if isAddress(s) || host == "localhost" || slices.Contains(a.hosts, host) {
		return true
	}
	return slices.Contains(a.hosts, strings.ToLower(s))
}

// hostsOf are the hosts by which the server may be asked, in lower case; one without a port is good with any. None is any.
func hostsOf(o Options) []string {
	var hosts []string
	for _, host := range o.AllowedHosts {
		hosts = append(hosts, strings.ToLower(host))
	}
	if host := publicOf(o).Hostname(); host != "" {
		hosts = append(hosts, strings.ToLower(host))
	}
	return hosts
}

// publicOf is the address by which people reach the server, as far as it is set.
func publicOf(o Options) *url.URL {
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" {
		return &url.URL{}
	}
	return u
}

// sameHost reports whether an origin, as browsers write it, is of a host, as a request names it: in any case, with the scheme's own port or without it.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && host != "" && plainHost(u.Scheme, u.Host) == plainHost(u.Scheme, host)
}

// plainHost writes a host as browsers do.
func plainHost(scheme, host string) string {
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return strings.ToLower(host)
}

func misdirected() *Problem {
	return problem(http.StatusMisdirectedRequest, "Misdirected request", "This server is not known by the name that was asked for. Use its usual address, or add the name to ALLOWED_HOSTS.")
}
