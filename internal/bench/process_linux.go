package bench

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
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A process is a server that was started to be measured.
type process struct {
	command *exec.Cmd
	exited  chan struct{}
	dir     string
	url     string
	started time.Duration // from the start to the first answer
}

// startLimit is how long a server may take to answer.
const startLimit = 30 * time.Second

// stopLimit is how long it may take to end when asked to.
const stopLimit = 5 * time.Second

// launch starts a program on a loopback port of its own, in a directory of its own, and waits until it answers. arguments and
// environment are told the port.
func launch(ctx context.Context, program string, arguments, environment func(port string) []string) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "magnapp-bench-")
	if err != nil {
		return nil, err
	}
	p := &process{dir: dir, url: "http://127.0.0.1:" + port, exited: make(chan struct{})}
	log, err := os.Create(p.log())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	defer log.Close()
	p.command = exec.CommandContext(ctx, program, arguments(port)...)
	p.command.Dir, p.command.Stdout, p.command.Stderr = dir, log, log
	p.command.Env = append(ownEnvironment(), environment(port)...)
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = stopLimit
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // should this process be killed, the server goes too
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", program, err), os.RemoveAll(dir))
	}
	go p.wait()
	if err := p.waitForAnswer(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments(port), " "), err, p.lastWords()), p.stop())
	}
	p.started = time.Since(begin)
	return p, nil
}

func (p *process) log() string { return filepath.Join(p.dir, "log") }

// wait reaps the process; exited tells of it. How it ended does not matter: it is either stopped or missed.
func (p *process) wait() {
	_ = p.command.Wait()
	close(p.exited)
}

func (p *process) pid() int { return p.command.Process.Pid }

// waitForAnswer asks for /health until it is given.
func (p *process) waitForAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	retry := time.NewTicker(time.Millisecond)
	defer retry.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/health", nil)
		if err != nil {
			return err
		}
		if w, err := client.Do(r); err == nil {
			w.Body.Close()
			return nil
		}
		select {
		case <-retry.C:
		case <-p.exited:
			return fmt.Errorf("ended before it answered: %v", p.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", ctx.Err())
		}
	}
}

// lastWords is the end of what the process printed.
func (p *process) lastWords() string {
	b, err := os.ReadFile(p.log())
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(b[max(0, len(b)-2000):]))
}

// stop ends the process and removes what it stored.
func (p *process) stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	timeout := time.NewTimer(stopLimit)
	defer timeout.Stop()
	select {
	case <-p.exited:
	case <-timeout.C:
		_ = p.command.Process.Kill()
		<-p.exited
	}
	return os.RemoveAll(p.dir)
}

// ownEnvironment is this process's, without what would configure the server.
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

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// cpuTime is the CPU time that a process has used so far, in user and kernel, all of its threads, to the nanosecond.
func cpuTime(pid int) (time.Duration, error) {
	const cpuClockSched = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|cpuClockSched), &t); err != nil { // the CPU clock of a process, see clock_getcpuclockid(3)
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// residentMemory is what a process has in memory, in bytes.
func residentMemory(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)) // exact, where /proc/PID/status lags behind
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "Rss:" {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("memory of process %d: no Rss in smaps_rollup", pid)
}
