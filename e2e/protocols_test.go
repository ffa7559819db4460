package e2e_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/testcert"
)

// protocol is how people reach the server.
type protocol struct {
	name   string
	proto  string                // what the server speaks
	tls    bool                  // by itself
	client func(*http.Protocols) // what the client speaks, to the server or to a proxy
	proxy  http.RoundTripper     // how a proxy with TLS, if there is one, speaks to the server
}

var protocols = []protocol{
	{name: "HTTP1", proto: "HTTP/1.1", client: http1},
	{name: "HTTP1 over TLS", proto: "HTTP/1.1", tls: true, client: http1},
	{name: "HTTP2", proto: "HTTP/2.0", client: http2Unencrypted},
	{name: "HTTP2 over TLS", proto: "HTTP/2.0", tls: true, client: http2},
	{name: "proxy by HTTP1", proto: "HTTP/1.1", client: http1, proxy: transport(nil, http1)},
	{name: "proxy by HTTP2", proto: "HTTP/2.0", client: http2, proxy: transport(nil, http2Unencrypted)},
	{name: "proxy by HTTP1.0", proto: "HTTP/1.0", client: http2, proxy: oldProxy{}},
}

func http1(p *http.Protocols)            { p.SetHTTP1(true) }
func http2(p *http.Protocols)            { p.SetHTTP2(true) }
func http2Unencrypted(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }

// transport speaks one protocol, and trusts only the given certificates.
func transport(trusted *x509.CertPool, speak func(*http.Protocols)) *http.Transport {
	var protocols http.Protocols
	speak(&protocols)
	return &http.Transport{Protocols: &protocols, TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
}

// TestMeetingByEveryProtocol plays a round, drops and resumes a stream and stops the server, by each protocol. People prove who they are by their cookies alone, as a browser does.
func TestMeetingByEveryProtocol(t *testing.T) {
	t.Parallel()
	for _, w := range protocols {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			meet(t, w, w.serve(t))
		})
	}
}

func meet(t *testing.T, w protocol, p *process) {
	t.Helper()
	created := p.must(t, "POST /api/sessions/", creation, "")
	w.check(t, p, created)
	master := person{at: p, session: created.text("session_id"), id: created.text("user_id")}
	guest := p.join(t, master.session, 1)
	guest.token = ""

	events := "/api/sse/" + master.session // nobody's: it can be away for any time without being missed
	stream := p.listen(t, events, "", "")
	if stream.proto != w.proto {
		t.Errorf("the stream came by %s", stream.proto)
	}
	stream.until(t, "session_updated")
	master.does(t, "start", `{"topic":"Story"}`)
	guest.votes(t, "5")
	seen := sends(t, stream, "vote_submitted", guest.id)
	stream.close()

	master.votes(t, "8")
	stream = p.listen(t, events, "", seen.id)
	if missed, ok := stream.next(); !ok || missed.typ != "vote_submitted" || !strings.Contains(missed.raw, master.id) {
		t.Errorf("the resumed stream begins with %s, not with the vote that it missed", missed.raw)
	}
	master.does(t, "reveal", "")
	sends(t, stream, "votes_revealed", guest.id)

	p.terminate(t)
	if more := stream.rest(); len(more) > 0 || !stream.retry {
		t.Errorf("at the end of the server the stream sent %v, retry %t", more, stream.retry)
	}
	if code := p.exit(t); code != 0 {
		t.Errorf("exit code %d: %s", code, p.Stderr)
	}
}

// check looks at what an answer says of the protocol by which it came.
func (w protocol) check(t *testing.T, p *process, created answer) {
	t.Helper()
	if created.proto != w.proto {
		t.Errorf("the server spoke %s, want %s", created.proto, w.proto)
	}
	if link := created.text("join_url"); !strings.HasPrefix(link, p.url+"/") {
		t.Errorf("join_url %s does not lead to %s", link, p.url)
	}
	secure := w.tls || w.proxy != nil
	if cookie := created.header.Get("Set-Cookie"); cookie == "" || strings.Contains(cookie, "; Secure") != secure {
		t.Errorf("cookie %q, want Secure %t", cookie, secure)
	}
	if strings.HasPrefix(p.url, "https://") != secure {
		t.Errorf("the address is %s", p.url)
	}
}

// sends reads up to an event of a type that is about somebody.
func sends(t *testing.T, l *listener, typ, about string) event {
	t.Helper()
	all := l.until(t, typ)
	e := all[len(all)-1]
	if !strings.Contains(e.raw, about) {
		t.Errorf("%s is about somebody else than %s", e.raw, about)
	}
	return e
}

// serve starts a server and returns it as people reach it.
func (w protocol) serve(t *testing.T) *process {
	t.Helper()
	settings := []string{"DATA_DIR=" + t.TempDir()}
	trusted := x509.NewCertPool()
	if w.tls {
		cert, key := newCertificate(t, trusted)
		settings = append(settings, "TLS_CERT="+cert, "TLS_KEY="+key)
	}
	p := serve(t, settings...)
	if w.proxy != nil {
		p.url = proxyFor(t, p, w.proxy, trusted)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client = &http.Client{Transport: transport(trusted, w.client), Jar: jar}
	t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// newCertificate writes a certificate for this machine and its key into files.
func newCertificate(t *testing.T, trusted *x509.CertPool) (certFile, keyFile string) {
	t.Helper()
	certPEM, keyPEM, err := testcert.New("test", time.Now().Add(-time.Hour), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	trusted.AppendCertsFromPEM(certPEM)
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, content := range map[string][]byte{certFile: certPEM, keyFile: keyPEM} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// spokenHeader is where a proxy says what the server spoke to it.
const spokenHeader = "Test-Spoken"

func spoken(resp *http.Response) string { return cmp.Or(resp.Header.Get(spokenHeader), resp.Proto) }

// proxyFor puts a proxy with TLS before a server, and returns its address.
func proxyFor(t *testing.T, p *process, to http.RoundTripper, trusted *x509.CertPool) string {
	t.Helper()
	target, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: to, ErrorLog: log.New(io.Discard, "", 0), // clients that go are no news
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
		},
		ModifyResponse: func(resp *http.Response) error {
			resp.Header.Set(spokenHeader, resp.Proto)
			return nil
		},
	})
	proxy.EnableHTTP2 = true
	proxy.StartTLS()
	t.Cleanup(func() {
		proxy.CloseClientConnections()
		proxy.Close()
	})
	trusted.AddCert(proxy.Certificate())
	return proxy.URL
}

// oldProxy speaks HTTP/1.0 to the server, as nginx does by default: a connection for each request, and no chunks.
type oldProxy struct{}

// RoundTrip passes a request on.
func (oldProxy) RoundTrip(req *http.Request) (*http.Response, error) {
	var request bytes.Buffer
	if err := req.Write(&request); err != nil {
		return nil, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(req.Context(), "tcp", req.URL.Host)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(req.Context(), func() { _ = conn.Close() })
	end := func() {
		stop()
		_ = conn.Close() // which may have happened
	}
	resp, err := exchange(conn, bytes.Replace(request.Bytes(), []byte(" HTTP/1.1\r\n"), []byte(" HTTP/1.0\r\n"), 1), req)
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = oldBody{Reader: resp.Body, end: end}
	return resp, nil
}

func exchange(conn net.Conn, request []byte, req *http.Request) (*http.Response, error) {
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	return http.ReadResponse(bufio.NewReader(conn), req)
}

// oldBody ends with its connection.
type oldBody struct {
	io.Reader
	end func()
}

// Close ends the connection.
func (b oldBody) Close() error {
	b.end()
	return nil
}

func TestCertificateThatIsNotThereStopsTheStart(t *testing.T) {
	t.Parallel()
	cert, key := newCertificate(t, x509.NewCertPool())
	_, otherKey := newCertificate(t, x509.NewCertPool())
	for name, test := range map[string]struct{ cert, key, says string }{
		"no certificate": {cert + ".gone", key, "TLS_CERT"},
		"no key":         {cert, key + ".gone", "TLS_KEY"},
		"another's key":  {cert, otherKey, "TLS_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := runToEnd(t, []string{"DATA_DIR=memory", "TLS_CERT=" + test.cert, "TLS_KEY=" + test.key})
			if code == 0 || !strings.Contains(stderr, test.says) || strings.Contains(stdout, "ready") {
				t.Errorf("exit code %d: %s%s", code, stdout, stderr)
			}
		})
	}
}
