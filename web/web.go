// Package web is the page, embedded in the binary. It is a client of the public API like any other, and needs nothing from another host.
//
// There is no build step: what lies in static is what browsers get, without its comments. All assets are served under one path that holds a hash of their content, so that they may be cached for
// ever, and import each other by relative paths.
//
// A Site is safe for concurrent use and starts no goroutine.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed static/*.html static/*.css static/*.js static/*.webmanifest static/*.svg static/*.txt static/views/*.js static/i18n/*.js static/vendor/*.js static/vendor/directives/*.js static/icons/*.png
var embedded embed.FS

// lazy are the modules that the shell does not preload, because the page may never ask for them.
var lazy = []string{"i18n/de.js", "i18n/es.js", "i18n/fr.js", "vendor/uqr.js", "views/dialogs.js", "views/menu.js", "sounds.js", "boot.js"}

// Site serves the page and everything that it loads.
type Site struct {
	files map[string]*file // by request path
	shell *file
}

// New reads the embedded files. Its errors can only come from a broken build.
func New() (*Site, error) {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return nil, fmt.Errorf("open the embedded page: %w", err)
	}
	contents, err := readAll(static)
	if err != nil {
		return nil, fmt.Errorf("read the embedded page: %w", err)
	}
	prefix := "/assets/" + hashOf(contents)
	s := &Site{files: make(map[string]*file)}
	for name, body := range contents {
		s.files[prefix+"/"+name] = newFile(name, body, immutable)
	}
	for _, name := range []string{"favicon.svg", "manifest.webmanifest", "robots.txt"} {
		s.files["/"+name] = newFile(name, fill(contents[name], prefix, nil), shortLived)
	}
	s.files["/favicon.ico"] = newFile("favicon.png", contents["icons/icon-32.png"], shortLived)
	s.shell = newFile("index.html", fill(contents["index.html"], prefix, contents), revalidated)
	return s, nil
}

// ServeHTTP answers GET and HEAD: the shell at / and /session/{id} (whether that session exists is for the page to find out), the assets, and 404 for every other path.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f := s.find(r.URL.Path)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r)
}

func (s *Site) find(p string) *file {
	if f, ok := s.files[p]; ok {
		return f
	}
	p = strings.TrimSuffix(p, "/")
	if p == "" {
		return s.shell
	}
	if id, ok := strings.CutPrefix(p, "/session/"); ok && id != "" && !strings.Contains(id, "/") {
		return s.shell
	}
	return nil
}

func readAll(static fs.FS) (map[string][]byte, error) {
	contents := make(map[string][]byte)
	err := fs.WalkDir(static, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source, err := fs.ReadFile(static, name)
		contents[name] = lean(name, source)
		return err
	})
	return contents, err
}

// hashOf names the content of all files together.
func hashOf(contents map[string][]byte) string {
	h := sha256.New()
	for _, name := range sorted(contents) {
		fmt.Fprintf(h, "%s %d\n", name, len(contents[name]))
		h.Write(contents[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// fill puts the path of the assets into a template, and the list of modules to load at once.
func fill(template []byte, prefix string, contents map[string][]byte) []byte {
	var preload strings.Builder
	for _, name := range sorted(contents) {
		if path.Ext(name) == ".js" && !slices.ContainsFunc(lazy, func(l string) bool { return strings.HasPrefix(name, l) }) {
			fmt.Fprintf(&preload, "<link rel=\"modulepreload\" href=\"%s/%s\">\n", prefix, name)
		}
	}
	return []byte(strings.NewReplacer("{{assets}}", prefix, "{{preload}}", preload.String()).Replace(string(template)))
}

func sorted(contents map[string][]byte) []string {
	names := make([]string, 0, len(contents))
	for name := range contents {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
