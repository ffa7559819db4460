package shortcut

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// exchange is what a client hears that says some things on one connection.
type exchange struct {
	Answers []answered
	End     string // how the connection ended: empty for the end that the client expects
}

// answered is an answer as the client reads it, whatever its framing was.
type answered struct {
	Status  string
	Proto   string
	Header  http.Header
	Body    string
	Length  int64 // -1 if it was not told
	Close   bool
	Trailer http.Header
}

// patience is how long a client waits for what never comes if there is a fault.
const patience = 30 * time.Second

// converse writes the pieces to a new connection, one at a time: each when there is an answer to every request that was whole before it. Then it writes no more, and reads to the end.
func (h *house) converse(t *testing.T, pieces [][]byte) exchange {
	t.Helper()
	conn, err := h.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	due, whole, methods := schedule(pieces)
	heard := make(chan answered, len(bytes.Join(pieces, nil))) // more than there can be, so that the client never keeps the server from reading
	var got exchange
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		answers := bufio.NewReader(conn)
		got.End = listen(answers, methods, heard)
		close(heard)
		_, _ = io.Copy(io.Discard, answers) // what cannot be understood, so that the server can go on
	}()
	more := true
	for i, piece := range pieces {
		if _, err := conn.Write(piece); err != nil {
			break // the server has hung up
		}
		for more && final(got.Answers) < due[i] {
			more = got.hear(heard)
		}
		if whole[i] {
			h.busy.wait()
		}
		if !h.pipes && (!more || got.Answers[len(got.Answers)-1].Close) {
			break // who writes to a connection that is closed may not hear what was said before
		}
	}
	_ = conn.CloseWrite() // fails only if the server has hung up
	for more {
		more = got.hear(heard)
	}
	<-ended
	return got
}

// hear adds the next answer, if there is one.
func (e *exchange) hear(heard <-chan answered) bool {
	a, ok := <-heard
	if ok {
		e.Answers = append(e.Answers, a)
	}
	return ok
}

// final counts the answers that are the last word on a request.
func final(answers []answered) (n int) {
	for _, a := range answers {
		if a.Status[0] != '1' {
			n++
		}
	}
	return n
}

// listen reads answers to requests of the methods until the connection ends, and returns how that was.
func listen(conn *bufio.Reader, methods []string, heard chan<- answered) string {
	for n := 0; ; {
		r := &http.Request{Method: http.MethodGet}
		if n < len(methods) {
			r.Method = methods[n]
		}
		if _, err := conn.Peek(1); errors.Is(err, io.EOF) {
			return ""
		}
		a, err := hear(conn, r)
		if err != nil {
			return err.Error()
		}
		heard <- a
		if a.Status[0] != '1' {
			n++
		}
	}
}

// hear reads one answer.
func hear(conn *bufio.Reader, r *http.Request) (answered, error) {
	resp, err := http.ReadResponse(conn, r)
	if err != nil {
		return answered{}, fmt.Errorf("head: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answered{}, fmt.Errorf("body of %s: %w", resp.Status, err)
	}
	a := answered{Status: resp.Status, Proto: resp.Proto, Header: resp.Header, Body: string(body), Length: resp.ContentLength, Close: resp.Close, Trailer: resp.Trailer}
	if date := a.Header["Date"]; len(date) == 1 {
		if _, err := http.ParseTime(date[0]); err == nil {
			a.Header.Set("Date", "now, more or less")
		}
	}
	return a, nil
}

// alike forgets what may differ: long answers come in chunks from net/http, and whole by the shortcut.
func alike(theirs, ours exchange) (theirsLeft, oursLeft exchange) {
	for i := range min(len(theirs.Answers), len(ours.Answers)) {
		a, b := &theirs.Answers[i], &ours.Answers[i]
		if a.Length == -1 && b.Length == int64(len(b.Body)) {
			b.Length = -1
			b.Header.Del("Content-Length")
		}
	}
	return theirs, ours
}

// schedule tells of each of the pieces how many requests are whole with it and those before it, and whether nothing follows the last of them; and the methods of the requests, as far as
// the pieces can be understood.
func schedule(pieces [][]byte) (due []int, whole []bool, methods []string) {
	var said []byte
	for _, piece := range pieces {
		said = append(said, piece...)
		var all bool
		methods, all = methodsOf(said)
		due, whole = append(due, len(methods)), append(whole, all)
	}
	return due, whole, methods
}

// methodsOf are those of the whole requests with which the bytes begin. It reports whether that is all of them.
func methodsOf(b []byte) (methods []string, all bool) {
	reader := bufio.NewReader(bytes.NewReader(b))
	for {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return methods, errors.Is(err, io.EOF)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return methods, false
		}
		methods = append(methods, r.Method)
	}
}
