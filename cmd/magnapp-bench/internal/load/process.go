package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"time"
)

// A Player is a process that loads one server. It is used by one goroutine.
type Player struct {
	command *exec.Cmd
	calls   *rpc.Client
}

// An Opening is what a [Player] begins with.
type Opening struct {
	Target
	Workload
}

// pipes are one connection to another process.
type pipes struct {
	io.Reader
	io.WriteCloser
}

// Start starts the process, which is to call [Serve], and has it make the sessions of a workload on a server. Close it. The error is
// a process that cannot be started, a call that was refused, or the limit of open files.
func Start(ctx context.Context, program string, arguments []string, t Target, w Workload) (*Player, error) {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the load: %w", err)
	}
	p := &Player{command: command, calls: rpc.NewClient(pipes{out, in})}
	if err := p.calls.Call("Load.Make", Opening{t, w}, new(bool)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Open opens the streams. The error is a server that refused one, ended one or stood still.
func (p *Player) Open() error { return p.calls.Call("Load.Open", true, new(bool)) }

// Play plays one turn on the streams that are open. The error is a server that refused a command, ended a stream or stood still.
func (p *Player) Play() (turn Played, err error) {
	err = p.calls.Call("Load.Play", true, &turn)
	return turn, err
}

// Hold keeps the streams open and reads what arrives, for d. The error is a stream that the server ended, or an answer to pings that it refused.
func (p *Player) Hold(d time.Duration) (held Held, err error) {
	err = p.calls.Call("Load.Hold", d, &held)
	return held, err
}

// Close ends every connection and the process.
func (p *Player) Close() error {
	_ = p.calls.Close() // the process ends when no more calls can come
	return p.command.Wait()
}
