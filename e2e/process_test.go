package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
)

// patience is how long a test waits for what must happen. It fails then; it never passes by it.
const patience = time.Minute

// process is a running server.
type process struct {
	*built.Server
	url    string
	client *http.Client // how people reach it
}

// command is the program with no settings but the given ones.
func command(t *testing.T, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*patience) // longer than any test, of which each step may take a minute
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir() // no .env of anybody's
	cmd.Env = append([]string{"HOST=127.0.0.1", "PORT=0", "TMPDIR=" + t.TempDir()}, settings...)
	return cmd
}

// serve starts a server on a free port and waits until it says where it is.
func serve(t *testing.T, settings ...string) *process {
	t.Helper()
	return started(t, command(t, settings))
}

// started starts a server and waits until it says where it is.
func started(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	s, err := built.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return &process{Server: s, url: s.URL, client: http.DefaultClient}
}

// terminate asks the process to stop.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (p *process) exit(t *testing.T) int {
	t.Helper()
	code, err := p.Exit(patience)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// runToEnd runs the program with arguments until it ends by itself.
func runToEnd(t *testing.T, settings []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, settings, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}
