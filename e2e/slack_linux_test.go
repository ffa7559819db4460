package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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

// The program starts itself once more for its timer slack, when it has read its settings.
func TestSIGTERM_while_settings_are_read_ends_the_program(t *testing.T) {
	t.Parallel()
	cmd := command(t, []string{"DATA_DIR=memory"})
	settings := filepath.Join(cmd.Dir, ".env")
	if err := syscall.Mkfifo(settings, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it may have ended

	reads := whenRead(t, settings)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(settings), reads.Close()); err != nil { // if it does not end, it goes on without
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); err != nil && (!ok || status.Signal() != syscall.SIGTERM) {
			t.Errorf("the program ended by itself: %v", err)
		}
	case <-time.After(patience):
		t.Error("the program goes on")
	}
}

// whenRead opens a named pipe for writing, which is when somebody reads it.
func whenRead(t *testing.T, path string) *os.File {
	t.Helper()
	type opening struct {
		*os.File
		err error
	}
	opened := make(chan opening, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		opened <- opening{f, err}
	}()
	tooLong := time.AfterFunc(patience, func() { // nobody does: then this does, so that the goroutine ends
		if f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = f.Close()
		}
	})
	f := <-opened
	if f.err != nil || !tooLong.Stop() {
		t.Fatalf("nobody reads %s: %v", path, f.err)
	}
	return f.File
}
