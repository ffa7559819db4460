package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// How long a browser may keep an answer.
const (
	immutable   = "public, max-age=31536000, immutable"
	shortLived  = "public, max-age=3600"
	revalidated = "no-cache"
)

// policy lets the page load from its own origin only, and run nothing that is written in the document. The name of the policy for Trusted Types is lit-html's.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".map": "application/json", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

// file is one thing to serve, in the encodings that clients may want.
type file struct {
	kind  string
	cache string
	tag   string
	plain []byte
	small bool // not worth compressing, or compressed already
	// document: a browser may show it as a page of its own, so it carries the policy; on a module or a style it would only cost bytes
	document bool
	missing  bool // it is what is said instead of what was asked for: the status is 404

	gzip   func() []byte // computed when first asked for
	brotli func() []byte
}

func newFile(name string, body []byte, cache string) *file {
	sum := sha256.Sum256(body)
	return &file{
		kind: types[path.Ext(name)], cache: cache, tag: hex.EncodeToString(sum[:8]), plain: body,
		small:    path.Ext(name) == ".png" || len(body) < 200,
		document: path.Ext(name) == ".html" || path.Ext(name) == ".svg",
		gzip:     sync.OnceValue(func() []byte { return gzipped(body) }),
		brotli:   sync.OnceValue(func() []byte { return brotlied(body) }),
	}
}

// ServeHTTP answers GET and HEAD.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	h.Set("X-Content-Type-Options", "nosniff")
	if f.document {
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer") // a session's link lets anyone in
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Add("Vary", "Accept-Encoding")
	encoding, body := f.encoded(r.Header.Get("Accept-Encoding"))
	tag := strconv.Quote(f.tag + encoding)
	if f.cache != immutable { // what never changes is never asked about
		h.Set("ETag", tag)
	}
	if !f.missing && matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if f.missing {
		w.WriteHeader(http.StatusNotFound)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has gone away needs no page
	}
}

func (f *file) encoded(accept string) (encoding string, body []byte) {
	switch {
	case f.small:
		return "", f.plain
	case accepts(accept, "br"):
		return "br", f.brotli()
	case accepts(accept, "gzip"):
		return "gzip", f.gzip()
	}
	return "", f.plain
}

// accepts reports whether an Accept-Encoding names the encoding, other than to refuse it.
func accepts(accept, encoding string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, given := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !given || err == nil && weight > 0
		}
	}
	return false
}

// matches reports whether an If-None-Match names the tag; proxies may have made it a weak one.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// Brotli's settings: a browser asks for all files at once on the very first visit, so neither time nor memory may explode. The window holds the largest of them.
const (
	brotliQuality = 9
	brotliWindow  = 16 // bits
)

// compressing lets one file be compressed at a time: an encoder takes megabytes.
var compressing sync.Mutex

func brotlied(body []byte) []byte {
	compressing.Lock()
	defer compressing.Unlock()
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotliQuality, LGWin: brotliWindow})
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
