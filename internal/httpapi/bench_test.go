package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/httpapi"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
)

// BenchmarkVote is what the server adds to a vote beside the network: routing, decoding, deciding, storing, encoding, answering. Nobody reads the session's stream.
func BenchmarkVote(b *testing.B) {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	log, err := eventlog.Open(context.Background(), eventlog.Config{Dir: b.TempDir(), Sync: time.Second, Logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	rooms, err := room.Open(context.Background(), log, room.Options{Rules: poker.Rules{SessionTimeout: time.Hour, GracePeriod: time.Minute}, Logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(rooms.Close)
	streams := stream.New(stream.Options{})
	b.Cleanup(streams.Close)
	api, err := httpapi.New(httpapi.Options{Rooms: rooms, Streams: streams, Ready: log.Ready, Logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	send := func(target, token, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		return w
	}
	var created struct {
		SessionID string `json:"session_id"`
		UserID    string `json:"user_id"`
		Token     string `json:"token"`
	}
	w := send("/api/sessions", "", `{"name":"Team","creator_name":"Ann","creator_avatar":""}`)
	if err := json.Unmarshal(w.Body.Bytes(), &created); err != nil {
		b.Fatal(err)
	}
	send("/api/sessions/"+created.SessionID+"/start?user_id="+created.UserID, created.Token, "")
	b.ReportAllocs()
	for b.Loop() {
		if w := send("/api/sessions/"+created.SessionID+"/vote?user_id="+created.UserID, created.Token, `{"vote":"5"}`); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
