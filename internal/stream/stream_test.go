package stream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

// patience bounds waits for what must come; nothing is measured against it.
const patience = time.Minute

// readTimeout is what the server gives a request, and a stream outlives. A client that
// has other things to do must not need longer to ask.
const readTimeout = time.Second

// What a client reads first, without and with an event.
const (
	welcome   = ": welcome\nretry: 1000\n"
	beginning = welcome + "id: 1\ndata: {}\n\n"
)

// source is a server whose streams the test feeds.
type source struct {
	*Streams
	t      *testing.T
	server *httptest.Server
	addr   string
	http2  *http.Transport // of one connection, which all clients share; nil for HTTP/1
	conns  chan Conn       // each stream that began
	ended  chan struct{}   // each that was taken away
}

// byEach runs a test with streams that have a goroutine each, those that have none, and those that share one connection.
func byEach(t *testing.T, o Options, test func(*testing.T, *source)) {
	for _, c := range []struct {
		name            string
		portable, http2 bool
	}{{name: "portable", portable: true}, {name: "fast"}, {name: "HTTP2", http2: true}} {
		t.Run(c.name, func(t *testing.T) {
			o.Portable = c.portable
			s := newSource(t, o)
			if c.http2 {
				s.speakHTTP2()
			}
			test(t, s)
		})
	}
}

func (s *source) speakHTTP2() {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	s.http2 = &http.Transport{Protocols: &protocols}
	s.t.Cleanup(s.http2.CloseIdleConnections)
}

func newSource(t *testing.T, o Options) *source {
	s := &source{Streams: New(o), t: t, conns: make(chan Conn, 100), ended: make(chan struct{}, 100)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // something else that a connection is for
			_, _ = io.Copy(w, r.Body)
			return
		}
		err := s.Serve(w, r, r.URL.Path == "/pinged", func(c Conn) (func(), error) {
			if r.URL.Path == "/refused" {
				return nil, errors.New("no such session")
			}
			if r.URL.Path != "/nothing-missed" {
				c.Send(AppendFrame(nil, "1", []byte("{}")))
			}
			s.conns <- c
			return func() { s.ended <- struct{}{} }, nil
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	}))
	server.Config.ReadTimeout = readTimeout
	server.Config.IdleTimeout = patience
	server.Config.Protocols = &http.Protocols{}
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	s.server = server
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	s.addr = server.Listener.Addr().String()
	return s
}

// client is a connection on which a stream was asked for.
type client struct {
	t    *testing.T
	conn io.Closer // over HTTP/2 the client's part of it
	resp *http.Response
	body *bufio.Reader
}

func (s *source) ask(path, proto string) *client {
	s.t.Helper()
	if s.http2 != nil {
		return s.askHTTP2(path)
	}
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s %s\r\nHost: test\r\n\r\n", path, proto)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{t: s.t, conn: conn, resp: resp, body: bufio.NewReader(resp.Body)}
}

func (s *source) askHTTP2(path string) *client {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.http2.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.ProtoMajor != 2 {
		s.t.Fatalf("the answer came by %s", resp.Proto)
	}
	return &client{t: s.t, conn: resp.Body, resp: resp, body: bufio.NewReader(resp.Body)}
}

// open begins a stream and reads its beginning.
func (s *source) open() (*client, Conn) {
	s.t.Helper()
	c := s.ask("/", "HTTP/1.1")
	c.reads(beginning)
	return c, <-s.conns
}

func (c *client) reads(want string) {
	c.t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c.body, got); err != nil || string(got) != want {
		c.t.Fatalf("read %.200q (%v), want %.200q", got[:n], err, want)
	}
}

// rest is what is left until the stream ends; an end that HTTP did not announce is none.
func (c *client) rest() string {
	c.t.Helper()
	b, err := io.ReadAll(c.body)
	if err != nil {
		c.t.Fatalf("the stream broke off: %v", err)
	}
	return string(b)
}

func (s *source) await(what string, ch <-chan struct{}) {
	s.t.Helper()
	select {
	case <-ch:
	case <-time.After(patience):
		s.t.Fatalf("%s did not come", what)
	}
}

// becomes waits for a count that another goroutine keeps.
func (s *source) becomes(what string, count func() int, want int) {
	s.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); count() != want; <-look.C {
		if time.Now().After(limit) {
			s.t.Fatalf("%s is %d, want %d", what, count(), want)
		}
	}
}

func TestStream_from_beginning_to_end(t *testing.T) {
	for _, proto := range []string{"HTTP/1.0", "HTTP/1.1"} { // over HTTP/2 twice the same
		t.Run(proto, func(t *testing.T) {
			byEach(t, Options{}, func(t *testing.T, s *source) {
				c := s.ask("/", proto)
				conn := <-s.conns
				checkHead(t, c.resp, proto)
				c.reads(beginning)
				var want strings.Builder
				for i := range 100 {
					fmt.Fprintf(&want, "id: %d\ndata: {\"n\":1}\n\n", i)
					conn.Send(AppendFrame(nil, fmt.Sprint(i), []byte(`{"n":1}`)))
				}
				c.reads(want.String())
				conn.Send(Chunk("last"))
				conn.Close()
				conn.Send(Chunk("too late"))
				conn.Close()
				if got := c.rest(); got != "last" {
					t.Errorf("after the close: %q, want what was sent before", got)
				}
				s.await("the end", s.ended)
				s.becomes("open streams", s.Open, 0)
			})
		})
	}
}

func checkHead(t *testing.T, resp *http.Response, proto string) {
	t.Helper()
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if chunked := len(resp.TransferEncoding) > 0; chunked != (proto == "HTTP/1.1" && resp.ProtoMajor == 1) {
		t.Errorf("over %s: transfer encoding %v", proto, resp.TransferEncoding)
	}
}

func TestStream_that_is_refused_writes_nothing(t *testing.T) {
	byEach(t, Options{}, func(t *testing.T, s *source) {
		c := s.ask("/refused", "HTTP/1.1")
		if body := c.rest(); c.resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "no such session") {
			t.Errorf("got %d %q", c.resp.StatusCode, body)
		}
		s.becomes("open streams", s.Open, 0)
	})
}

func TestStream_ends_when_the_client_goes(t *testing.T) {
	byEach(t, Options{}, func(t *testing.T, s *source) {
		c, conn := s.open()
		_ = c.conn.Close()
		s.await("the end", s.ended)
		conn.Send(Chunk("into the void"))
		s.becomes("open streams", s.Open, 0)
		if s.Slow() != 0 {
			t.Error("who goes is not slow")
		}
	})
}

func TestStream_that_has_nothing_to_say_is_answered_at_once(t *testing.T) {
	byEach(t, Options{KeepAlive: time.Hour}, func(t *testing.T, s *source) {
		c := s.ask("/nothing-missed", "HTTP/1.1")
		checkHead(t, c.resp, "HTTP/1.1")
		c.reads(welcome) // by which Firefox knows that the stream is open
		(<-s.conns).Close()
		if got := c.rest(); got != "" {
			t.Errorf("the stream says %q", got)
		}
	})
}

func TestStream_is_kept_alive_for_longer_than_a_request_may_take(t *testing.T) {
	byEach(t, Options{KeepAlive: 5 * time.Millisecond}, func(t *testing.T, s *source) {
		began := time.Now()
		c, _ := s.open()
		for time.Since(began) < 2*readTimeout {
			c.reads(": keep-alive\n")
		}
	})
}

func TestStream_that_asks_for_pings_gets_them_instead_of_comments(t *testing.T) {
	byEach(t, Options{KeepAlive: time.Millisecond, Ping: 5 * time.Millisecond}, func(t *testing.T, s *source) {
		c := s.ask("/pinged", "HTTP/1.1")
		c.reads(beginning + strings.Repeat("event: ping\ndata: {}\n\n", 3))
	})
}

func TestStream_that_is_too_slow_is_disconnected_alone(t *testing.T) {
	byEach(t, Options{QueueBytes: 256 << 10, WriteTimeout: time.Second}, func(t *testing.T, s *source) {
		quick, quickConn := s.open()
		_, slowConn := s.open()
		content := strings.Repeat("x", 16<<10) // little enough for the quick one's connection to take it at once
		frame := Chunk(content)
		for range 4000 { // a loopback connection takes some megabytes before it is full
			quickConn.Send(frame)
			slowConn.Send(frame)
			quick.reads(content)
			if s.Slow() > 0 {
				break
			}
		}
		s.await("the disconnection", s.ended)
		s.becomes("slow clients", func() int { return int(s.Slow()) }, 1)
		s.becomes("open streams", s.Open, 1)
		quickConn.Send(Chunk("still here"))
		quick.reads("still here")
	})
}

func TestStream_whose_client_takes_nothing_is_disconnected(t *testing.T) {
	byEach(t, Options{QueueBytes: 1 << 30, WriteTimeout: 500 * time.Millisecond}, func(t *testing.T, s *source) {
		_, conn := s.open()
		conn.Send(Chunk(strings.Repeat("x", 64<<20)))
		s.await("the disconnection", s.ended)
		s.becomes("slow clients", func() int { return int(s.Slow()) }, 1)
	})
}

func TestDrain_ends_every_stream(t *testing.T) {
	byEach(t, Options{}, func(t *testing.T, s *source) {
		var clients []*client
		for range 8 {
			c, _ := s.open()
			clients = append(clients, c)
		}
		s.Drain()
		for _, c := range clients {
			if rest := c.rest(); rest != "" { // a retry of its own would be an empty message to some clients
				t.Errorf("the stream ends with %q", rest)
			}
			s.await("the end", s.ended)
		}
		s.becomes("open streams", s.Open, 0)
		if c := s.ask("/", "HTTP/1.1"); c.resp.StatusCode != http.StatusNotFound || !strings.Contains(c.rest(), ErrDraining.Error()) {
			t.Errorf("a stream after the drain: %d", c.resp.StatusCode)
		}
		s.Drain()
	})
}

// A broken connection must not look like an end that was meant: some clients come back only from the former.
func TestStream_whose_server_dies_breaks_off(t *testing.T) {
	byEach(t, Options{}, func(t *testing.T, s *source) {
		c, _ := s.open()
		s.fast.close()
		s.server.CloseClientConnections()
		if _, err := io.ReadAll(c.body); err == nil {
			t.Error("the stream has ended as if it was meant to")
		}
	})
}

func TestContents_of_chunks(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                 nil,
		string(Chunk("one\r\n")):           {"one\r\n"},
		string(Chunk("1")) + "2\r\n22\r\n": {"1", "22"},
		"5\r\nshort\r":                     nil,
		"no chunk":                         nil,
		"ffffffff\r\n":                     nil,
		"1\r\n1\r\nno chunk":               {"1"},
	} {
		var got []string
		for content := range Contents([]byte(text)) {
			got = append(got, string(content))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
}

func TestQueue_takes_whatever_comes_first(t *testing.T) {
	q := newQueue(10)
	q.Send(bytes.Repeat([]byte("x"), 100))
	if frames, more := q.take(); len(frames) != 1 || !more || q.tooSlow() {
		t.Error("a long beginning was not taken")
	}
	q.Send([]byte("12345"))
	q.Send([]byte("67890"))
	if q.tooSlow() {
		t.Error("ten bytes do not fit into ten")
	}
	q.Send([]byte("!"))
	if frames, more := q.take(); frames != nil || more || !q.tooSlow() {
		t.Errorf("after too much: %q, %t", frames, more)
	}
}

func FuzzAppendFrame(f *testing.F) {
	for _, s := range []string{"", "plain", "line\nbreak", "\r", "\u2028\u2029", "\x00", "\xff\xfe", "data: x\n\n", `"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, err := json.Marshal(map[string]string{text: text})
		if err != nil {
			t.Skip()
		}
		frame := AppendFrame([]byte("before"), "7.0.abc", data)
		frame, ok := bytes.CutPrefix(frame, []byte("before"))
		contents := slices.Collect(Contents(frame))
		want := "id: 7.0.abc\ndata: " + string(data) + "\n\n"
		if !ok || len(contents) != 1 || string(contents[0]) != want {
			t.Fatalf("got %q", frame)
		}
		if read, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(append(frame, lastChunk...)))); err != nil || string(read) != want {
			t.Fatalf("read as HTTP has it: %q (%v)", read, err)
		}
		if id := idOf(frame); id != "7.0.abc" {
			t.Fatalf("the id is %q", id)
		}
		if bytes.ContainsAny(data, "\n\r") {
			t.Fatalf("the data holds a line break: %q", data)
		}
	})
}
