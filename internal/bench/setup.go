package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// setupWorkers is how many sessions are made at the same time.
const setupWorkers = 8

// A seat is a participant's place in a session and the credential for it.
type seat struct {
	UserID string `json:"user_id"`
	Token  string `json:"token"`
}

// A session was made for the measurement; the first seat is the Scrum Master's.
type session struct {
	id    string
	seats []seat
}

// setup makes sessions over the public API, with as many participants each, and starts their first round.
type setup struct {
	client *http.Client
	base   string
}

func newSetup(base string) *setup {
	transport := &http.Transport{MaxIdleConnsPerHost: setupWorkers, DisableCompression: true}
	return &setup{client: &http.Client{Transport: transport, Timeout: 30 * time.Second}, base: strings.TrimSuffix(base, "/")}
}

func (s *setup) close() { s.client.CloseIdleConnections() }

// sessions makes n sessions of the given number of users. made is called after each.
func (s *setup) sessions(ctx context.Context, n, users int, made func()) ([]session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := make([]session, n)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(setupWorkers, n) {
		workers.Go(func() {
			for i := range next {
				var err error
				if all[i], err = s.session(ctx, i, users); err != nil {
					cancel(fmt.Errorf("session %d of %d: %w", i+1, n, err))
					continue
				}
				made()
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	workers.Wait()
	return all, context.Cause(ctx)
}

// session makes one session and starts its first round.
func (s *setup) session(ctx context.Context, n, users int) (session, error) {
	var created struct {
		SessionID string `json:"session_id"`
		seat
	}
	body := map[string]any{"name": fmt.Sprintf("Bench %d", n+1), "creator_name": "User 1", "creator_avatar": "🦊"}
	if err := s.post(ctx, "/api/sessions/", "", body, &created); err != nil {
		return session{}, fmt.Errorf("create: %w", err)
	}
	if len(created.SessionID) == 0 || len(created.UserID) == 0 {
		return session{}, errors.New("create: the answer names no session_id and user_id")
	}
	t := session{id: created.SessionID, seats: []seat{created.seat}}
	for i := 1; i < users; i++ {
		var joined seat
		body := map[string]any{"user_name": fmt.Sprintf("User %d", i+1), "user_avatar": "🦊"}
		if err := s.post(ctx, "/api/sessions/"+t.id+"/join", "", body, &joined); err != nil {
			return session{}, fmt.Errorf("join %d of %d: %w", i, users-1, err)
		}
		t.seats = append(t.seats, joined)
	}
	master := t.seats[0]
	if err := s.post(ctx, "/api/sessions/"+t.id+"/start?user_id="+master.UserID, master.Token, nil, nil); err != nil {
		return session{}, fmt.Errorf("start: %w", err)
	}
	return t, nil
}

// post makes one call. An answer other than 200 is an error with the beginning of its body.
func (s *setup) post(ctx context.Context, path, token string, body, answer any) error {
	var encoded []byte
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+path, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return s.do(r, answer)
}

func (s *setup) do(r *http.Request, answer any) error {
	w, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(w.Body, 500)) // what there is of it serves the message
		return fmt.Errorf("%s %s: %s: %s", r.Method, r.URL.Path, w.Status, text)
	}
	if answer == nil {
		_, err = io.Copy(io.Discard, w.Body)
		return err
	}
	if err := json.NewDecoder(w.Body).Decode(answer); err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	_, err = io.Copy(io.Discard, w.Body) // so that the connection can be used again
	return err
}
