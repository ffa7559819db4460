// Package web is the page, embedded in the binary. It is a client of the public API like any other, and needs nothing from another host.
//
// There is no build step: what lies in static are plain modules, as the tests and the type check read them. The server joins them into few files when the page is first asked for. All
// assets are served under one path that holds a hash of their content, so that they may be cached for ever, and import each other by relative paths.
//
// A Site is safe for concurrent use and starts no goroutine.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed static
var embedded embed.FS

// Site serves the page and everything that it loads.
type Site struct {
	static fs.FS
	assets func() (*assets, error) // made when first asked for

	mu     sync.Mutex
	shells map[Page]*file // the latest
}

// assets are what is the same for everybody.
type assets struct {
	files map[string]*file // by request path
	shell *template.Template
	about shellAssets
}

// shellAssets are the paths that the shell names.
type shellAssets struct {
	Assets  string   // the path of all assets
	Modules []string // what is needed at once; the first is the one to begin with
	Texts   string   // JSON: the path of each language's texts
}

// New opens the embedded files. Its errors can only come from a broken build.
func New() (*Site, error) {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return nil, fmt.Errorf("open the embedded page: %w", err)
	}
	s := &Site{static: static, shells: make(map[Page]*file)}
	s.assets = sync.OnceValues(s.make)
	return s, nil
}

// make joins the modules and names everything by its content.
func (s *Site) make() (*assets, error) {
	joined, err := join(s.static)
	if err != nil {
		return nil, err
	}
	contents := joined.files
	for _, pattern := range []string{"*.css", "boot.js", "icons/*.png"} {
		if err := s.read(pattern, contents); err != nil {
			return nil, err
		}
	}
	prefix := "/assets/" + hashOf(contents)
	a := &assets{files: make(map[string]*file)}
	for name, body := range contents {
		a.files[prefix+"/"+name] = newFile(name, body, immutable)
	}
	if a.about, err = joined.paths(prefix); err != nil {
		return nil, err
	}
	if err := s.readFixed(a, prefix); err != nil {
		return nil, err
	}
	if a.shell, err = template.ParseFS(s.static, "index.html"); err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	return a, nil
}

// read adds the files that match, minified if that is possible.
func (s *Site) read(pattern string, contents map[string][]byte) error {
	names, err := fs.Glob(s.static, pattern)
	if err == nil && len(names) == 0 {
		err = fs.ErrNotExist
	}
	for _, name := range names {
		if contents[name], err = fs.ReadFile(s.static, name); err == nil && path.Ext(name) != ".png" {
			contents[name], err = minified(name, contents[name])
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("read %s of the page: %w", pattern, err)
	}
	return nil
}

// readFixed adds what has a path that never changes.
func (s *Site) readFixed(a *assets, prefix string) error {
	for at, name := range map[string]string{"/favicon.svg": "favicon.svg", "/manifest.webmanifest": "manifest.webmanifest", "/robots.txt": "robots.txt", "/favicon.ico": "icons/icon-32.png", invitation: "invitation.png"} {
		body, err := fs.ReadFile(s.static, name)
		if err != nil {
			return fmt.Errorf("read the page: %w", err)
		}
		a.files[at] = newFile(name, bytes.ReplaceAll(body, []byte("{{assets}}"), []byte(prefix)), shortLived)
	}
	return nil
}

func (b *bundled) paths(prefix string) (shellAssets, error) {
	texts := make(map[string]string)
	for language, name := range b.catalog {
		texts[language] = prefix + "/" + name
	}
	list, err := json.Marshal(texts)
	if err != nil {
		return shellAssets{}, fmt.Errorf("list the languages: %w", err)
	}
	about := shellAssets{Assets: prefix, Texts: string(list)}
	for _, name := range b.first {
		about.Modules = append(about.Modules, prefix+"/"+name)
	}
	return about, nil
}

// At returns what answers GET and HEAD at a path: the page at /, /session/{id} and /session/{id}/summary, the assets. Nil: there is nothing. An error can only come from a broken build.
func (s *Site) At(p string, page Page) (http.Handler, error) {
	a, err := s.assets()
	if err != nil {
		return nil, err
	}
	if f, ok := a.files[p]; ok {
		return f, nil
	}
	if p != "/" && SessionIn(p) == "" {
		return nil, nil
	}
	return s.shellFor(a, page)
}

// SessionIn is the id of the session whose page is at that path; empty if there is none. Whether there is such a session is another question.
func SessionIn(p string) string {
	id, ok := strings.CutPrefix(strings.TrimSuffix(p, "/"), "/session/")
	if id, _ = strings.CutSuffix(id, summary); !ok || strings.Contains(id, "/") {
		return ""
	}
	return id
}

// summary is what follows a session's path in that of what came of it.
const summary = "/summary"

// IsSummary reports whether the page at that path shows what came of a session, which may have ended.
func IsSummary(p string) bool {
	return SessionIn(p) != "" && strings.HasSuffix(strings.TrimSuffix(p, "/"), summary)
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

func sorted(contents map[string][]byte) []string {
	names := make([]string, 0, len(contents))
	for name := range contents {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
