package stream

import (
	"bufio"
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
				c.Send([]byte("more"))
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
