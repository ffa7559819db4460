// Package built builds the program for the tests of the whole, and runs it.
package built

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Main builds the program in a temporary folder, calls run with its path, and returns what that returns, or 1 if the program does not build. It is for a TestMain; the purpose names the
// folder.
func Main(purpose string, run func(program string) int) int {
	dir, err := os.MkdirTemp("", "magnapp-"+purpose+"-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no place for the program:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left lies in the system's folder for such things
	program := filepath.Join(dir, "magnapp")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "github.com/magnapp/magnapp/cmd/magnapp")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return run(program)
}

// Output collects what a process writes. It may be read at any time.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what was written.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// String is what was written so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Server is a running server.
type Server struct {
	URL    string // where it says that it is
	Stderr *Output
	cmd    *exec.Cmd
	ended  chan struct{}
}

// Start starts a server and waits until it says where it is. The error has what it wrote instead. The environment is the caller's to set; the standard output is not.
func Start(cmd *exec.Cmd) (*Server, error) {
	s := &Server{Stderr: &Output{}, cmd: cmd, ended: make(chan struct{})}
	cmd.Stderr = s.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stdout)
	line, _ := lines.ReadString('\n') // the end of the output is an address that is missing
	go func() {
		defer close(s.ended)
		_, _ = io.Copy(io.Discard, lines)
		_ = cmd.Wait() // how it ended is in ProcessState
	}()
	if _, s.URL, _ = strings.Cut(strings.TrimSpace(line), "open "); !strings.HasPrefix(s.URL, "http") {
		s.Kill()
		return nil, fmt.Errorf("no address in %q; errors: %s", line, s.Stderr)
	}
	return s, nil
}

// PID is the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the process as a crash does. It may have ended.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// Signal sends the process a signal.
func (s *Server) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Ended is closed when the process has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// ErrRuns says that a process has not ended in time.
var ErrRuns = errors.New("the server does not end")

// Exit waits for the end, but not longer than that, and returns the exit code, or an [ErrRuns].
func (s *Server) Exit(limit time.Duration) (int, error) {
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode(), nil
	case <-time.After(limit):
		return 0, fmt.Errorf("%w: %s", ErrRuns, s.Stderr)
	}
}
