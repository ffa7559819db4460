package e2e_test

import (
	"os"
	"testing"

	"github.com/magnapp/magnapp/e2e/built"
)

// program is the built binary.
var program string

func TestMain(m *testing.M) {
	os.Exit(built.Main("e2e", func(path string) int {
		program = path
		return m.Run()
	}))
}
