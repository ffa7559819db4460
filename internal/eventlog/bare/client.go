package bare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	subjects = "session."
	// formLimit is how long it may take until a stream has a leader.
	formLimit = 30 * time.Second
	formPause = 100 * time.Millisecond
)

// Stream is the log's stream as a node of several has it.
func Stream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        "SESSIONS",
		Subjects:    []string{subjects + "*", "node.*"},
		Discard:     jetstream.DiscardNew,
		Duplicates:  time.Second,
		RePublish:   &jetstream.RePublish{Source: ">", Destination: "live.>"},
		AllowRollup: true,
		Storage:     jetstream.FileStorage,
		Replicas:    3,
		AllowMsgTTL: true,
	}
}

// Client appends through one node. Close it.
type Client struct {
	nc *nats.Conn
	js jetstream.JetStream
}

// Dial connects to the node at a host:port.
func Dial(address string) (*Client, error) {
	nc, err := nats.Connect("nats://" + address)
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	return &Client{nc: nc, js: js}, err
}

// Close ends the connection.
func (c *Client) Close() { c.nc.Close() }

// CreateStream makes the stream and waits until it has a leader. The error is
// one that lasts for half a minute.
func (c *Client) CreateStream(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, formLimit)
	defer cancel()
	again := time.NewTicker(formPause)
	defer again.Stop()
	for {
		_, err := c.js.CreateOrUpdateStream(ctx, Stream())
		if err == nil {
			_, err = c.Leader(ctx)
		}
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("create the stream: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// Leader is the name of the node through which all appends go.
func (c *Client) Leader(ctx context.Context) (string, error) {
	stream, err := c.js.Stream(ctx, Stream().Name)
	if err != nil {
		return "", err
	}
	if info := stream.CachedInfo(); info.Cluster != nil && info.Cluster.Leader != "" {
		return info.Cluster.Leader, nil
	}
	return "", errors.New("the stream has no leader")
}

// codeInFlight says that another append to the subject is under way, and that
// nothing was stored. Now and then that is said to a writer without a rival.
const codeInFlight = 10164

// Append stores data as the next message of a session, if the session's last
// one has the sequence after, and returns its sequence. What was not stored
// although nothing is in its way is tried again, as the log does.
func (c *Client) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	for {
		ack, err := c.js.PublishMsg(ctx, &nats.Msg{Subject: subjects + session, Data: data},
			jetstream.WithExpectLastSequencePerSubject(after), jetstream.WithRetryAttempts(0))
		if err == nil {
			return ack.Sequence, nil
		}
		refused := (*jetstream.APIError)(nil)
		inFlight := errors.As(err, &refused) && refused.ErrorCode == codeInFlight
		unknown := errors.Is(err, jetstream.ErrNoStreamResponse) // to this node, for a moment after the stream was made
		if !inFlight && !unknown || ctx.Err() != nil {
			return 0, err
		}
	}
}
