package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen. It fails then; it never passes by it.
const patience = time.Minute

// process is a running server.
type process struct {
	url    string
	client *http.Client // how people reach it
	cmd    *exec.Cmd
	stderr *output
	ended  chan struct{} // closed when the process has ended
}

// output collects what a process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what was written.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// command is the program with no settings but the given ones.
func command(t *testing.T, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
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
	p := &process{client: http.DefaultClient, cmd: cmd, stderr: &output{}, ended: make(chan struct{})}
	p.cmd.Stderr = p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	line, _ := lines.ReadString('\n') // the end of the output is an address that is missing
	go func() {
		defer close(p.ended)
		_, _ = io.Copy(io.Discard, lines)
		_ = p.cmd.Wait() // how it ended is in ProcessState
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.ended
	})
	if _, p.url, _ = strings.Cut(strings.TrimSpace(line), "open "); !strings.HasPrefix(p.url, "http") {
		t.Fatalf("no address in %q; errors: %s", line, p.stderr)
	}
	return p
}

// kill ends the process as a crash does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// terminate asks the process to stop.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (p *process) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("the server does not end: %s", p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
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
