package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestModules runs the tests of the page's modules, which make page runs in Node, in the browser.
func TestModules(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../web/test/*.test.js")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no tests of modules: %v", err)
	}
	var imports strings.Builder
	for _, p := range paths {
		fmt.Fprintf(&imports, "await import('/web/test/%s');\n", filepath.Base(p))
	}
	page := `<!doctype html><title>Tests</title><link rel="icon" href="data:,"><h1>Tests</h1><script type="module">
		import { results } from '/web/test/harness.js'
		` + imports.String() + `
		window.__results = await results()</script>`
	files := http.NewServeMux()
	files.Handle("/", http.FileServerFS(os.DirFS("../..")))
	files.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	})
	web := httptest.NewServer(files)
	defer web.Close()
	p := (&server{t: t, url: web.URL}).person("Sarah")
	p.pardon("fold.json") // left out by its test while it is not there
	p.visit("/")
	p.takesItsTime(`window.__results`)
	type result struct{ Name, Error string }
	all := eval[[]result](p, `window.__results.map(({ name, error }) => ({ Name: name, Error: error }))`)
	for _, r := range all {
		t.Run(r.Name, func(t *testing.T) {
			if r.Error != "" {
				t.Error(r.Error)
			}
		})
	}
	if len(all) < 40 {
		t.Errorf("only %d tests ran", len(all))
	}
}
