package load

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// Serve does what a [Player] asks for, until there are no more orders. The error is an order that cannot be read or answered.
func Serve(ctx context.Context, orders io.Reader, replies io.Writer) error {
	decoder, encoder := json.NewDecoder(orders), json.NewEncoder(replies)
	var s server
	defer s.close()
	for {
		var o order
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var r reply
		if err := s.do(ctx, o, &r); err != nil {
			r.Error = err.Error()
		}
		if err := encoder.Encode(r); err != nil {
			return err
		}
	}
}

// A server is what [Serve] has open.
type server struct{ engine *engine }

func (s *server) close() {
	if s.engine != nil {
		s.engine.close()
	}
}

func (s *server) do(ctx context.Context, o order, r *reply) (err error) {
	switch {
	case o.Open != nil:
		s.engine, err = open(ctx, o.Open.Target, o.Open.Workload)
	case s.engine == nil:
		err = errors.New("no streams are open")
	case o.Hold != nil:
		err = s.engine.hold(ctx, *o.Hold)
	case o.Play:
		r.Played, err = s.engine.play(ctx)
	}
	return err
}

// filesBeside is what is open besides the streams and lines.
const filesBeside = 100

// open makes the sessions of a workload, starts their first round and opens their streams.
func open(ctx context.Context, t Target, w Workload) (*engine, error) {
	if err := process.CheckFiles(w.Streams() + w.InFlight + filesBeside); err != nil {
		return nil, err
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil, err
	}
	address, err := net.ResolveTCPAddr("tcp4", u.Host)
	if err != nil {
		return nil, err
	}
	client := api.New(t.URL)
	defer client.Close()
	sessions, err := client.Make(ctx, w.Sessions, w.Users)
	if err != nil {
		return nil, err
	}
	if err := client.Act(ctx, sessions, "start"); err != nil {
		return nil, err
	}
	e, err := newEngine(address, sessions, w, func() cost { return costOf(t.PID) })
	if err != nil {
		return nil, err
	}
	if err := e.open(ctx, sessions); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}
