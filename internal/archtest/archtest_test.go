// Package archtest keeps the shape of the project: who may know whom, and how long a file may get. It reads the source, so that a rule holds for
// every build tag at once.
package archtest

import (
	"bytes"
	"errors"
	"go/ast"
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
	written bool // by people, not by a program
	private bool // links to names that others do not export
}

// isProduct reports whether people wrote the file, and not for tests.
func (s source) isProduct() bool { return s.written && !s.isTest() }

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
		name:    "only eventlog imports NATS, and the tests that hold three nodes beside it",
		applies: func(s source) bool { return !s.in("internal/eventlog") && !(s.isTest() && s.in("e2e/cluster")) },
		forbids: func(imported string) bool { return within(imported, "github.com/nats-io") },
	},
	{
		name:    "view knows neither rooms nor sinks",
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
		name:    "doctor is a client of the public API, and knows no other package of ours",
		applies: func(s source) bool { return s.in("internal/doctor") && !s.isTest() },
		forbids: func(imported string) bool { return strings.HasPrefix(imported, module) },
	},
	{
		name:    "nothing but tests imports unsafe",
		applies: source.isProduct,
		forbids: func(imported string) bool { return imported == "unsafe" },
	},
	{
		name:    "nothing but tests imports testing or what is made for tests",
		applies: func(s source) bool { return !s.isTest() },
		forbids: func(imported string) bool {
			return within(imported, "testing") || isOneOf(imported, "testcert", "leaks")
		},
	},
	{
		name:    "eventlog uses what its libraries offer, and so neither unsafe nor go:linkname, which needs it",
		applies: func(s source) bool { return s.in("internal/eventlog") },
		forbids: func(imported string) bool { return imported == "unsafe" },
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

func TestNothingGoesRoundAPublicSurface(t *testing.T) {
	for _, s := range projectSources(t) {
		if s.isProduct() && s.private {
			t.Errorf("%s links to what its owner does not export: the next version may not have it", s.path)
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
		{"internal/doctor/run.go", module + "internal/view"},
		{"cmd/magnapp-bench/main.go", "unsafe"},
		{"internal/room/helper.go", "testing"},
		{"internal/eventlog/append.go", "unsafe"},
	}
	for i, b := range breaks {
		rule := importRules[i]
		if !rule.applies(source{path: b.path, written: true}) || !rule.forbids(b.imported) {
			t.Errorf("%q lets %s import %s", rule.name, b.path, b.imported)
		}
	}
	for text, want := range map[string]source{
		"package p\n\n//go:linkname now runtime.nanotime\nfunc now() int64\n":                                           {written: true, private: true},
		"// Code generated by something. DO NOT EDIT.\n\npackage p\n\n//go:linkname now runtime.nanotime\nfunc now()\n": {private: true},
		"package p\n\n// It does without a //go:linkname.\nvar text = \"//go:linkname\"\n":                              {written: true},
	} {
		if s, err := parseSource("p.go", []byte(text)); err != nil || s.written != want.written || s.private != want.private {
			t.Errorf("%q is read as %+v (%v), want %+v", text, s, err, want)
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
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return source{}, err
	}
	return parseSource(filepath.ToSlash(rel), text)
}

func parseSource(name string, text []byte) (source, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, lines: bytes.Count(text, []byte("\n")), written: !ast.IsGenerated(parsed), private: linksToPrivate(parsed)}
	for _, spec := range parsed.Imports {
		imported, unquoteErr := strconv.Unquote(spec.Path.Value)
		err = errors.Join(err, unquoteErr)
		s.imports = append(s.imports, imported)
	}
	return s, err
}

func linksToPrivate(file *ast.File) bool {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:linkname") {
				return true
			}
		}
	}
	return false
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
