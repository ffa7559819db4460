package shortcut

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestHTTP2GoesToNetHTTP sends many requests at once on a connection that speaks HTTP/2 from its first byte. There, net/http reads and answers at the same time.
func TestHTTP2GoesToNetHTTP(t *testing.T) {
	var both, one http.Protocols
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	one.SetUnencryptedHTTP2(true)
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(tellWay), Protocols: &both}, way{})
	transport := &http.Transport{Protocols: &one}
	t.Cleanup(transport.CloseIdleConnections)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				resp, err := transport.RoundTrip(h.request(t))
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				if resp.ProtoMajor != 2 || string(body) != "net/http" || err != nil {
					t.Errorf("%s went by %s (%v)", resp.Proto, body, err)
				}
				_ = resp.Body.Close()
			}
		})
	}
	all.Wait()
}

// request is a POST for an [http.Transport].
func (h *house) request(t testing.TB) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+h.address+"/", strings.NewReader(strings.Repeat("x", maxGiven/50)))
	if err != nil {
		t.Error(err)
	}
	return r
}
