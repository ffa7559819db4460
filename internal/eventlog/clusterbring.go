package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// bringAnswer is how long each answer may take of those that bringing needs, and
// each piece of what is brought. A server that has dropped a restore answers
// nothing more to it, and the next try begins anew.
const bringAnswer = 10 * time.Second

// bring copies a stream from the files of a lone node into the cluster, as it
// is: JetStream makes a snapshot of one and restores it in the other.
func (c *clustered) bring(ctx context.Context, to *nats.Conn, want jetstream.StreamConfig) error {
	options := loneOptions(aside(c.dir), 0)
	srv, err := server.NewServer(&options)
	if err != nil {
		return fmt.Errorf("open what a lone node stored: %w", err)
	}
	lines := &natsLogger{to: c.logger, rated: c.log}
	srv.SetLoggerV2(lines, false, false, false)
	srv.Start()
	defer func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	}()
	if err := lines.fatal(); err != nil {
		return fmt.Errorf("open what a lone node stored: %w", err)
	}
	from, err := nats.Connect("", nats.InProcessServer(srv))
	if err != nil {
		return fmt.Errorf("open what a lone node stored: %w", err)
	}
	defer from.Close()
	was, err := copyStream(ctx, from, to, want)
	if err != nil {
		return fmt.Errorf("bring what a lone node stored: %w", err)
	}
	return sameState(ctx, to, want.Name, was)
}

// copyStream returns what the stream holds.
func copyStream(ctx context.Context, from, to *nats.Conn, want jetstream.StreamConfig) (was jetstream.StreamState, err error) {
	chunks := from.NewInbox()
	sub, err := from.SubscribeSync(chunks)
	if err != nil {
		return was, err
	}
	if err := sub.SetPendingLimits(-1, -1); err != nil { // the server sends no more than it may
		return was, err
	}
	var snapshot struct {
		State jetstream.StreamState `json:"state"`
	}
	ask := map[string]any{"deliver_subject": chunks, "no_consumers": true, "jsck": true}
	if err := apiCall(ctx, from, fmt.Sprintf(server.JSApiStreamSnapshotT, want.Name), ask, &snapshot); err != nil {
		return was, fmt.Errorf("snapshot: %w", err)
	}
	var restore struct {
		Deliver string `json:"deliver_subject"`
	}
	want.Metadata[broughtUpTo] = strconv.FormatUint(snapshot.State.LastSeq, 10)
	ask = map[string]any{"config": want, "state": snapshot.State}
	if err := apiCall(ctx, to, fmt.Sprintf(server.JSApiStreamRestoreT, want.Name), ask, &restore); err != nil {
		return was, fmt.Errorf("restore: %w", err)
	}
	return snapshot.State, passChunks(ctx, sub, to, restore.Deliver)
}

// passChunks passes on what a snapshot sends, up to the message without data
// that ends it.
func passChunks(ctx context.Context, sub *nats.Subscription, to *nats.Conn, subject string) error {
	for {
		chunk, err := nextChunk(ctx, sub)
		if err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
		if status := chunk.Header.Get("Status"); status != "" && status != "204" {
			return fmt.Errorf("snapshot: %s %s", status, chunk.Header.Get("Description"))
		}
		answer, err := answerTo(ctx, to, subject, chunk.Data)
		if err == nil && len(answer.Data) > 0 {
			err = apiError(answer.Data)
		}
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if len(chunk.Data) == 0 {
			return nil
		}
		if chunk.Reply == "" { // the last one with data
			continue
		}
		if err := chunk.Respond(nil); err != nil {
			return fmt.Errorf("snapshot: %w", err)
		}
	}
}

func nextChunk(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, bringAnswer)
	defer cancel()
	return sub.NextMsgWithContext(ctx)
}

func answerTo(ctx context.Context, nc *nats.Conn, subject string, data []byte) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, bringAnswer)
	defer cancel()
	return nc.RequestWithContext(ctx, subject, data)
}

// sameState makes sure that the cluster has what a lone node had.
func sameState(ctx context.Context, nc *nats.Conn, name string, was jetstream.StreamState) error {
	var is struct {
		State jetstream.StreamState `json:"state"`
	}
	if err := apiCall(ctx, nc, fmt.Sprintf(server.JSApiStreamInfoT, name), struct{}{}, &is); err != nil {
		return err
	}
	if is.State.Msgs < was.Msgs || is.State.LastSeq < was.LastSeq {
		return finalError{fmt.Errorf("stream %s has %d messages up to %d in the cluster, but had %d up to %d", name, is.State.Msgs, is.State.LastSeq, was.Msgs, was.LastSeq)}
	}
	return nil
}

// apiCall asks JetStream for something.
func apiCall(ctx context.Context, nc *nats.Conn, subject string, ask, answer any) error {
	request, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	m, err := answerTo(ctx, nc, subject, request)
	if err != nil {
		return err
	}
	if err := apiError(m.Data); err != nil {
		return err
	}
	return json.Unmarshal(m.Data, answer)
}

// holdsEntries says whether a store's folder has messages of a stream, readable
// or not.
func holdsEntries(dir, stream string) bool {
	blocks, err := filepath.Glob(filepath.Join(streamDir(dir, stream), "msgs", "*.blk"))
	return err == nil && slices.ContainsFunc(blocks, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	})
}

func holdsStream(dir, stream string) bool {
	_, err := os.Stat(streamDir(dir, stream))
	return !errors.Is(err, os.ErrNotExist)
}

func streamDir(dir, stream string) string {
	return filepath.Join(dir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", stream)
}
