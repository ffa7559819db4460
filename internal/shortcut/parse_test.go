package shortcut

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http/httpguts"
)

// head makes a head of its lines.
func head(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n\r\n" }

// plainRequests are what plain is for, as clients write them.
var plainRequests = map[string]string{
	"Chrome": head("POST /api/sessions/4711/votes HTTP/1.1", "Host: localhost:8080", "Connection: keep-alive", "Content-Length: 13", `sec-ch-ua-platform: "Linux"`,
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		`sec-ch-ua: "Chromium";v="142", "Not_A Brand";v="99"`, "Content-Type: application/json", "sec-ch-ua-mobile: ?0", "Accept: */*", "Origin: http://localhost:8080",
		"Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Referer: http://localhost:8080/4711?a=b#c", "Accept-Encoding: gzip, deflate, br, zstd",
		"Accept-Language: en-GB,en;q=0.9", "Cookie: seat=abc.DEF-123_~; other=\"1\"") + `{"value":"8"}`,
	"Firefox": head("POST /api/sessions/4711/votes?why=not&x=%20+~ HTTP/1.1", "Host: 192.168.0.1:8080", "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
		"Accept: */*", "Accept-Language: de,en-US;q=0.7", "Accept-Encoding: gzip, deflate", "Content-Type: application/json", "Content-Length: 13", "Origin: http://192.168.0.1:8080",
		"Connection: keep-alive", "Cookie: seat=abc", "Priority: u=0") + `{"value":"8"}`,
	"curl":                     head("POST /api/sessions HTTP/1.1", "Host: example.org", "User-Agent: curl/8.5.0", "Accept: */*", "Content-Length: 3", "Content-Type: application/x-www-form-urlencoded") + "a=b",
	"Go's client":              head("POST /api/sessions HTTP/1.1", "Host: 127.0.0.1:8080", "User-Agent: Go-http-client/1.1", "Content-Length: 2", "Accept-Encoding: gzip") + "{}",
	"no body":                  head("POST /a HTTP/1.1", "Host: a"),
	"a body of no bytes":       head("POST /a HTTP/1.1", "Host: a", "Content-Length: 0"),
	"a GET":                    head("GET / HTTP/1.1", "Host: a"),
	"a GET with a body":        head("GET / HTTP/1.1", "Host: a", "Content-Length: 1") + "x",
	"any other method":         head("BREW /pot HTTP/1.1", "Host: a"),
	"a host of IPv6":           head("POST / HTTP/1.1", "Host: [::1]:8080"),
	"a header without a value": head("POST / HTTP/1.1", "Host: a", "X:"),
	"spaces around a value":    head("POST / HTTP/1.1", "Host:   a  ", "X:  y  z  "),
	"no space before a value":  head("POST / HTTP/1.1", "Host:a", "X:y"),
	"colons in a value":        head("POST / HTTP/1.1", "Host: a", "X: :y:"),
	"names in any case":        head("POST / HTTP/1.1", "hOST: a", "x-any-CASE: y", "content-length: 1") + "x",
	"an odd but valid name":    head("POST / HTTP/1.1", "Host: a", "!#$&'*+-.^_`|~9: y"),
	"dots in the path":         head("POST /a/../b/./c//d HTTP/1.1", "Host: a"),
	"keep-alive in any case":   head("POST / HTTP/1.1", "Host: a", "Connection: Keep-Alive"),
	"zeros before the length":  head("POST / HTTP/1.1", "Host: a", "Content-Length: 00003") + "abc",
	"a body like a request":    head("POST / HTTP/1.1", "Host: a", "Content-Length: 18") + "GET / HTTP/1.1\r\n\r\n",
	"any bytes in the body":    head("POST / HTTP/1.1", "Host: a", "Content-Length: 5") + "\x00\xff\r\n\n",
}

// otherRequests are not for plain: wrong, unusual, or of interest to net/http itself.
var otherRequests = map[string]string{
	"nothing":                           "",
	"no end of the head":                "POST / HTTP/1.1\r\nHost: a\r\n",
	"only line feeds":                   "POST / HTTP/1.1\nHost: a\n\n",
	"a line feed among the lines":       head("POST / HTTP/1.1", "Host: a\nX: y"),
	"a carriage return in a value":      head("POST / HTTP/1.1", "Host: a", "X: y\rz"),
	"a carriage return after a value":   head("POST / HTTP/1.1", "Host: a", "X: y\r"),
	"a line feed after the target":      head("POST / HTTP/1.1\nX: y", "Host: a"),
	"an empty line first":               "\r\n" + head("POST / HTTP/1.1", "Host: a"),
	"NUL in a value":                    head("POST / HTTP/1.1", "Host: a", "X: \x00"),
	"NUL in the target":                 head("POST /\x00 HTTP/1.1", "Host: a"),
	"NUL in a name":                     head("POST / HTTP/1.1", "Host: a", "X\x00: y"),
	"bytes above ASCII in a value":      head("POST / HTTP/1.1", "Host: a", "X: \xc3\xa4"),
	"bytes above ASCII in the target":   head("POST /\xc3\xa4 HTTP/1.1", "Host: a"),
	"bytes above ASCII in the query":    head("POST /?\xc3\xa4 HTTP/1.1", "Host: a"),
	"bytes above ASCII in a name":       head("POST / HTTP/1.1", "Host: a", "X\xe4: y"),
	"delete in a value":                 head("POST / HTTP/1.1", "Host: a", "X: \x7f"),
	"a tab before a value":              head("POST / HTTP/1.1", "Host: a", "X:\ty"),
	"a tab after a value":               head("POST / HTTP/1.1", "Host: a", "X: y\t"),
	"a tab in a value":                  head("POST / HTTP/1.1", "Host: a", "X: y\tz"),
	"a space before the colon":          head("POST / HTTP/1.1", "Host: a", "Content-Length : 1") + "x",
	"a space before a name":             head("POST / HTTP/1.1", "Host: a", " X: y"),
	"a space before the first name":     head("POST / HTTP/1.1", " Host: a"),
	"a folded line":                     head("POST / HTTP/1.1", "Host: a", "X: y", " z"),
	"a line folded by a tab":            head("POST / HTTP/1.1", "Host: a", "X: y", "\tz: z"),
	"no colon":                          head("POST / HTTP/1.1", "Host: a", "X"),
	"no name":                           head("POST / HTTP/1.1", "Host: a", ": y"),
	"a percent sign in a name":          head("POST / HTTP/1.1", "Host: a", "X%: y"),
	"no headers":                        head("POST / HTTP/1.1"),
	"no host":                           head("POST / HTTP/1.1", "X: y"),
	"an empty host":                     head("POST / HTTP/1.1", "Host:"),
	"two hosts":                         head("POST / HTTP/1.1", "Host: a", "Host: a"),
	"a host with a path":                head("POST / HTTP/1.1", "Host: a/b"),
	"a host with a space":               head("POST / HTTP/1.1", "Host: a b"),
	"a header twice":                    head("POST / HTTP/1.1", "Host: a", "X: y", "x: z"),
	"two lengths that agree":            head("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 1") + "x",
	"two lengths that differ":           head("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2") + "x",
	"a list of lengths":                 head("POST / HTTP/1.1", "Host: a", "Content-Length: 1, 1") + "x",
	"a length and chunks":               head("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n",
	"chunks":                            head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "0\r\n\r\n",
	"an unknown transfer encoding":      head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: xchunked"),
	"an empty transfer encoding":        head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding:"),
	"a trailer":                         head("POST / HTTP/1.1", "Host: a", "Trailer: X"),
	"an empty length":                   head("POST / HTTP/1.1", "Host: a", "Content-Length:"),
	"a length with a sign":              head("POST / HTTP/1.1", "Host: a", "Content-Length: +5") + "abcde",
	"a negative length":                 head("POST / HTTP/1.1", "Host: a", "Content-Length: -0"),
	"a length in hexadecimal":           head("POST / HTTP/1.1", "Host: a", "Content-Length: 0x5") + "abcde",
	"a length with an underscore":       head("POST / HTTP/1.1", "Host: a", "Content-Length: 0_5") + "abcde",
	"a length of many digits":           head("POST / HTTP/1.1", "Host: a", "Content-Length: 000005") + "abcde",
	"a length beyond 32 bits":           head("POST / HTTP/1.1", "Host: a", "Content-Length: 4294967297") + "x",
	"a length beyond 64 bits":           head("POST / HTTP/1.1", "Host: a", "Content-Length: 18446744073709551617") + "x",
	"less body than stated":             head("POST / HTTP/1.1", "Host: a", "Content-Length: 2") + "x",
	"more body than stated":             head("POST / HTTP/1.1", "Host: a", "Content-Length: 1") + "xy",
	"a body that is not stated":         head("POST / HTTP/1.1", "Host: a") + "x",
	"two requests":                      head("POST / HTTP/1.1", "Host: a") + head("POST / HTTP/1.1", "Host: a"),
	"a percent-encoded path":            head("POST /%61 HTTP/1.1", "Host: a"),
	"a wrongly encoded path":            head("POST /%zz HTTP/1.1", "Host: a"),
	"two slashes":                       head("POST //a HTTP/1.1", "Host: a"),
	"a question mark alone":             head("POST /? HTTP/1.1", "Host: a"),
	"two question marks":                head("POST /?a?b HTTP/1.1", "Host: a"),
	"a fragment":                        head("POST /a#b HTTP/1.1", "Host: a"),
	"a fragment after a query":          head("POST /a?b#c HTTP/1.1", "Host: a"),
	"a colon in the path":               head("POST /a:b HTTP/1.1", "Host: a"),
	"a semicolon in the path":           head("POST /a;b HTTP/1.1", "Host: a"),
	"an absolute target":                head("POST http://b/ HTTP/1.1", "Host: a"),
	"an authority for a target":         head("CONNECT a:80 HTTP/1.1", "Host: a"),
	"CONNECT with a path":               head("CONNECT /a HTTP/1.1", "Host: a"),
	"an asterisk for a target":          head("OPTIONS * HTTP/1.1", "Host: a"),
	"a path without a slash":            head("POST a HTTP/1.1", "Host: a"),
	"no target":                         head("POST  HTTP/1.1", "Host: a"),
	"no method":                         head(" / HTTP/1.1", "Host: a"),
	"a space too many":                  head("POST  / HTTP/1.1", "Host: a"),
	"a space in the target":             head("POST /a b HTTP/1.1", "Host: a"),
	"two protocols":                     head("POST / HTTP/1.1 HTTP/1.1", "Host: a"),
	"a space after the protocol":        head("POST / HTTP/1.1 ", "Host: a"),
	"a method in lower case":            head("post / HTTP/1.1", "Host: a"),
	"a method that is no token":         head("PO(ST / HTTP/1.1", "Host: a"),
	"HEAD, whose answer has no body":    head("HEAD / HTTP/1.1", "Host: a"),
	"HTTP/1.0":                          head("POST / HTTP/1.0", "Host: a"),
	"HTTP/1.0 kept alive":               head("POST / HTTP/1.0", "Host: a", "Connection: keep-alive"),
	"HTTP/1.2":                          head("POST / HTTP/1.2", "Host: a"),
	"HTTP/0.9":                          "GET /\r\n\r\n",
	"the protocol in lower case":        head("POST / http/1.1", "Host: a"),
	"the preface of HTTP/2":             head("PRI * HTTP/2.0") + "SM\r\n\r\n",
	"Connection: close":                 head("POST / HTTP/1.1", "Host: a", "Connection: close"),
	"Connection: close after another":   head("POST / HTTP/1.1", "Host: a", "Connection: keep-alive, close"),
	"Connection: names a header":        head("POST / HTTP/1.1", "Host: a", "Connection: X", "X: y"),
	"Connection: Upgrade":               head("POST / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"),
	"Upgrade":                           head("POST / HTTP/1.1", "Host: a", "Upgrade: h2c"),
	"Expect":                            head("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 1") + "x",
	"Expect something unknown":          head("POST / HTTP/1.1", "Host: a", "Expect: wonders"),
	"Pragma, which net/http translates": head("POST / HTTP/1.1", "Host: a", "Pragma: no-cache"),
	"TE":                                head("POST / HTTP/1.1", "Host: a", "TE: trailers"),
}

func TestPlainReadsAsNetHTTPDoes(t *testing.T) {
	for name, raw := range plainRequests {
		t.Run("taken/"+name, func(t *testing.T) {
			if !readsAsNetHTTPDoes(t, []byte(raw)) {
				t.Errorf("not taken: %q", raw)
			}
		})
	}
	for name, raw := range otherRequests {
		t.Run("left/"+name, func(t *testing.T) {
			if readsAsNetHTTPDoes(t, []byte(raw)) {
				t.Errorf("taken: %q", raw)
			}
		})
	}
}

// TestPlainKeepsHeadersApart adds a value to each header, as handlers may.
func TestPlainKeepsHeadersApart(t *testing.T) {
	var r http.Request
	if !plain([]byte(plainRequests["Chrome"]), &r) {
		t.Fatal("not taken")
	}
	before := r.Header.Clone()
	for name := range before {
		r.Header.Add(name, "more")
		before[name] = append(before[name], "more")
	}
	if diff := cmp.Diff(before, r.Header); diff != "" {
		t.Errorf("headers with a value more:\n%s", diff)
	}
}

func FuzzPlain(f *testing.F) {
	for _, raw := range plainRequests {
		f.Add([]byte(raw))
	}
	for _, raw := range otherRequests {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { readsAsNetHTTPDoes(t, raw) })
}

// readsAsNetHTTPDoes reports whether plain takes the bytes. Then net/http must take them too, as the same request.
func readsAsNetHTTPDoes(t *testing.T, raw []byte) bool {
	before := bytes.Clone(raw)
	var r http.Request
	if !plain(raw, &r) {
		return false
	}
	ours := viewOf(t, &r)
	if !bytes.Equal(raw, before) {
		t.Errorf("%q has become %q", before, raw)
	}
	theirs, err := readByServer(before)
	if err != nil {
		t.Fatalf("taken: %q, but by net/http: %v", before, err)
	}
	if diff := cmp.Diff(viewOf(t, theirs), ours); diff != "" {
		t.Errorf("%q differs from what net/http reads:\n%s", before, diff)
	}
	return true
}

// readByServer reads the request that the bytes are as net/http's server does, with what the server checks after [http.ReadRequest].
func readByServer(raw []byte) (*http.Request, error) {
	rest := bufio.NewReader(bytes.NewReader(raw))
	r, err := http.ReadRequest(rest)
	if err != nil {
		return nil, err
	}
	if r.Host == "" || !httpguts.ValidHostHeader(r.Host) {
		return nil, fmt.Errorf("host: %q", r.Host)
	}
	for name, values := range r.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("header name %q", name)
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return nil, fmt.Errorf("header %s: %q", name, value)
			}
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if left, _ := io.ReadAll(rest); len(left) > 0 {
		return nil, fmt.Errorf("after the body: %q", left)
	}
	return r, nil
}

// view is all that a handler may see of a request that does not come from the connection.
type view struct {
	Method, RequestURI, Proto, Host, Body string
	Major, Minor                          int
	URL                                   *url.URL
	Header, Trailer                       http.Header
	ContentLength                         int64
	TransferEncoding                      []string
	Close                                 bool
}

func viewOf(t *testing.T, r *http.Request) view {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("body: %v", err)
	}
	if err := r.Body.Close(); err != nil {
		t.Errorf("close the body: %v", err)
	}
	return view{
		Method: r.Method, RequestURI: r.RequestURI, Proto: r.Proto, Host: r.Host, Body: string(body), Major: r.ProtoMajor, Minor: r.ProtoMinor,
		URL: r.URL, Header: r.Header, Trailer: r.Trailer, ContentLength: r.ContentLength, TransferEncoding: r.TransferEncoding, Close: r.Close,
	}
}
