package browser_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/magnapp/magnapp/e2e/firefox"
)

// theFirefox starts the one Firefox of the tests when the first of them needs it. TestMain ends it.
var theFirefox = sync.OnceValues(func() (*firefox.Firefox, error) {
	f, err := firefox.Start(filepath.Join(filepath.Dir(binary), "firefox"))
	if err == nil {
		stopFirefox = f.Close
	}
	return f, err
})

// stopFirefox ends the Firefox of the tests, if one was started.
var stopFirefox = func() {}

// inFirefox is somebody in front of a window of Firefox.
func inFirefox(t *testing.T, s *server) *reader {
	t.Helper()
	f, err := theFirefox()
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return &reader{t: t, s: s, goTo: w.Navigate, js: w.Evaluate, see: func(name string) { seeFirefox(t, w, name) }, keeps: func() string { return f.Downloads }, pardon: func(...string) {}}
}

// seeFirefox takes a picture of a window, if pictures are wanted.
func seeFirefox(t *testing.T, w firefox.Window, name string) {
	if *shots == "" {
		return
	}
	png, err := w.Picture()
	if err == nil {
		err = os.MkdirAll(*shots, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+"-firefox.png"), png, 0o644)
	}
	if err != nil {
		t.Logf("take a picture: %v", err)
	}
}
