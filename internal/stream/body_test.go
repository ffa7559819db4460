package stream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A stream has no use for a body, but somebody may announce one.
func TestStream_with_a_body_that_comes_late_or_never(t *testing.T) {
	for _, portable := range []bool{false, true} {
		t.Run(fmt.Sprintf("portable %t", portable), func(t *testing.T) {
			s := newSource(t, Options{Portable: portable})
			t.Run("begins at once and ends", func(t *testing.T) {
				_, resp, body := askWithBody(t, s, "/", 10)
				(<-s.conns).Close()
				readsToTheEnd(t, resp, body, beginning)
				s.await("the end", s.ended)
			})
			t.Run("takes the body for nothing", func(t *testing.T) {
				request := "GET /refused HTTP/1.1\r\nHost: test\r\n\r\n"
				conn, resp, body := askWithBody(t, s, "/", len(request))
				if _, err := io.WriteString(conn, request+request); err != nil {
					t.Fatal(err)
				}
				c := <-s.conns
				c.Send(Chunk("more"))
				c.Close()
				readsToTheEnd(t, resp, body, beginning+"more")
				s.await("the end", s.ended)
			})
			t.Run("is refused within the time of a request", func(t *testing.T) {
				_, resp, body := askWithBody(t, s, "/refused", 10)
				if resp.StatusCode != http.StatusNotFound {
					t.Errorf("status %d", resp.StatusCode)
				}
				readsToTheEnd(t, resp, body, "no such session\n")
			})
		})
	}
}

func askWithBody(t *testing.T, s *source, path string, length int) (net.Conn, *http.Response, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience / 4)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n", path, length)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn, resp, r
}

// readsToTheEnd reads an answer, and then that the connection ends. That may be by a reset: nobody has read what the client sent.
func readsToTheEnd(t *testing.T, resp *http.Response, conn *bufio.Reader, want string) {
	t.Helper()
	answer, err := io.ReadAll(resp.Body)
	if string(answer) != want || err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("read %q (%v), want %q", answer, err, want)
	}
	rest, err := io.ReadAll(conn)
	if timeout, ok := err.(net.Error); len(rest) > 0 || ok && timeout.Timeout() {
		t.Errorf("then %q (%v)", rest, err)
	}
}

// Over HTTP/2 what is sent for one stream and not read would take all the room that the connection has for what is sent.
func TestStream_with_a_long_body_leaves_room_for_others_on_its_connection(t *testing.T) {
	s := newSource(t, Options{})
	s.speakHTTP2()
	reader, body := io.Pipe()
	defer func() { _ = body.Close() }()
	resp := s.send(http.MethodGet, reader)
	go func() { _, _ = body.Write(make([]byte, 4<<20)) }() // until the end of the test, or until there is no more room
	c := <-s.conns
	for range 20 {
		c.Send(Chunk("event"))
		answer := s.send(http.MethodPost, strings.NewReader(strings.Repeat("x", 60<<10)))
		if b, err := io.ReadAll(answer.Body); err != nil || len(b) != 60<<10 {
			t.Fatalf("%d bytes came back (%v)", len(b), err)
		}
	}
	c.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || len(b) < 100 {
		t.Errorf("the stream: %q (%v)", b, err)
	}
}

func (s *source) send(method string, body io.Reader) *http.Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience/4)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+"/", body)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.http2.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}
