package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// An order is what a [Player] asks of its process: one of the three.
type order struct {
	Open *opening       `json:",omitempty"`
	Hold *time.Duration `json:",omitempty"`
	Play bool           `json:",omitempty"`
}

type opening struct {
	Target   Target
	Workload Workload
}

// A reply answers one order.
type reply struct {
	Error  string  `json:",omitempty"`
	Played *Played `json:",omitempty"`
}

// A Player is a process that loads one server. It is used by one goroutine.
type Player struct {
	command *exec.Cmd
	orders  io.WriteCloser
	encoder *json.Encoder
	replies *json.Decoder
}

// Start starts the process, which is to call [Serve], and has it make the sessions of a workload on a server and open their streams. Close it. The error is
// a process that cannot be started, a call that was refused, or the limit of open files.
func Start(ctx context.Context, program string, arguments []string, t Target, w Workload) (*Player, error) {
	p := &Player{command: exec.CommandContext(ctx, program, arguments...)}
	p.command.Stderr = os.Stderr
	var err error
	if p.orders, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	replies, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.encoder, p.replies = json.NewEncoder(p.orders), json.NewDecoder(replies)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the load: %w", err)
	}
	if _, err := p.do(order{Open: &opening{Target: t, Workload: w}}); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Play plays one turn. The error is a server that refused a command, ended a stream or stood still.
func (p *Player) Play() (Played, error) {
	r, err := p.do(order{Play: true})
	if err != nil {
		return Played{}, err
	}
	return *r.Played, nil
}

// Hold keeps the streams open and reads what arrives, for d. The error is a stream that the server ended.
func (p *Player) Hold(d time.Duration) error {
	_, err := p.do(order{Hold: &d})
	return err
}

// Close ends every connection and the process.
func (p *Player) Close() error {
	_ = p.orders.Close() // the process ends when there are no more
	return p.command.Wait()
}

func (p *Player) do(o order) (reply, error) {
	if err := p.encoder.Encode(o); err != nil {
		return reply{}, fmt.Errorf("the load has ended: %w", err)
	}
	var r reply
	if err := p.replies.Decode(&r); err != nil {
		return reply{}, fmt.Errorf("the load has ended: %w", err)
	}
	if r.Error != "" {
		return reply{}, errors.New(r.Error)
	}
	return r, nil
}
