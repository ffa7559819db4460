package tracker_test

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestThePackageIsPure holds that nothing here can open a file, a connection or a process, or knows another package of ours.
func TestThePackageIsPure(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if slices.Contains([]string{"os", "net", "net/http", "os/exec", "io/ioutil", "syscall", "sync", "context", "log/slog"}, path) || strings.HasPrefix(path, "github.com/") {
				t.Errorf("%s imports %s", e.Name(), path)
			}
		}
	}
	if read < 10 {
		t.Errorf("only %d files were looked at", read)
	}
}
