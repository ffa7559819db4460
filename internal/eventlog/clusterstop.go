package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// handOverLimit is for handing over all that this node leads.
	handOverLimit = 3 * time.Second
	// handOverLook is how often is looked who leads.
	handOverLook = 10 * time.Millisecond
	// handOverRest is how long a new leader has until the old one stops: what was
	// sent to the old one has arrived by then.
	handOverRest = 200 * time.Millisecond
)

// handOver makes another node the leader of what this one leads. A leader that
// stops without it costs the others the time of an election, seconds, or at
// least the answers to what is under way.
func (c *clustered) handOver(l *Log) {
	srv := c.srv.Load()
	if srv == nil || c.cut() || l.sessions == nil || l.slots == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), handOverLimit)
	defer cancel()
	var errs []error
	handed := false
	for _, stream := range []jetstream.Stream{l.sessions, l.slots} {
		did, err := c.handOverStream(ctx, srv, l.conn.requests.Conn, stream)
		handed, errs = handed || did, append(errs, err)
	}
	did, err := c.handOverMeta(ctx, srv, l.sessions)
	handed, errs = handed || did, append(errs, err)
	if err := errors.Join(errs...); err != nil {
		c.logger.Warn("leadership was not handed over; writes may stand still for some seconds", "err", err)
	}
	if handed {
		wait(ctx, handOverRest)
	}
}

func (c *clustered) handOverStream(ctx context.Context, srv *server.Server, nc *nats.Conn, stream jetstream.Stream) (did bool, err error) {
	name := stream.CachedInfo().Config.Name
	leads := func() bool { return srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, name) }
	if !leads() {
		return false, nil
	}
	to, err := c.successor(ctx, stream)
	if err != nil {
		return false, fmt.Errorf("stream %s: %w", name, err)
	}
	if err := stepDown(ctx, nc, fmt.Sprintf(server.JSApiStreamLeaderStepDownT, name), to); err != nil {
		return false, fmt.Errorf("stream %s: %w", name, err)
	}
	return true, until(ctx, func() bool {
		if leads() {
			return false
		}
		limited, cancel := context.WithTimeout(ctx, getTimeout)
		defer cancel()
		info, err := stream.Info(limited)
		return err == nil && info.Cluster != nil && info.Cluster.Leader != "" && info.Cluster.Leader != c.id.Node
	})
}

func (c *clustered) handOverMeta(ctx context.Context, srv *server.Server, sessions jetstream.Stream) (did bool, err error) {
	if !srv.JetStreamIsLeader() {
		return false, nil
	}
	to, err := c.successor(ctx, sessions)
	if err != nil {
		return false, fmt.Errorf("cluster: %w", err)
	}
	if err := c.stepDownMeta(ctx, to); err != nil {
		return false, fmt.Errorf("cluster: %w", err)
	}
	return true, until(ctx, func() bool {
		if srv.JetStreamIsLeader() {
			return false
		}
		found, err := srv.Jsz(nil)
		return err == nil && found.Meta != nil && found.Meta.Leader != "" && found.Meta.Leader != c.id.Node
	})
}

// successor names one of the other nodes that are up and have all of a stream.
func (c *clustered) successor(ctx context.Context, stream jetstream.Stream) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	info, err := stream.Info(ctx)
	if err != nil {
		return "", err
	}
	var able []string
	if info.Cluster != nil {
		for _, peer := range append(info.Cluster.Replicas, &jetstream.PeerInfo{Name: info.Cluster.Leader, Current: true}) {
			if peer.Current && !peer.Offline && peer.Name != c.id.Node {
				able = append(able, peer.Name)
			}
		}
	}
	if len(able) == 0 {
		return "", errors.New("no other node is up and has everything")
	}
	return able[rand.IntN(len(able))], nil
}

// stepDownMeta asks the cluster's leader to let another node lead.
func (c *clustered) stepDownMeta(ctx context.Context, to string) error {
	nc, err := c.connectAs(c.secrets.system, c.secrets.systemPassword, nats.NoReconnect())
	if err != nil {
		return err
	}
	defer nc.Close()
	return stepDown(ctx, nc, server.JSApiLeaderStepDown, to)
}

// stepDown asks a leader to let another node lead. That it says yes proves
// nothing.
func stepDown(ctx context.Context, nc *nats.Conn, subject, to string) error {
	request, err := json.Marshal(map[string]any{"placement": map[string]string{"preferred": to}})
	if err != nil {
		return err
	}
	m, err := nc.RequestWithContext(ctx, subject, request)
	if err != nil {
		return err
	}
	return apiError(m.Data)
}

// apiError is what an answer of JetStream's says went wrong.
func apiError(answer []byte) error {
	var got struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return fmt.Errorf("answer that cannot be read: %w", err)
	}
	if got.Error != nil {
		return got.Error
	}
	return nil
}

func until(ctx context.Context, done func() bool) error {
	for !done() {
		if !wait(ctx, handOverLook) {
			return ctx.Err()
		}
	}
	return nil
}
