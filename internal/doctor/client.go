package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer is how many bytes of an answer are read. None of the server's that are asked for is larger.
const maxAnswer = 1 << 20

// A client asks the server, through whatever is in between. It follows no redirect and keeps no cookie.
type client struct {
	transport *http.Transport
	loopback  atomic.Bool    // a connection has been made within this machine
	patience  time.Duration  // how long an answer may take
	fresh     func() *client // another, with connections of its own
}

// newClient makes a client, which believes every certificate if blind.
func newClient(o Options, blind bool) *client {
	c := &client{patience: o.Patience, fresh: func() *client { return newClient(o, blind) }}
	dial := o.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: o.Patience}).DialContext
	}
	c.transport = &http.Transport{
		ForceAttemptHTTP2: true, DisableCompression: true, MaxIdleConnsPerHost: 16, TLSHandshakeTimeout: o.Patience,
		HTTP2:           &http.HTTP2Config{StrictMaxConcurrentRequests: true},                                   // as browsers do
		TLSClientConfig: &tls.Config{RootCAs: o.Roots, InsecureSkipVerify: blind, MinVersion: tls.VersionTLS12}, //nolint:gosec // reported, and nothing secret is sent
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err == nil {
				if to, ok := conn.RemoteAddr().(*net.TCPAddr); ok && to.IP.IsLoopback() {
					c.loopback.Store(true)
				}
			}
			return conn, err
		},
	}
	if o.Dial == nil {
		c.transport.Proxy = http.ProxyFromEnvironment
	}
	return c
}

// An ask is a request to be sent.
type ask struct {
	method string // empty: GET
	url    string
	body   string
	header http.Header
	host   string // named instead of the URL's; may be empty
}

// An answer is what came back, read to its end.
type answer struct {
	status int
	proto  string
	header http.Header
	body   []byte
	took   time.Duration // until the head of the answer
	tls    *tls.ConnectionState
}

// decode reads the answer's JSON into v and reports whether it is of that kind.
func (a answer) decode(v any) bool { return json.Unmarshal(a.body, v) == nil }

// isProblem reports whether the answer is one of the server's refusals, and not one of something in between.
func (a answer) isProblem() bool {
	var p struct{ Error, Detail string }
	return a.decode(&p) && p.Error != "" && p.Detail != ""
}

// says is a refusal in short: the status, and the server's own words if they are such.
func (a answer) says() string {
	var p struct{ Error, Detail string }
	text := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	switch {
	case a.decode(&p) && p.Error != "":
		text += ": " + p.Error + ". " + strings.TrimSuffix(p.Detail, ".")
	case a.status != http.StatusOK:
		text = another(a)
	}
	return text
}

// another says that an answer is none of the server's.
func another(a answer) string {
	return fmt.Sprintf("%d %s, not in the server's words, so something in between has answered", a.status, http.StatusText(a.status))
}

func (c *client) request(ctx context.Context, q ask) (*http.Response, time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, q.url, strings.NewReader(q.body))
	if err != nil {
		return nil, 0, err
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if q.host != "" {
		r.Host = q.host
	}
	r.Header.Set("User-Agent", "magnapp-doctor")
	begin := time.Now()
	resp, err := c.transport.RoundTrip(r)
	return resp, time.Since(begin), err
}

// do sends a request and reads the whole answer, within the client's patience.
func (c *client) do(ctx context.Context, q ask) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.patience, errNoAnswer)
	defer cancel()
	resp, took, err := c.request(ctx, q)
	if err != nil {
		return answer{}, cause(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }() // what is left of the answer is of no use
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{status: resp.StatusCode, proto: resp.Proto, header: resp.Header, body: bytes.TrimSpace(body), took: took, tls: resp.TLS}, cause(ctx, err)
}

var errNoAnswer = errors.New("no answer in time")

// cause says why a context has ended, if that is why something failed.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// explain says in plain words why there was no answer.
func explain(err error, patience time.Duration) string {
	var (
		noName    *net.DNSError
		authority x509.UnknownAuthorityError
		wrongName x509.HostnameError
		invalid   x509.CertificateInvalidError
		notTLS    tls.RecordHeaderError
		network   net.Error
	)
	switch {
	case errors.Is(err, errNoAnswer):
		return "no answer within " + inWords(patience)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &noName):
		return "the name " + noName.Name + " cannot be resolved: " + noName.Err
	case errors.As(err, &authority):
		return "the certificate is signed by nobody whom this machine knows, or its chain is incomplete"
	case errors.As(err, &wrongName), errors.As(err, &invalid):
		return "the certificate does not hold: " + err.Error()
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return "there is no TLS at this port; is it http, or another port?"
	case errors.As(err, &network) && network.Timeout():
		return "no connection within " + inWords(patience)
	case strings.Contains(err.Error(), "connection refused"):
		return "the connection was refused: nothing listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer"
	}
	return err.Error()
}

// isCertificate reports whether an error is about a certificate.
func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	return errors.As(err, &verification)
}

// inWords writes a time as short as it may be.
func inWords(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.3g s", d.Round(100*time.Millisecond).Seconds())
	}
	return fmt.Sprintf("%.3g min", d.Minutes())
}

// originOf is scheme, host and port of a URL.
func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }
