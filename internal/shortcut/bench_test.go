package shortcut

import (
	"io"
	"net/http"
	"testing"
)

// BenchmarkRequest sends a vote again and again on one connection, and reads the answers, by the shortcut and without it. What the shortcut costs others shows in the look.
func BenchmarkRequest(b *testing.B) {
	look := []byte(head("GET /api/sessions/4711 HTTP/1.1", "Host: a", "User-Agent: Go-http-client/1.1", "Cookie: seat=abcdefghijklmnopqrstuvwxyz0123456789", "Accept-Encoding: gzip"))
	vote := []byte(post("/api/sessions/4711/votes", `{"value":"8"}`, "User-Agent: Go-http-client/1.1", "Content-Type: application/json", "Cookie: seat=abcdefghijklmnopqrstuvwxyz0123456789",
		"Accept-Encoding: gzip"))
	handler := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":true}`)
	}
	for _, way := range []struct {
		name    string
		request []byte
		way     way
	}{
		{"vote/shortcut", vote, way{}},
		{"vote/without", vote, way{plain: true}},
		{"look/shortcut", look, way{}},
		{"look/without", look, way{plain: true}},
	} {
		b.Run(way.name, func(b *testing.B) {
			h := newHouse(b, &http.Server{Handler: http.HandlerFunc(handler)}, way.way)
			conn := h.connect(b)
			answer := make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := conn.Write(way.request); err != nil {
					b.Fatal(err)
				}
				if n, err := conn.Read(answer); err != nil || answer[n-1] != '}' { // an answer is one packet
					b.Fatalf("%q %v", answer[:n], err)
				}
			}
		})
	}
}
