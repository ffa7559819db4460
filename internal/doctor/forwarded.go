package doctor

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// What the doctor pretends, to see whether it is believed: a name and an address that nobody has (RFC 2606, RFC 5737).
const (
	falseHost    = "doctor.invalid"
	falseAddress = "192.0.2.1"
	thisMachine  = "127.0.0.1"
)

// forwarded looks at whether a client can pretend to be a proxy.
func (d *doctor) forwarded(ctx context.Context, s *session) {
	var believed []string
	unknown := true
	for _, probe := range []struct {
		header string
		try    func(context.Context, *session) (bool, bool)
	}{{"X-Forwarded-For", d.believesAddress}, {"X-Forwarded-Host", d.believesHost}, {"X-Forwarded-Proto", d.believesScheme}} {
		yes, known := probe.try(ctx, s)
		if yes {
			believed = append(believed, probe.header)
		}
		unknown = unknown && !known
	}
	switch {
	case ctx.Err() != nil:
	case len(believed) == 0 && unknown:
		d.note("forwarded", "Whether a client's X-Forwarded-… are believed cannot be seen.")
	case len(believed) == 0:
		d.ok("forwarded", "What a client says in X-Forwarded-… is not believed.")
	case isLocal(d.origin.Hostname()) && d.proxy() == "":
		d.note("forwarded", strings.Join(believed, ", ")+" of a client on this machine are believed. If nothing stands in between, that is right (TRUSTED_PROXIES); else the proxy does not set them.")
	case len(believed) == 1 && believed[0] == "X-Forwarded-For" && d.client.loopback.Load():
		d.note("forwarded", "X-Forwarded-For of a client on this machine is believed. So it is as well if the proxy adds the client's address to it, which is right; ask from another machine to be sure.")
	default:
		d.warn("forwarded", strings.Join(believed, ", ")+" are believed as a client sends them: it can claim any address, and links can lead anywhere. The proxy has to set them.", setForwarded)
	}
}

// repeat makes the session once more, which by the same key is the same, with other headers. Only the answer's link and cookie are new.
func (d *doctor) repeat(ctx context.Context, s *session, header, value string) (answer, *url.URL, bool) {
	q := s.creation(d)
	q.header.Del("Origin") // which would not fit
	q.header.Set(header, value)
	a, err := d.client.do(ctx, q)
	var made struct {
		JoinURL string `json:"join_url"`
	}
	if err != nil {
		return answer{}, nil, false
	}
	a.decode(&made)
	u, err := url.Parse(made.JoinURL)
	return a, u, err == nil
}

func (d *doctor) believesHost(ctx context.Context, s *session) (yes, known bool) {
	a, link, ok := d.repeat(ctx, s, "X-Forwarded-Host", falseHost)
	switch {
	case !ok:
		return false, false
	case a.status == http.StatusMisdirectedRequest: // the name was heard, and is not one of ALLOWED_HOSTS
		return true, true
	}
	return link.Host == falseHost, a.status == http.StatusOK
}

func (d *doctor) believesScheme(ctx context.Context, s *session) (yes, known bool) {
	other := "https"
	if strings.HasPrefix(s.joinURL, "https:") {
		other = "http"
	}
	a, link, ok := d.repeat(ctx, s, "X-Forwarded-Proto", other)
	return ok && link.Scheme == other, ok && a.status == http.StatusOK
}

// believesAddress asks for what only those at the server's machine are told, as one who is there and one who is not.
func (d *doctor) believesAddress(ctx context.Context, _ *session) (yes, known bool) {
	tells := func(claimed string) (bool, bool) {
		q := ask{url: d.at("/api/addresses"), host: "localhost", header: http.Header{}}
		if claimed != "" {
			q.header.Set("X-Forwarded-For", claimed)
		}
		a, err := d.client.do(ctx, q)
		var told struct{ Addresses []string }
		return err == nil && a.status == http.StatusOK && a.decode(&told), err == nil && (a.status == http.StatusOK || a.status == http.StatusNotFound && a.isProblem())
	}
	plain, known := tells("")
	if !known {
		return false, false
	}
	claimed := thisMachine
	if plain {
		claimed = falseAddress
	}
	otherwise, known := tells(claimed)
	return known && otherwise != plain, known && (plain || otherwise)
}
