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
	if u, err := url.Parse(o.PublicURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, strings.ToLower(u.Hostname()))
	}
	return hosts
}

func misdirected() *Problem {
	return problem(http.StatusMisdirectedRequest, "Misdirected request", "This server is not known by the name that was asked for. Use its usual address, or add the name to ALLOWED_HOSTS.")
}
