//go:build linux

package proxies

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// patience bounds waits for what must come; nothing is measured against it.
const patience = time.Minute

// process is a program that runs in a group of its own, with what it starts itself.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	said  built.Output
}

func start(t *testing.T, dir string, env []string, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended does not matter
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop asks the process to end, and sees to it that nothing of it is left.
func (p *process) stop(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(patience / 6):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // nobody may be left
	<-p.ended
}

// freePort is a port of this machine that nobody has.
func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(freeport.For(t))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// server is MagnaPP on a port that it keeps over a restart.
type server struct {
	*process
	dir, port string
}

func startServer(t *testing.T, dir, port string) *server {
	t.Helper()
	s := &server{dir: dir, port: port}
	s.run(t)
	return s
}

// failures is how many wrong credentials an address may bring in an hour.
const failures = 5

func (s *server) run(t *testing.T) {
	t.Helper()
	s.process = start(t, s.dir, []string{
		"HOST=127.0.0.1", "PORT=" + s.port, "DATA_DIR=" + s.dir + "/data", "SESSION_TIMEOUT_MINUTES=60", "TRUSTED_PROXIES=127.0.0.1/32", "RATE_LIMIT=" + strconv.Itoa(failures) + "/h",
	}, program)
	awaitPort(t, s.port, s.process)
}

// awaitPort waits until somebody listens.
func awaitPort(t *testing.T, port string, p *process) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); ; {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-p.ended:
			t.Fatalf("%s has ended: %s", p.cmd.Path, &p.said)
		case <-look.C:
		}
		if time.Now().After(limit) {
			t.Fatalf("%s does not listen: %s", p.cmd.Path, &p.said)
		}
	}
}

// restart stops the server as a deployment does, and starts it again.
func (s *server) restart(t *testing.T) {
	t.Helper()
	s.stop(t)
	s.run(t)
}
