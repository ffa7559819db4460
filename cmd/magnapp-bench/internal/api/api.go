// Package api makes and plays sessions over the server's public API, with many calls at once.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// workers is how many calls are under way at once.
const workers = 16

// callLimit is how long one call may take.
const callLimit = 60 * time.Second

// A Session was made for a measurement; the first seat is the Scrum Master's.
type Session struct {
	ID    string
	Seats []wire.Seat
}

// A Client calls one server. It is safe for concurrent use.
type Client struct {
	http *http.Client
	base string
}

// New makes a Client of the server at base, such as http://127.0.0.1:8000. Close it.
func New(base string) *Client {
	transport := &http.Transport{MaxIdleConnsPerHost: workers, DisableCompression: true}
	return &Client{http: &http.Client{Transport: transport}, base: base}
}

// Close ends the connections that are not in use.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// each calls do for every number below n, [workers] at a time, until one fails or ctx ends.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(workers, n) {
		running.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(ctx, i); err != nil {
					cancel(fmt.Errorf("call %d of %d: %w", i+1, n, err))
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// Make makes n sessions of the given number of users: all are created, then everybody's second participant joins, and so on, as it is with sessions that live at the same time.
func (c *Client) Make(ctx context.Context, n, users int) ([]Session, error) {
	sessions := make([]Session, n)
	err := each(ctx, n, func(ctx context.Context, i int) (err error) {
		sessions[i], err = c.create(ctx, i)
		return err
	})
	for user := 1; user < users && err == nil; user++ {
		err = each(ctx, n, func(ctx context.Context, i int) error { return c.join(ctx, &sessions[i]) })
	}
	return sessions, err
}

func (c *Client) create(ctx context.Context, n int) (Session, error) {
	var created struct {
		SessionID string `json:"session_id"`
		wire.Seat
	}
	body := map[string]any{"name": fmt.Sprintf("Bench %d", n+1), "creator_name": "User 1", "creator_avatar": "🦊"}
	if err := c.post(ctx, "/api/sessions/", "", body, &created); err != nil {
		return Session{}, err
	}
	if created.SessionID == "" || created.UserID == "" {
		return Session{}, errors.New("the answer names no session_id and user_id")
	}
	return Session{ID: created.SessionID, Seats: []wire.Seat{created.Seat}}, nil
}

func (c *Client) join(ctx context.Context, s *Session) error {
	var joined wire.Seat
	body := map[string]any{"user_name": fmt.Sprintf("User %d", len(s.Seats)+1), "user_avatar": "🦊"}
	if err := c.post(ctx, "/api/sessions/"+s.ID+"/join", "", body, &joined); err != nil {
		return err
	}
	s.Seats = append(s.Seats, joined)
	return nil
}

// Rounds plays n whole rounds in every session, the sessions side by side: start, a vote of everybody, reveal.
func (c *Client) Rounds(ctx context.Context, sessions []Session, n int) error {
	for round := range n {
		err := c.Act(ctx, sessions, "start")
		for user := 0; user < len(sessions[0].Seats) && err == nil; user++ {
			err = each(ctx, len(sessions), func(ctx context.Context, i int) error { return c.vote(ctx, sessions[i], user, round+user) })
		}
		if err == nil {
			err = c.Act(ctx, sessions, "reveal")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// storiesAtOnce is how many stories are pasted in one call, the body of which must stay below 64 KB.
const storiesAtOnce = 100

// Stories pastes n stories into every session's list.
func (c *Client) Stories(ctx context.Context, sessions []Session, n int) error {
	for from := 0; from < n; from += storiesAtOnce {
		var stories []map[string]any
		for i := from; i < min(from+storiesAtOnce, n); i++ {
			stories = append(stories, map[string]any{
				"key": fmt.Sprintf("BENCH-%d", i+1), "title": fmt.Sprintf("As a user I want to see what has changed since I was here last, part %d", i+1),
				"description": "What is new is marked.\nOpen: for how long, and who may switch it off?", "type": "story", "url": fmt.Sprintf("https://tracker.example/BENCH-%d", i+1),
			})
		}
		err := each(ctx, len(sessions), func(ctx context.Context, i int) error {
			return c.act(ctx, sessions[i], "stories", 0, map[string]any{"stories": stories})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Knows reports whether the server has calls at a path, written as in its OpenAPI document: a build of before may not have them.
func (c *Client) Knows(ctx context.Context, path string) (bool, error) {
	var document struct{ Paths map[string]json.RawMessage }
	err := c.call(ctx, http.MethodGet, "/openapi.json", "", nil, &document)
	_, known := document.Paths[path]
	return known, err
}

// Act makes every session's Scrum Master start or reveal.
func (c *Client) Act(ctx context.Context, sessions []Session, verb string) error {
	return each(ctx, len(sessions), func(ctx context.Context, i int) error { return c.act(ctx, sessions[i], verb, 0, nil) })
}

// Votes casts n votes in a session whose round has begun: everybody in turns, over and over.
func (c *Client) Votes(ctx context.Context, s Session, n int) error {
	return each(ctx, n, func(ctx context.Context, i int) error { return c.vote(ctx, s, i%len(s.Seats), i/len(s.Seats)+i) })
}

func (c *Client) vote(ctx context.Context, s Session, user, card int) error {
	return c.act(ctx, s, "vote", user, map[string]any{"vote": wire.Card(card)})
}

func (c *Client) act(ctx context.Context, s Session, verb string, user int, body any) error {
	who := s.Seats[user]
	return c.post(ctx, "/api/sessions/"+s.ID+"/"+verb+"?user_id="+who.UserID, who.Token, body, nil)
}

// Metric is the value of a metric that has no labels.
func (c *Client) Metric(ctx context.Context, name string) (float64, error) {
	text, err := c.answer(ctx, http.MethodGet, "/metrics", "", nil)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}

// Count is how many sessions the server lists.
func (c *Client) Count(ctx context.Context) (int, error) {
	var list []json.RawMessage
	err := c.call(ctx, http.MethodGet, "/api/sessions/", "", nil, &list)
	return len(list), err
}

func (c *Client) post(ctx context.Context, path, token string, body, answer any) error {
	return c.call(ctx, http.MethodPost, path, token, body, answer)
}

// call makes one call and decodes its answer.
func (c *Client) call(ctx context.Context, method, path, token string, body, answer any) error {
	text, err := c.answer(ctx, method, path, token, body)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// answer makes one call. Any status but 200 is an error with the beginning of the body.
func (c *Client) answer(ctx context.Context, method, path, token string, body any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var encoded io.Reader = http.NoBody
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		encoded = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, encoded)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.500s", method, r.URL.Path, w.Status, text)
	}
	return text, err
}
