package load

import (
	"context"
	"errors"
	"io"
	"net"
	"net/rpc"
	"net/url"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// Serve does what a [Player] asks for, until no more can come.
func Serve(in io.Reader, out io.WriteCloser) error {
	server := rpc.NewServer()
	if err := server.RegisterName("Load", &service{}); err != nil {
		return err
	}
	server.ServeConn(pipes{in, out})
	return nil
}

// A service is what a [Player] calls, one after the other: Make, Open, and then the rest.
type service struct{ *engine }

// Make makes the sessions.
func (s *service) Make(o Opening, _ *bool) (err error) {
	s.engine, err = makeSessions(o.Target, o.Workload)
	return err
}

// Open opens the streams.
func (s *service) Open(_ bool, _ *bool) error { return s.open() }

// Hold reads what arrives, for d.
func (s *service) Hold(d time.Duration, held *Held) error {
	s.held = Held{}
	err := s.hold(d)
	*held = s.held
	return err
}

// Play plays one turn.
func (s *service) Play(_ bool, turn *Played) (err error) {
	*turn, err = s.play()
	return err
}

// filesBeside is what is open besides the streams and lines.
const filesBeside = 100

// makeSessions makes the sessions of a workload and starts their first round.
func makeSessions(t Target, w Workload) (*engine, error) {
	if err := process.CheckFiles(w.Streams() + w.InFlight + filesBeside); err != nil {
		return nil, err
	}
	addresses, err := t.addresses()
	if err != nil {
		return nil, err
	}
	client := api.New(t[0].URL)
	defer client.Close()
	ctx := context.Background() // whoever cancels ends the process
	sessions, err := client.Make(ctx, w.Sessions, w.Users)
	if err != nil {
		return nil, err
	}
	if err := client.Stories(ctx, sessions, w.Stories); err != nil {
		return nil, err
	}
	if err := client.Act(ctx, sessions, "start"); err != nil {
		return nil, err
	}
	return newEngine(addresses, sessions, w, func() cost { return costOf(t) })
}

// addresses are where the nodes serve. The error is a URL that is none, or no node.
func (t Target) addresses() (all []*net.TCPAddr, err error) {
	for _, node := range t {
		u, err := url.Parse(node.URL)
		if err != nil {
			return nil, err
		}
		address, err := net.ResolveTCPAddr("tcp4", u.Host)
		if err != nil {
			return nil, err
		}
		all = append(all, address)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no server to load")
	}
	return all, nil
}
