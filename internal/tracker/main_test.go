package tracker_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/tracker"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples are the names of all files in testdata/samples.
func samples(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir("testdata/samples")
	if err != nil || len(entries) == 0 {
		t.Fatal("no samples", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/samples", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, name string, data []byte) *tracker.File {
	t.Helper()
	f, err := tracker.Read(data, tracker.Options{Name: name})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func asJSON(t testing.TB, value any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata/golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

func TestWhatIsUnderstoodOfEachSample(t *testing.T) {
	for _, name := range samples(t) {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".json", asJSON(t, read(t, name, sample(t, name))))
		})
	}
}

func TestEveryFormatHasASample(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range samples(t) {
		seen[read(t, name, sample(t, name)).Format] = true
	}
	for _, known := range tracker.Formats() {
		if !seen[known.Format] {
			t.Errorf("no sample is recognised as %s", known.Format)
		}
		if known.Menu == "" || known.Source == "" || known.Tracker == "" {
			t.Errorf("%s does not say how to export it or where the knowledge is from", known.Format)
		}
	}
}
