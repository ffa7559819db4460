package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/magnapp/magnapp/web"
)

// shared is one site for all tests that do not care which: joining the modules takes a while.
var shared = sync.OnceValues(web.New)

func site(t *testing.T) *web.Site {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func freshSite(t *testing.T) *web.Site {
	t.Helper()
	s, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, s *web.Site, method, path string, headers ...string) *http.Response {
	t.Helper()
	found, err := s.At(path, web.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if found == nil {
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}
	}
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	found.ServeHTTP(w, r)
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
		{"/session/anything/summary", "text/html; charset=utf-8", "no-cache", 200},
		{"/session/anything/summary/", "text/html; charset=utf-8", "no-cache", 200},
		{"/session/a/b", "", "", 404},
		{"/session/a/b/summary", "", "", 404},
		{"/session//summary", "", "", 404},
		{"/session/", "", "", 404},
		{"/favicon.svg", "image/svg+xml", "public, max-age=3600", 200},
		{"/favicon.ico", "image/png", "public, max-age=3600", 200},
		{"/manifest.webmanifest", "application/manifest+json", "public, max-age=3600", 200},
		{"/invitation.png", "image/png", "public, max-age=3600", 200},
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

// assets are the paths that the page names, the style sheet first.
func assets(t *testing.T, s *web.Site) []string {
	t.Helper()
	page := string(body(t, get(t, s, "GET", "/")))
	paths := regexp.MustCompile(`"(/assets/[0-9a-f]{16}/[^"]+\.(?:css|js))"`).FindAllStringSubmatch(page, -1)
	if len(paths) < 3 {
		t.Fatalf("the page names only %d assets: %s", len(paths), page)
	}
	var named []string
	for _, p := range paths {
		if strings.HasSuffix(p[1], ".css") {
			named = append([]string{p[1]}, named...)
		} else {
			named = append(named, p[1])
		}
	}
	return named
}

// reachable are the modules that the page loads at once or later, by what imports what.
func reachable(t *testing.T, s *web.Site) map[string]string {
	t.Helper()
	imports := regexp.MustCompile(`(?:from|import)\s*\(?\s*["'](\./[^"']+\.js)["']`)
	pending := assets(t, s)
	seen := map[string]string{}
	for len(pending) > 0 {
		p := pending[0]
		pending = pending[1:]
		if seen[p] != "" || !strings.HasSuffix(p, ".js") {
			continue
		}
		r := get(t, s, "GET", p)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", p, r.StatusCode)
		}
		seen[p] = string(body(t, r))
		for _, m := range imports.FindAllStringSubmatch(seen[p], -1) {
			pending = append(pending, path.Join(path.Dir(p), m[1]))
		}
	}
	return seen
}

// sourcesOf are the modules that were joined into one, by name, as its source map has them.
func sourcesOf(t *testing.T, s *web.Site, p, joined string) map[string]string {
	t.Helper()
	if _, named, _ := strings.Cut(joined, "//# sourceMappingURL="); strings.TrimSpace(named) != path.Base(p)+".map" {
		t.Errorf("%s names %q as its map", p, named)
	}
	var lines struct{ Sources, SourcesContent []string }
	if err := json.Unmarshal(body(t, get(t, s, "GET", p+".map")), &lines); err != nil {
		t.Fatalf("%s.map: %v", p, err)
	}
	sources := make(map[string]string)
	for i, name := range lines.Sources {
		sources[strings.TrimPrefix(name, "static:")] = lines.SourcesContent[i]
	}
	return sources
}

// TestEveryModuleIsServedJoined compares the sources with what the source maps say of the joined modules, so that one that was renamed or left out is noticed without a browser.
func TestEveryModuleIsServedJoined(t *testing.T) {
	s := site(t)
	found := map[string]bool{"boot.js": true}
	for p, joined := range reachable(t, s) {
		if strings.HasSuffix(p, "/boot.js") {
			continue
		}
		for name, mapped := range sourcesOf(t, s, p, joined) {
			source, err := os.ReadFile(filepath.Join("static", name))
			if err != nil {
				t.Error(err)
			} else if !strings.HasPrefix(mapped, string(source)) {
				t.Errorf("%s is not what the map has", name)
			}
			if found[name] {
				t.Errorf("%s is in several files", name)
			}
			found[name] = true
		}
	}
	err := fs.WalkDir(os.DirFS("static"), ".", func(name string, _ fs.DirEntry, err error) error {
		if path.Ext(name) == ".js" && !found[name] {
			t.Errorf("%s is not served", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsLoadedLaterIsNotInTheFirstFiles(t *testing.T) {
	s := site(t)
	first := map[string]bool{}
	for p, joined := range reachable(t, s) {
		if strings.HasSuffix(p, "/boot.js") || !slices.Contains(assets(t, s), p) {
			continue
		}
		for name := range sourcesOf(t, s, p, joined) {
			first[name] = true
		}
	}
	for _, name := range []string{"app.js", "i18n/en.js", "vendor/lit-html.js"} {
		if !first[name] {
			t.Errorf("%s is not loaded at once", name)
		}
	}
	for _, name := range []string{"i18n/de.js", "i18n/fr.js", "i18n/es.js", "vendor/uqr.js", "views/dialogs.js", "sounds.js", "views/importing.js", "importwork.js", "upload.js", "texts/importing.js"} {
		if first[name] {
			t.Errorf("%s is loaded at once", name)
		}
	}
}

func TestLicencesAreServed(t *testing.T) {
	all := ""
	for _, joined := range reachable(t, site(t)) {
		all += joined
	}
	if !strings.Contains(all, "Copyright 2017 Google LLC") {
		t.Error("the licence of lit-html is gone")
	}
}

func TestPageNamesTheTextsOfEveryLanguage(t *testing.T) {
	s := site(t)
	m := regexp.MustCompile(`data-texts="([^"]*)"`).FindSubmatch(body(t, get(t, s, "GET", "/")))
	var texts map[string]string
	if m == nil || json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &texts) != nil {
		t.Fatalf("the page names %s", m)
	}
	sources, err := filepath.Glob("static/i18n/*.js")
	if err != nil || len(sources) < 2 {
		t.Fatalf("found %v (%v)", sources, err)
	}
	for _, source := range sources {
		language := strings.TrimSuffix(filepath.Base(source), ".js")
		if language == "en" {
			continue // what there always is
		}
		if r := get(t, s, "GET", texts[language]); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %q has status %d", language, texts[language], r.StatusCode)
		}
	}
}

// TestFirstVisitIsSmall counts what the page names, as Brotli and as gzip, and the stream that it opens. Chromium's own count is in e2e/browser.
func TestFirstVisitIsSmall(t *testing.T) {
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
		requests := len(seen) + 1
		t.Logf("%s: %d bytes in %d requests", encoding, total, requests)
		if total > 60*1024 || requests > 12 {
			t.Errorf("%s: the first visit is %d bytes in %d requests", encoding, total, requests)
		}
	}
}

// Two sites of the same build name the same paths: a cache is good on every node, and after a restart.
func TestPathsComeFromTheContent(t *testing.T) {
	if one, other := assets(t, site(t)), assets(t, freshSite(t)); !slices.Equal(one, other) {
		t.Errorf("%v and %v", one, other)
	}
}

func TestPagesThatAnybodyMayMakeUpAreNotKept(t *testing.T) {
	s := freshSite(t)
	for i := range 1000 {
		if _, err := s.At("/", web.Page{Origin: fmt.Sprint("http://", i, ".example")}); err != nil {
			t.Fatal(err)
		}
	}
	if n := web.Kept(s); n > 64 {
		t.Errorf("%d pages are kept", n)
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
