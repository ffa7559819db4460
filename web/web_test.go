package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/magnapp/magnapp/web"
)

func site(t *testing.T) *web.Site {
	t.Helper()
	s, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, s http.Handler, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPathsAndTheirAnswers(t *testing.T) {
	s := site(t)
	asset := assets(t, s)[0]
	for _, tt := range []struct {
		path, kind, cache string
		status            int
	}{
		{"/", "text/html; charset=utf-8", "no-cache", 200},
		{"/session/8b6ff6f5-6a0b-4f3e-9d0b-d4a9a3a2a111", "text/html; charset=utf-8", "no-cache", 200},
		{"/session/anything/", "text/html; charset=utf-8", "no-cache", 200},
		{"/session/a/b", "", "", 404},
		{"/session/", "", "", 404},
		{"/favicon.svg", "image/svg+xml", "public, max-age=3600", 200},
		{"/favicon.ico", "image/png", "public, max-age=3600", 200},
		{"/manifest.webmanifest", "application/manifest+json", "public, max-age=3600", 200},
		{"/robots.txt", "text/plain; charset=utf-8", "public, max-age=3600", 200},
		{asset, "text/css; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{strings.Replace(asset, "/assets/", "/assets/0", 1), "", "", 404},
		{"/static/app.js", "", "", 404},
		{"/assets/", "", "", 404},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := get(t, s, method, tt.path)
			if r.StatusCode != tt.status {
				t.Errorf("%s %s: status %d, want %d", method, tt.path, r.StatusCode, tt.status)
			}
			if tt.status != 200 {
				continue
			}
			if got := r.Header.Get("Content-Type"); got != tt.kind {
				t.Errorf("%s %s: type %q, want %q", method, tt.path, got, tt.kind)
			}
			if got := r.Header.Get("Cache-Control"); got != tt.cache {
				t.Errorf("%s %s: cached %q, want %q", method, tt.path, got, tt.cache)
			}
			if got := len(body(t, r)); (got == 0) != (method == "HEAD") {
				t.Errorf("%s %s: body of %d bytes", method, tt.path, got)
			}
		}
	}
	if r := get(t, s, "POST", "/"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /: status %d, Allow %q", r.StatusCode, r.Header.Get("Allow"))
	}
}

func TestPageCarriesAStrictPolicy(t *testing.T) {
	r := get(t, site(t), "GET", "/")
	want := []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
	policy := strings.Split(r.Header.Get("Content-Security-Policy"), "; ")
	for _, w := range want {
		if !strings.Contains("; "+strings.Join(policy, "; ")+";", "; "+w+";") {
			t.Errorf("the policy %q lacks %q", policy, w)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	page := string(body(t, r))
	if regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|https?://`).MatchString(page) {
		t.Errorf("the page has something inline, or of another host:\n%s", page)
	}
}

func TestEncodingIsNegotiated(t *testing.T) {
	s := site(t)
	plain := body(t, get(t, s, "GET", "/"))
	for _, tt := range []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"gzip, deflate, br, zstd", "br"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"br;q=0", ""}, {"identity", ""}, {"BR", "br"}, {"gzip;q=x", ""},
	} {
		r := get(t, s, "GET", "/", "Accept-Encoding", tt.accept)
		if got := r.Header.Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", tt.accept, got, tt.want)
		}
		if got := r.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is %q", tt.accept, got)
		}
		if got := decoded(t, r); !bytes.Equal(got, plain) {
			t.Errorf("Accept-Encoding %q: the page differs", tt.accept)
		}
	}
}

func decoded(t *testing.T, r *http.Response) []byte {
	t.Helper()
	var from io.Reader = r.Body
	switch r.Header.Get("Content-Encoding") {
	case "gzip":
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		from = unzipped
	case "br":
		from = brotli.NewReader(r.Body)
	}
	b, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestUnchangedPageIsNotSentAgain(t *testing.T) {
	s := site(t)
	first := get(t, s, "GET", "/", "Accept-Encoding", "gzip")
	tag := first.Header.Get("ETag")
	for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if r := get(t, s, "GET", "/session/x", "Accept-Encoding", "gzip", "If-None-Match", known); r.StatusCode != http.StatusNotModified {
			t.Errorf("If-None-Match %s: status %d", known, r.StatusCode)
		}
	}
	if r := get(t, s, "GET", "/", "Accept-Encoding", "br", "If-None-Match", tag); r.StatusCode != http.StatusOK {
		t.Errorf("another encoding under the same tag: status %d", r.StatusCode)
	}
}

// assets are the paths that the page names.
func assets(t *testing.T, s *web.Site) []string {
	t.Helper()
	page := string(body(t, get(t, s, "GET", "/")))
	paths := regexp.MustCompile(`/assets/[0-9a-f]{16}/[^"]+\.(?:css|js)`).FindAllString(page, -1)
	if len(paths) < 10 {
		t.Fatalf("the page names only %d assets", len(paths))
	}
	for i, p := range paths {
		if strings.HasSuffix(p, ".css") {
			paths[0], paths[i] = paths[i], paths[0]
		}
	}
	return paths
}

func TestModulesAreSentWithoutCommentsAndLinesKeepTheirNumbers(t *testing.T) {
	s := site(t)
	whole := regexp.MustCompile(`^\s*(//|\*|/\*\*([^*]|\*[^/])*(\*/)?$)`)
	for _, p := range assets(t, s) {
		_, name, _ := strings.Cut(strings.TrimPrefix(p, "/assets/"), "/")
		source, err := os.ReadFile(filepath.Join("static", name))
		if err != nil {
			t.Fatal(err)
		}
		sent := body(t, get(t, s, "GET", p))
		if strings.HasPrefix(name, "vendor/") || filepath.Ext(name) != ".js" {
			if !bytes.Equal(sent, source) {
				t.Errorf("%s was changed", name)
			}
			continue
		}
		before, after := strings.Split(string(source), "\n"), strings.Split(string(sent), "\n")
		if len(after) != len(before) {
			t.Errorf("%s has %d lines, of %d", name, len(after), len(before))
			continue
		}
		for i, line := range after {
			comment := whole.MatchString(before[i])
			if comment && line != "" || !comment && line != before[i] {
				t.Errorf("%s: line %d is sent as %q", name, i+1, line)
			}
		}
	}
}

// TestFirstVisitFitsInSixtyKilobytes counts what the page names, as Brotli and as gzip. Chromium's own count is in e2e/browser.
func TestFirstVisitFitsInSixtyKilobytes(t *testing.T) {
	s := site(t)
	for _, encoding := range []string{"br", "gzip"} {
		seen := map[string]bool{}
		total := 0
		for _, p := range append(assets(t, s), "/", "/favicon.svg", "/manifest.webmanifest") {
			if !seen[p] {
				seen[p] = true
				total += len(body(t, get(t, s, "GET", p, "Accept-Encoding", encoding)))
			}
		}
		t.Logf("%s: %d bytes in %d answers", encoding, total, len(seen))
		if total > 60*1024 {
			t.Errorf("%s: the first visit is %d bytes", encoding, total)
		}
	}
}

// TestEveryImportIsServed follows the imports from app.js, so that a module that was renamed or left out of the embedding is noticed without a browser.
func TestEveryImportIsServed(t *testing.T) {
	s := site(t)
	imports := regexp.MustCompile(`(?m)(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"'$]+\.js)["']`)
	pending := assets(t, s)
	seen := map[string]bool{}
	for len(pending) > 0 {
		p := pending[0]
		pending = pending[1:]
		if seen[p] || !strings.HasSuffix(p, ".js") {
			continue
		}
		seen[p] = true
		r := get(t, s, "GET", p)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", p, r.StatusCode)
			continue
		}
		for _, m := range imports.FindAllSubmatch(body(t, r), -1) {
			if spec := string(m[1]); !strings.HasSuffix(spec, "types.js") { // types only, in comments
				pending = append(pending, filepath.ToSlash(filepath.Join(filepath.Dir(p), spec)))
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d modules were found", len(seen))
	}
}

func TestIconsOfTheManifestAreServed(t *testing.T) {
	s := site(t)
	manifest := string(body(t, get(t, s, "GET", "/manifest.webmanifest")))
	for _, m := range regexp.MustCompile(`"src": "([^"]+)"`).FindAllStringSubmatch(manifest, -1) {
		if r := get(t, s, "GET", m[1]); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", m[1], r.StatusCode)
		}
	}
}

func TestVendoredModulesAreAsPublished(t *testing.T) {
	sums, err := os.ReadFile("static/vendor/sha256sums.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		b, err := os.ReadFile(filepath.Join("static/vendor", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not what was vendored", name)
		}
	}
}
