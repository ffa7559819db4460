package shortcut

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// plain reads the request that the bytes are, all of them. It knows only what is simple to read: a path and a query without a character that means anything to a URL, headers of visible
// ASCII on one line each, a body of stated length. False for everything else, right or wrong, and for what net/http would look at itself. What it takes it reads as [http.ReadRequest]
// does (TestPlainReadsAsNetHTTPDoes, FuzzPlain), at a tenth of the price: with the processor's caches cold, as they are between two votes, a general parser is one of the longest parts of a
// command's way.
//
// The request has no context and no remote address.
func plain(b []byte, r *http.Request) bool {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return false
	}
	head, body := string(b[:end]), b[end+4:]
	line, lines, _ := strings.Cut(head, "\r\n")
	return plainLine(line, r) && plainHeaders(lines, r) && plainBody(body, r)
}

// plainLine reads a request line (RFC 9112, section 3).
func plainLine(line string, r *http.Request) bool {
	method, rest, _ := strings.Cut(line, " ")
	target, ok := strings.CutSuffix(rest, " HTTP/1.1")
	if !ok || method == http.MethodHead || method == http.MethodConnect || !only(method, inMethod) {
		return false
	}
	path, query, asked := strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || !only(path, inPath) || asked && !only(query, inQuery) {
		return false
	}
	r.Method, r.RequestURI = method, target
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.URL = &url.URL{Path: path, RawQuery: query}
	return true
}

// plainHeaders reads the header lines.
func plainHeaders(lines string, r *http.Request) bool {
	n := strings.Count(lines, "\n") + 1
	r.Header = make(http.Header, n)
	values := make([]string, n) // of one header each, as net/http does
	for ; lines != ""; values = values[1:] {
		var line string
		line, lines, _ = strings.Cut(lines, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		value = strings.Trim(value, " ")
		if !ok || !only(name, inName) || value != "" && !only(value, inValue) {
			return false
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		if r.Header[name] != nil || !simple(name, value) {
			return false
		}
		values[0] = value
		r.Header[name] = values[:1:1]
	}
	host := r.Header["Host"]
	if host == nil || !only(host[0], inHost) {
		return false
	}
	r.Host = host[0]
	delete(r.Header, "Host")
	return true
}

// simple reports whether a header means nothing to net/http, or nothing unusual.
func simple(name, value string) bool {
	switch name {
	case "Connection":
		return strings.EqualFold(value, "keep-alive")
	case "Expect", "Pragma", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return false
	}
	return true
}

// maxDigits bounds a Content-Length. No request that is read at once is longer.
const maxDigits = 5

// plainBody takes what follows the head for the body, if that is as long as the head says.
func plainBody(b []byte, r *http.Request) bool {
	length := r.Header["Content-Length"]
	if length == nil {
		r.Body = http.NoBody
		return len(b) == 0
	}
	n, err := strconv.ParseUint(length[0], 10, 32)
	if err != nil || len(length[0]) > maxDigits || n != uint64(len(b)) {
		return false
	}
	r.ContentLength = int64(n)
	r.Body = http.NoBody
	if n > 0 {
		r.Body = newBody(b)
	}
	return true
}

// body is a request's body that has arrived.
type body struct{ bytes.Reader }

func newBody(b []byte) *body {
	var r body
	r.Reset(b)
	return &r
}

// Close lets go of the bytes, where the next request will be.
func (b *body) Close() error {
	b.Reset(nil)
	return nil
}

// class is a set of characters.
type class uint8

const (
	inMethod class = 1 << iota
	inPath
	inQuery
	inName
	inValue
	inHost
)

var classes = func() (classes [256]class) {
	set := func(c class, chars string) {
		for i := range len(chars) {
			classes[chars[i]] |= c
		}
	}
	const upper, lower, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	set(inMethod, upper)
	set(inPath|inQuery|inName|inHost, upper+lower+digits+"-._")
	set(inPath, "/~")
	set(inQuery, "=&%+~")
	set(inName, "!#$&'*+^`|~")
	set(inHost, ":[]")
	for c := ' '; c <= '~'; c++ {
		set(inValue, string(c))
	}
	return classes
}()

// only reports whether a text, which must not be empty, has only characters of the class.
func only(text string, c class) bool {
	for i := range len(text) {
		if classes[text[i]]&c == 0 {
			return false
		}
	}
	return text != ""
}
