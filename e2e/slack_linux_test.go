package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestServer_does_not_have_itself_woken_in_vain(t *testing.T) {
	t.Parallel()
	p := serve(t)
	slack, err := os.ReadFile(fmt.Sprintf("/proc/%d/timerslack_ns", p.PID()))
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the system does not say what slack a process has: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(slack)); got != "1000000" {
		t.Errorf("timer slack is %s ns, want 1000000", got)
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p.PID()))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(name)); !strings.HasPrefix(program, "/") || !strings.HasSuffix(program, "/"+got) {
		t.Errorf("the process is named %s, want the last part of %s", got, program)
	}
}
