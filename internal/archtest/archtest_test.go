// Package archtest keeps the shape of the project: who may know whom, and how long a file may get. It reads the source, so that a rule holds for
// every build tag at once.
package archtest

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module   = "github.com/magnapp/magnapp/"
	maxLines = 600
)

// source is one Go file of the project.
type source struct {
	path    string // from the module's root, with slashes
	imports []string
	lines   int
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// in reports whether the file belongs to the package in dir, or to one below it.
func (s source) in(dir string) bool { return strings.HasPrefix(s.path, dir+"/") }

// importRules each forbid some imports to some files.
var importRules = []struct {
	name    string
	applies func(source) bool
	forbids func(imported string) bool
}{
	{
		name:    "poker imports only the standard library",
		applies: func(s source) bool { return s.in("internal/poker") && !s.isTest() },
		forbids: func(imported string) bool { return !isStandard(imported) },
	},
	{
		name:    "only eventlog imports NATS",
		applies: func(s source) bool { return !s.in("internal/eventlog") },
		forbids: func(imported string) bool { return within(imported, "github.com/nats-io") },
	},
	{
		name:    "view knows neither rooms nor ways out",
		applies: func(s source) bool { return s.in("internal/view") },
		forbids: func(imported string) bool { return isOneOf(imported, "room", "httpapi", "stream") },
	},
	{
		name:    "nobody imports httpapi but cmd",
		applies: func(s source) bool { return !s.in("cmd") && !s.in("internal/httpapi") },
		forbids: func(imported string) bool { return isOneOf(imported, "httpapi") },
	},
	{
		name:    "sockets knows no other package of ours",
		applies: func(s source) bool { return s.in("internal/sockets") && !s.isTest() },
		forbids: func(imported string) bool { return strings.HasPrefix(imported, module) },
	},
	{
		name:    "nothing but tests imports testing or what is made for tests",
		applies: func(s source) bool { return !s.isTest() },
		forbids: func(imported string) bool { return within(imported, "testing") || isOneOf(imported, "testcert") },
	},
}

func TestImports(t *testing.T) {
	sources := projectSources(t)
	for _, rule := range importRules {
		t.Run(rule.name, func(t *testing.T) {
			for _, s := range sources {
				if !rule.applies(s) {
					continue
				}
				for _, imported := range s.imports {
					if rule.forbids(imported) {
						t.Errorf("%s imports %s", s.path, imported)
					}
				}
			}
		})
	}
}

func TestFilesStayShort(t *testing.T) {
	for _, s := range projectSources(t) {
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, more than %d: is it still one room with one purpose?", s.path, s.lines, maxLines)
		}
	}
}

// TestRulesSeeWhatTheyForbid feeds each rule a file that breaks it: a rule that cannot fail keeps nothing.
func TestRulesSeeWhatTheyForbid(t *testing.T) {
	breaks := []struct{ path, imported string }{
		{"internal/poker/fold.go", "github.com/google/uuid"},
		{"internal/room/room.go", "github.com/nats-io/nats.go/jetstream"},
		{"internal/view/event.go", module + "internal/room"},
		{"internal/room/room.go", module + "internal/httpapi"},
		{"internal/sockets/set.go", module + "internal/httpapi"},
		{"internal/room/helper.go", "testing"},
	}
	for i, b := range breaks {
		rule := importRules[i]
		if !rule.applies(source{path: b.path}) || !rule.forbids(b.imported) {
			t.Errorf("%q lets %s import %s", rule.name, b.path, b.imported)
		}
	}
}

func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func within(imported, tree string) bool {
	return imported == tree || strings.HasPrefix(imported, tree+"/")
}

func isOneOf(imported string, packages ...string) bool {
	return slices.ContainsFunc(packages, func(p string) bool { return within(imported, module+"internal/"+p) })
}

// projectSources reads every Go file of the module. None at all would let every rule pass, so it is a failure.
func projectSources(t *testing.T) []source {
	t.Helper()
	root := moduleRoot(t)
	var sources []source
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && isForeign(file, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || path.Ext(file) != ".go":
			return nil
		}
		s, err := readSource(root, file)
		sources = append(sources, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(sources, func(s source) bool { return !s.isTest() }) {
		t.Fatalf("no source found under %s", root)
	}
	return sources
}

// isForeign reports whether a folder holds something else than the module's source.
func isForeign(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".")
}

func readSource(root, file string) (source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return source{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, file)
	s := source{path: filepath.ToSlash(rel), lines: bytes.Count(text, []byte("\n"))}
	for _, spec := range parsed.Imports {
		imported, unquoteErr := strconv.Unquote(spec.Path.Value)
		err = errors.Join(err, unquoteErr)
		s.imports = append(s.imports, imported)
	}
	return s, err
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
		dir = filepath.Dir(dir)
	}
}
