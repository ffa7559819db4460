package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// headers looks at whether the headers that keep people safe come through.
func (d *doctor) headers(ctx context.Context) {
	page, err := d.client.do(ctx, ask{url: d.at("/")})
	if err != nil {
		d.fail("headers", "The page cannot be had: "+explain(err, d.Patience)+".", nil)
		return
	}
	api, err := d.client.do(ctx, ask{url: d.at("/api/sessions/")})
	if err != nil {
		d.fail("headers", "The list of sessions cannot be had: "+explain(err, d.Patience)+".", nil)
		return
	}
	if page.status != http.StatusOK {
		d.fail("headers", "The page cannot be had: "+page.says()+".", nil)
		return
	}
	if wrong := wrongHeaders(page.header, api.header); wrong != "" {
		d.warn("headers", wrong, keepHeaders)
		return
	}
	d.ok("headers", "Content-Security-Policy, X-Content-Type-Options, Referrer-Policy and Cache-Control come through.")
}

// wrongHeaders says what is wrong with the headers of the page and of an answer of the API; nothing if all is well.
func wrongHeaders(page, api http.Header) string {
	var missing []string
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if page.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	if api.Get("X-Content-Type-Options") == "" {
		missing = append(missing, "X-Content-Type-Options (of the API)")
	}
	if !strings.Contains(strings.Join(api.Values("Cache-Control"), ","), "no-store") {
		missing = append(missing, "Cache-Control: no-store (of the API)")
	}
	switch {
	case len(missing) > 0:
		return "Something in between takes out " + strings.Join(missing, ", ") + "."
	case len(page.Values("Content-Security-Policy")) > 1:
		return "Something in between adds another Content-Security-Policy; browsers obey both, and the page may not work by the other."
	}
	return ""
}

// slashes looks at whether paths arrive as they are: with and without a slash at the end.
func (d *doctor) slashes(ctx context.Context) {
	for _, path := range []string{"/api/sessions", "/api/sessions/"} {
		a, err := d.client.do(ctx, ask{url: d.at(path)})
		switch {
		case err != nil:
			d.fail("paths", path+": "+explain(err, d.Patience)+".", nil)
			return
		case a.status >= 300 && a.status < 400:
			d.fail("paths", fmt.Sprintf("%s is redirected to %s. A redirect makes a GET of a POST; MagnaPP sends none.", path, a.header.Get("Location")), redirectNothing)
			return
		case a.status != http.StatusOK:
			d.fail("paths", path+" does not arrive: "+a.says()+".", redirectNothing)
			return
		case !a.decode(&[]json.RawMessage{}):
			d.fail("paths", path+" does not arrive: "+another(a)+".", redirectNothing)
			return
		}
	}
	d.ok("paths", "Paths arrive as they are, and nothing redirects.")
}

// plainPort looks at whether http leads to https where https was asked for.
func (d *doctor) plainPort(ctx context.Context) {
	if d.origin.Scheme != "https" || d.origin.Port() != "" && d.origin.Port() != "443" || d.Dial != nil {
		return
	}
	plain := &url.URL{Scheme: "http", Host: d.origin.Hostname(), Path: "/"}
	a, err := d.client.do(ctx, ask{url: plain.String()})
	if err != nil {
		d.note("redirects", "Nobody answers at http://"+plain.Host+"/, so who leaves out the https:// may not find it.")
		return
	}
	to, moved := redirect(plain, a)
	switch {
	case moved && to != nil && to.Scheme == "https":
		d.ok("redirects", "http leads to https.")
	case a.status == http.StatusOK:
		d.warn("redirects", "http is answered as well, and does not lead to https: who comes by it is not safe.", remedy{
			"nginx": "server { listen 80; return 301 https://$host$request_uri; }", "HAProxy": "http-request redirect scheme https unless { ssl_fc }", "Caddy": "nothing: it does by itself for a site with a name",
			"Apache": "Redirect permanent / https://poker.example.com/", "lighttpd": "$HTTP[\"scheme\"] == \"http\" { url.redirect = ( \"\" => \"https://${url.authority}${url.path}${qsa}\" ) }", "Traefik": "entryPoints.web.http.redirections.entryPoint.to: websecure",
		})
	default:
		d.note("redirects", fmt.Sprintf("http://%s/ answers %d.", plain.Host, a.status))
	}
}

// drift is by how much clocks may be apart: people see times in minutes.
const drift = 5 * time.Second

// clock compares the server's clock with this machine's.
func (d *doctor) clock(ctx context.Context) {
	before := time.Now()
	a, err := d.client.do(ctx, ask{url: d.at("/health")})
	var health struct{ Timestamp time.Time }
	if err != nil || !a.decode(&health) {
		d.note("clock", "The server's time cannot be had.")
		return
	}
	d.add(clocks(health.Timestamp, before, time.Now()))
}

// clocks judges a moment of the server's clock that lies between two of ours.
func clocks(server, before, after time.Time) Finding {
	apart := time.Duration(0)
	switch {
	case server.Before(before):
		apart = before.Sub(server)
	case server.After(after):
		apart = server.Sub(after)
	}
	if apart <= drift {
		return Finding{Check: "clock", Level: OK, Text: "The server's clock and this machine's agree."}
	}
	direction := "behind"
	if server.After(after) {
		direction = "ahead of"
	}
	return Finding{Check: "clock", Level: Warn, Text: fmt.Sprintf("The server's clock is %s %s this machine's. Let both follow a time server (NTP).", inWords(apart), direction)}
}

// hostOnly is a host without its port.
func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}
