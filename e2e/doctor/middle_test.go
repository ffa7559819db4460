package doctor_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/testcert"
)

// A middle is a proxy as it should be, until something is planted in it.
type middle struct {
	keepsHeaders bool                                                             // passes X-Forwarded-… on as they came
	rewritesHost bool                                                             // names the upstream as Host, and nothing else
	saysNoScheme bool                                                             // leaves out X-Forwarded-Proto
	plain        bool                                                             // no TLS
	http1        bool                                                             // no HTTP/2
	request      func(r *http.Request)                                            // changes a request on its way
	answer       func(r *http.Response)                                           // changes the head of an answer
	stream       func(w http.ResponseWriter, r *http.Request) http.ResponseWriter // changes a stream on its way
	limit        time.Duration                                                    // of every stream
	refuse       func(w http.ResponseWriter, r *http.Request) bool                // answers by itself
	life         time.Duration                                                    // of its certificate
}

// name is what the proxies are asked by, wherever they listen. Nobody looks it up.
const name = "poker.example.com"

// start runs the proxy until the test ends, and returns its address and who has signed its certificate.
func (m *middle) start(t *testing.T) (address string, roots *x509.CertPool) {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(p *httputil.ProxyRequest) { m.rewrite(p, target) }}
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	proxy.Transport = transport
	proxy.ModifyResponse = func(r *http.Response) error {
		if m.answer != nil {
			m.answer(r)
		}
		return nil
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.serve(proxy, w, r) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	if m.plain {
		server.Start()
		return server.Listener.Addr().String(), nil
	}
	life := m.life
	if life == 0 {
		life = 90 * 24 * time.Hour
	}
	cert, roots := certificate(t, life)
	server.EnableHTTP2 = !m.http1
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	return server.Listener.Addr().String(), roots
}

func certificate(t *testing.T, life time.Duration) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	from := time.Now().Add(-60 * 24 * time.Hour)
	certPEM, keyPEM, err := testcert.New("proxy", from, life+60*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	return cert, roots
}

func (m *middle) rewrite(p *httputil.ProxyRequest, target *url.URL) {
	p.SetURL(target)
	p.Out.Host = p.In.Host
	scheme := "https"
	if m.plain {
		scheme = "http"
	}
	switch {
	case m.keepsHeaders:
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			p.Out.Header[name] = p.In.Header[name]
		}
		if p.Out.Header.Get("X-Forwarded-Proto") == "" {
			p.Out.Header.Set("X-Forwarded-Proto", scheme)
		}
	case m.rewritesHost:
		p.Out.Host = target.Host
		p.Out.Header.Set("X-Forwarded-Proto", scheme)
	default:
		p.SetXForwarded()
		if m.saysNoScheme {
			p.Out.Header.Del("X-Forwarded-Proto")
		}
	}
	if m.request != nil {
		m.request(p.Out)
	}
}

func (m *middle) serve(proxy http.Handler, w http.ResponseWriter, r *http.Request) {
	if m.refuse != nil && m.refuse(w, r) {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/api/sse/") {
		if m.limit > 0 {
			ctx, cancel := context.WithTimeout(r.Context(), m.limit)
			defer cancel()
			r = r.WithContext(ctx)
			defer func() { _ = recover() }() // the stream just ends, as by a proxy that thinks it is over
		}
		if m.stream != nil {
			w = m.stream(w, r)
		}
	}
	proxy.ServeHTTP(w, r)
}

// held keeps a stream back until it ends.
type held struct {
	http.ResponseWriter
}

func (h held) WriteHeader(int)             {}
func (h held) Write(b []byte) (int, error) { return len(b), nil }
func (h held) Flush()                      {}

// packed compresses a stream, and lets out what has come only if it flushes.
type packed struct {
	http.ResponseWriter
	zip     *gzip.Writer
	flushes bool
}

// packing packs for those who would have it so.
func packing(flushes bool) func(http.ResponseWriter, *http.Request) http.ResponseWriter {
	return func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			return w
		}
		return &packed{ResponseWriter: w, zip: gzip.NewWriter(w), flushes: flushes}
	}
}

func (p *packed) WriteHeader(status int) {
	p.Header().Set("Content-Encoding", "gzip")
	p.ResponseWriter.WriteHeader(status)
}

func (p *packed) Write(b []byte) (int, error) { return p.zip.Write(b) }

func (p *packed) Flush() {
	if p.flushes {
		_ = p.zip.Flush() // the client is gone, which is seen elsewhere
	}
	_ = http.NewResponseController(p.ResponseWriter).Flush()
}

// collecting sends what has come only once a second.
type collecting struct {
	http.ResponseWriter
	last time.Time
}

func (c *collecting) Write(b []byte) (int, error) {
	timer := time.NewTimer(time.Until(c.last.Add(collected)))
	<-timer.C
	c.last = time.Now()
	return c.ResponseWriter.Write(b)
}

func (c *collecting) Flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }

// collected is how long something in between may collect. It is as long as the test of it needs, and no longer.
const collected = 1200 * time.Millisecond
