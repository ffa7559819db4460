// Package process starts the programs that are measured, and reads what they cost from the system. Only Linux has these figures.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/magnapp/magnapp/internal/freeport"
)

// startLimit is how long a program may take to be ready.
const startLimit = 2 * time.Minute

// stopLimit is how long it may take to end when asked to.
const stopLimit = 30 * time.Second

// A Process is a program that serves on a loopback port of its own.
type Process struct {
	URL       string
	Ready     time.Duration // from the start to the first 200 of /readyz
	CPUAtThat time.Duration // the CPU time that the program had used by then

	command *exec.Cmd
	exited  chan struct{}
	log     string // path
}

// A Spec says what to start.
type Spec struct {
	Program   string
	Arguments []string
	Env       []string // beside PORT, which names the port to serve on, PATH, HOME, TMPDIR and what begins with GO
	Dir       string   // to run in; what the program prints goes to the file "log" there
}

// Launch starts a program and waits until it is ready. The error is a program that cannot be started, ends at once, or is not ready within two minutes; it has the end of what the program printed.
func Launch(ctx context.Context, s Spec) (*Process, error) {
	free, err := freeport.Addresses(1)
	if err != nil {
		return nil, err
	}
	address := free[0]
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	p := &Process{URL: "http://" + address, exited: make(chan struct{}), log: filepath.Join(s.Dir, "log")}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.command = exec.CommandContext(ctx, s.Program, s.Arguments...)
	p.command.Dir, p.command.Stdout, p.command.Stderr = s.Dir, log, log
	p.command.Env = append(append(ownEnvironment(), "PORT="+port), s.Env...)
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = stopLimit
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // should this process be killed, the program goes too
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Program, err)
	}
	go p.wait()
	if err := p.waitUntilReady(ctx); err != nil {
		return nil, errors.Join(p.Explain(err), p.Kill())
	}
	p.Ready = time.Since(begin)
	return p, nil
}

// wait reaps the process. How it ended is in ProcessState.
func (p *Process) wait() {
	_ = p.command.Wait()
	close(p.exited)
}

// PID is the process's id.
func (p *Process) PID() int { return p.command.Process.Pid }

// Address is where it serves, host:port.
func (p *Process) Address() string { return strings.TrimPrefix(p.URL, "http://") }

// readyEvery is how often a program that starts is asked whether it is ready: seldom enough to cost it next to nothing.
const readyEvery = 5 * time.Millisecond

func (p *Process) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	again := time.NewTicker(readyEvery)
	defer again.Stop()
	for {
		if ready(ctx, client, p.URL+"/readyz") {
			var err error
			p.CPUAtThat, err = CPU(p.PID())
			return err
		}
		select {
		case <-again.C:
		case <-p.exited:
			return fmt.Errorf("ended before it was ready: %v", p.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		}
	}
}

func ready(ctx context.Context, client *http.Client, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	w, err := client.Do(r)
	if err != nil {
		return false
	}
	w.Body.Close()
	return w.StatusCode == http.StatusOK
}

// Explain adds the end of what the process printed to an error; nil stays nil.
func (p *Process) Explain(err error) error {
	printed, readErr := os.ReadFile(p.log)
	if err == nil || readErr != nil || len(printed) == 0 {
		return err
	}
	return fmt.Errorf("%w\nIt printed: %s", err, bytes.TrimSpace(printed[max(0, len(printed)-2000):]))
}

// Stop asks the process to end and waits for it. The error is one that did not end well, or not within 30 s; it has ended all the same.
func (p *Process) Stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	timeout := time.NewTimer(stopLimit)
	defer timeout.Stop()
	select {
	case <-p.exited:
	case <-timeout.C:
		return errors.Join(p.Explain(fmt.Errorf("did not end within %v of SIGTERM", stopLimit)), p.Kill())
	}
	if !p.command.ProcessState.Success() {
		return p.Explain(fmt.Errorf("ended with: %v", p.command.ProcessState))
	}
	return nil
}

// Kill ends the process as a crash would. It may have ended already.
func (p *Process) Kill() error {
	err := p.command.Process.Kill()
	<-p.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Paused runs do while the process stands still, so that its files are those that a SIGKILL would leave.
func (p *Process) Paused(do func() error) error {
	if err := p.command.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	return errors.Join(do(), p.command.Process.Signal(syscall.SIGCONT))
}

// ownEnvironment is this process's, without what would configure the program.
func ownEnvironment() []string {
	var kept []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "PATH" || name == "HOME" || name == "TMPDIR" || strings.HasPrefix(name, "GO") {
			kept = append(kept, v)
		}
	}
	return kept
}
