package archtest

import (
	"os"
	"path"
	"strings"
	"testing"
)

// A dependency is taken for a reason, which stands in docs/dependencies.md.
func TestEveryDependencyHasItsLine(t *testing.T) {
	said := read(t, "../../docs/dependencies.md")
	n := 0
	for line := range strings.Lines(read(t, "../../go.mod")) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "\t") || len(fields) != 2 { // no requirement, or an indirect one
			continue
		}
		n++
		if name := strings.TrimPrefix(fields[0], "github.com/"); !strings.Contains(said, "`"+name+"`") {
			t.Errorf("docs/dependencies.md says nothing of %s", name)
		}
	}
	if n < 10 {
		t.Errorf("go.mod requires %d modules; is it read as it is written?", n)
	}
}

// A package is found by its row in the tables of the documents.
func TestEveryPackageHasItsRow(t *testing.T) {
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	architecture, contributing := read(t, "../../docs/architecture.md"), read(t, "../../CONTRIBUTING.md")
	for _, f := range folders {
		name := f.Name()
		if !strings.Contains(contributing, "| `"+path.Join("internal", name)+"` |") {
			t.Errorf("CONTRIBUTING.md has no row of internal/%s", name)
		}
		if name != "archtest" && name != "testcert" && name != "relay" && name != "freeport" && name != "leaks" && !strings.Contains(architecture, "| `"+name+"` |") {
			t.Errorf("docs/architecture.md has no row of %s", name)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
