// Floor is the least that a server made of MagnaPP's parts can be: net/http for the calls, one append to the event log for each command, one write to each stream, and keep-alives.
// There is no game in it: nobody is checked, nothing is decided, encoded or kept, and every call is believed.
//
// What magnapp costs beyond this is its own; what this costs beyond the reference of magnapp bench is the price of the parts. See docs/performance.md:
//
//	go build -o bin/floor ./internal/bench/floor
//	magnapp bench --server bin/floor --reference --sessions 1 --rate 100
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// The keep-alives of a server that promises one every 20 s, in rounds so that nothing waits for all of them.
const (
	keepAliveEvery  = 19 * time.Second
	keepAliveRounds = 16
)

// The bytes that a session of 16 sees of each command, and an entry of the log.
var (
	keepAlive = []byte(": keep-alive\n\n")
	frames    = map[string][]byte{"vote": event(244), "reveal": event(2800), "start": append(event(500), event(300)...)}
	greeting  = append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"), event(244)...)
	entry     = bytes.Repeat([]byte("e"), 200)
)

func event(size int) []byte { return fmt.Appendf(nil, "data: %0*d\n\n", size-len("data: \n\n"), 0) }

func main() {
	debug.SetGCPercent(300) // as the server does
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
	if err == nil {
		err = serve(ctx, listener, os.Getenv("DATA_DIR"))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// serve answers and stores in dir until ctx ends.
func serve(ctx context.Context, listener net.Listener, dir string) error {
	events, err := eventlog.Open(ctx, eventlog.Config{Dir: dir, Sync: time.Second})
	if err != nil {
		return err
	}
	defer events.Close()
	h := &house{events: events, sessions: make(map[string]*session)}
	defer h.close()
	server := &http.Server{Handler: h}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	round := time.NewTicker(keepAliveEvery / keepAliveRounds)
	defer round.Stop()
	for i := 0; ; i++ {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			err := server.Close()
			<-ended
			return err
		case <-round.C:
			h.keepAlive(i % keepAliveRounds)
		}
	}
}

// house is all the sessions.
type house struct {
	events *eventlog.Log

	mu       sync.RWMutex
	sessions map[string]*session
	streams  []stream
}

// session is what a command needs to know.
type session struct {
	mu      sync.Mutex
	seq     uint64 // of its last entry
	streams []stream
}

// stream is somebody's connection; it stays open until the server ends.
type stream struct {
	conn net.Conn
	fd   int
}

// write is the one system call of a delivery, as the server makes it.
func (s stream) write(b []byte) {
	_, _, _ = syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
}

func (h *house) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.streams {
		_ = s.conn.Close()
	}
}

func (h *house) keepAlive(round int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for i := len(h.streams) * round / keepAliveRounds; i < len(h.streams)*(round+1)/keepAliveRounds; i++ {
		h.streams[i].write(keepAlive)
	}
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if id, ok := strings.CutPrefix(r.URL.Path, "/api/sse/"); ok {
		h.openStream(w, id)
		return
	}
	id, verb, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/sessions/"), "/")
	switch verb {
	case "vote", "reveal", "start":
		h.act(w, r, id, verb)
	case "join":
		seat(w, id)
	default: // a new session, or somebody who asks whether the server is there
		seat(w, h.newSession())
	}
}

func (h *house) newSession() (id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(h.sessions))
	h.sessions[id] = &session{}
	return id
}

func (h *house) session(id string) *session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.sessions[id]
}

func seat(w io.Writer, session string) {
	_, _ = fmt.Fprintf(w, `{"session_id":%q,"user_id":"00000000-0000-4000-9000-000000000000","token":"%043d"}`, session, 0)
}

func (h *house) openStream(w http.ResponseWriter, id string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	file, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return
	}
	s := h.session(id) // which the load has made before
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = file.Control(func(fd uintptr) {
		opened := stream{conn: conn, fd: int(fd)}
		opened.write(greeting)
		s.streams = append(s.streams, opened)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.streams = append(h.streams, opened)
	})
}

// act stores the command and writes what it did to each stream.
func (h *house) act(w http.ResponseWriter, r *http.Request, id, verb string) {
	var body [64]byte
	_, _ = io.ReadFull(r.Body, body[:max(0, min(r.ContentLength, int64(len(body))))])
	s := h.session(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, err := h.events.Append(r.Context(), id, s.seq, entry)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	s.seq = seq
	for _, stream := range s.streams {
		stream.write(frames[verb])
	}
	_, _ = io.WriteString(w, `{"success":true}`)
}
