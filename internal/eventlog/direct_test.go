package eventlog

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// signatures returns how the methods of NATS are declared that direct.go calls by their names.
func signatures(t *testing.T) map[string]string {
	t.Helper()
	pkg, err := build.Import("github.com/nats-io/nats-server/v2/server", ".", build.FindOnly)
	must(t, err)
	found := map[string]string{}
	for _, name := range []string{"stream.go", "jetstream.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		must(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			found[f.Name.Name+" of "+source(t, f.Recv.List[0].Type)] = source(t, f.Type)
		}
	}
	return found
}

func source(t *testing.T, node ast.Node) string {
	t.Helper()
	var text strings.Builder
	must(t, printer.Fprint(&text, token.NewFileSet(), node))
	return text.String()
}

func TestTheServersMethodsAreAsWeCallThem(t *testing.T) {
	got := signatures(t)
	for name, want := range map[string]string{
		"lookupStream of *Account": "func(name string) (*stream, error)",
		"Store of *stream":         "func() StreamStore",
		"processJetStreamMsg of *stream": "func(subject, reply string, hdr, msg []byte, lseq uint64, ts int64, mt *msgTrace, " +
			"sourced bool, needIsolation bool) error",
	} {
		if got[name] != want {
			t.Errorf("%s is\n%s, and direct.go calls it as\n%s", name, got[name], want)
		}
	}
}

// A client is asked only when the direct way is not open, so an append that needed none went that way.
func clientAsked(l *Log) bool {
	l.senders.mu.Lock()
	defer l.senders.mu.Unlock()
	return len(l.senders.idle) > 0
}

func TestAppend_goes_the_direct_way_or_the_clients(t *testing.T) {
	for name, obstruct := range map[string]func(e *embedded) (free func()){
		"open": nil,
		"as many others on it as may be": func(e *embedded) func() {
			var all []*attempt
			for a := e.direct.take(); a != nil; a = e.direct.take() {
				all = append(all, a)
			}
			return func() {
				for _, a := range all {
					e.direct.put(a)
				}
			}
		},
		"the store about to be opened anew": func(e *embedded) func() {
			e.opening.Lock()
			return e.opening.Unlock
		},
		"no such account": func(e *embedded) func() {
			account := e.direct.account
			e.direct.account = func() *server.Account { return server.NewAccount("none") }
			return func() { e.direct.account = account }
		},
	} {
		for store, cfg := range map[string]Config{"disk": onDisk(t), "memory": {}} {
			t.Run(name+" "+store, func(t *testing.T) {
				l := open(t, cfg)
				free := func() {}
				if obstruct != nil {
					free = obstruct(l.conn.server)
				}
				first := mustAppend(t, l, "a", 0, "1")
				second := mustAppend(t, l, "a", first, "2")
				_, err := l.Append(t.Context(), "a", first, []byte("3"))
				free()
				if !errors.Is(err, ErrConflict) {
					t.Errorf("an append to what has changed: got %v, want ErrConflict", err)
				}
				if got, want := mustLoad(t, l, "a", 0), []Entry{{"a", first, []byte("1")}, {"a", second, []byte("2")}}; !reflect.DeepEqual(got, want) {
					t.Errorf("stored %v, want %v", got, want)
				}
				if got, want := clientAsked(l), obstruct != nil; got != want {
					t.Errorf("asked a client: %t, want %t", got, want)
				}
			})
		}
	}
}

// Both ways write the same, so that what one has stored the other can read, with replicas or without.
func TestBothWaysStoreTheSame(t *testing.T) {
	l := open(t, onDisk(t))
	direct := mustAppend(t, l, "a", 0, "1")
	seq, err := l.publish(t.Context(), sessionPrefix+"b", 0, []byte("1"), ackTimeout)
	must(t, err)
	one, err := l.sessions.GetMsg(t.Context(), direct)
	must(t, err)
	two, err := l.sessions.GetMsg(t.Context(), seq)
	must(t, err)
	for _, m := range []*jetstream.RawStreamMsg{one, two} { // what an answer says of itself
		for _, name := range []string{jetstream.StreamHeader, jetstream.SubjectHeader, jetstream.SequenceHeader, jetstream.TimeStampHeaer} {
			m.Header.Del(name)
		}
	}
	if len(one.Header) == 0 || !reflect.DeepEqual(one.Header, two.Header) {
		t.Errorf("headers %v, and %v by the client", one.Header, two.Header)
	}
	if string(one.Data) != string(two.Data) {
		t.Errorf("data %q, and %q by the client", one.Data, two.Data)
	}
}

func TestDirectTries(t *testing.T) {
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1")
	for _, c := range []struct {
		name  string
		after uint64
		data  []byte
		seq   uint64
		err   error
	}{
		{"refused because another came first", 0, []byte("2"), 0, ErrConflict},
		{"refused for another reason", first, make([]byte, 1<<26), 0, errDoubtful},
		{"stored", first, []byte("2"), first + 1, nil},
	} {
		got, open := l.conn.appendDirectly(t.Context(), sessionPrefix+"a", c.after, c.data)
		if !open || got.seq != c.seq || !errors.Is(got.err, c.err) {
			t.Errorf("%s: got %d, %v (open: %t), want %d, %v", c.name, got.seq, got.err, open, c.seq, c.err)
		}
	}
	if _, open := l.conn.appendDirectly(t.Context(), slotPrefix+"a", 0, nil); open {
		t.Error("the way is open for a slot, which another stream holds")
	}
	must(t, l.Close())
	if _, open := l.conn.appendDirectly(t.Context(), sessionPrefix+"a", first+1, []byte("3")); open {
		t.Error("the way is open after Close")
	}
}

func TestDirectTryIsSureOnlyOfItsOwn(t *testing.T) {
	const first = 8
	for name, c := range map[string]struct {
		stored string // m: on the subject, o: on another
		want   ack
	}{
		"alone":                       {"m", ack{seq: 8}},
		"before another":              {"mo", ack{seq: 8}},
		"after others":                {"oom", ack{seq: 10}},
		"nothing stored":              {"", ack{err: errDoubtful}},
		"only another":                {"o", ack{err: errDoubtful}},
		"two on the subject":          {"mom", ack{err: errDoubtful}},
		"more than can be looked at":  {strings.Repeat("o", 64) + "m", ack{err: errDoubtful}},
		"as many as can be looked at": {strings.Repeat("o", 63) + "m", ack{seq: 71}},
	} {
		got := onlyOne(first, first+uint64(len(c.stored))-1, func(seq uint64) bool { return c.stored[seq-first] == 'm' })
		if got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// stuckDisk makes the next direct append stand still where it would wait for the disk.
func stuckDisk(t *testing.T, l *Log) (reached <-chan struct{}, answer func()) {
	t.Helper()
	arrived, answers := make(chan struct{}), make(chan struct{})
	d := l.conn.server.direct
	account := d.account
	d.account = func() *server.Account {
		close(arrived)
		<-answers
		d.account = account
		return account()
	}
	return arrived, func() { close(answers) }
}

func TestAppend_to_a_disk_that_does_not_answer(t *testing.T) {
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1")
	reached, answer := stuckDisk(t, l)
	stuck := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), "a", first, []byte("2"))
		stuck <- err
	}()
	<-reached
	select {
	case err := <-stuck:
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the append hangs")
	}
	answer()
	waitRevived(t, l)
	mustAppend(t, l, "b", 0, "1")
}

func TestAppends_wait_their_turn(t *testing.T) {
	const waiting = 20
	l := open(t, onDisk(t))
	reached, answer := stuckDisk(t, l)
	d := l.conn.server.direct
	var appends sync.WaitGroup
	for i := range waiting {
		appends.Go(func() { appendOne(t, l, fmt.Sprint("s", i), 0) })
	}
	<-reached
	for len(d.work) < waiting-1 {
		runtime.Gosched()
	}
	answer()
	appends.Wait()
	for i := range waiting {
		if got := mustLoad(t, l, fmt.Sprint("s", i), 0); len(got) != 1 {
			t.Errorf("stored %v for session %d, want one entry", got, i)
		}
	}
	if clientAsked(l) {
		t.Error("one asked a client")
	}
}

// An append that was given up before its turn is not stored behind the back of whoever was told that it is not known.
func TestAppend_that_is_given_up_before_its_turn(t *testing.T) {
	l := open(t, onDisk(t))
	reached, answer := stuckDisk(t, l)
	d := l.conn.server.direct
	first := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), "a", 0, []byte("1"))
		first <- err
	}()
	<-reached
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	go func() {
		_, err := l.Append(ctx, "b", 0, []byte("1"))
		given <- err
	}()
	for len(d.work) == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want why it was given up", err)
	}
	answer()
	must(t, <-first)
	d.underWay.Wait()
	if got := mustLoad(t, l, "b", 0); len(got) != 0 {
		t.Errorf("stored %v", got)
	}
}

func TestAttemptsKeepNoLongData(t *testing.T) {
	l := open(t, onDisk(t))
	mustAppend(t, l, "a", 0, strings.Repeat("x", MaxEntryBytes))
	if a := l.conn.server.direct.take(); cap(a.data) > keptData {
		t.Errorf("an idle attempt keeps %d bytes", cap(a.data))
	} else {
		l.conn.server.direct.put(a)
	}
}

// What is given up may be stored later, and must be what was given.
func TestAppend_that_is_given_up(t *testing.T) {
	l := open(t, onDisk(t))
	reached, answer := stuckDisk(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	data := []byte("1")
	given := make(chan error)
	go func() {
		_, err := l.Append(ctx, "a", 0, data)
		given <- err
	}()
	<-reached
	cancel()
	if err := <-given; !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want ErrUnavailable, and why", err)
	}
	data[0] = 'x'
	answer()
	d := l.conn.server.direct
	d.underWay.Wait()
	if got := mustLoad(t, l, "a", 0); len(got) != 1 || string(got[0].Data) != "1" {
		t.Errorf("stored %v, want what was given", got)
	}
	if seq, err := l.Append(t.Context(), "a", 0, []byte("1")); !errors.Is(err, ErrConflict) {
		t.Errorf("appended as %d (%v), want ErrConflict: nobody knows that it is the same", seq, err)
	}
	if clientAsked(l) {
		t.Error("the direct way is not open again")
	}
}

// What talks to a store whose disk does not answer must end all the same.
func TestLog_of_a_disk_that_does_not_answer(t *testing.T) {
	l, err := Open(t.Context(), onDisk(t))
	must(t, err)
	mustAppend(t, l, "a", 0, "1")
	reached, answer := stuckDisk(t, l)
	defer func() {
		answer()
		_ = l.Close() // if it was not reached below
		l.conn.server.direct.worker.Wait()
	}()
	stuck := make(chan error)
	go func() {
		_, err := l.Append(t.Context(), "b", 0, []byte("1"))
		stuck <- err
	}()
	<-reached
	<-stuck // from now on the store is to be opened anew
	for _, call := range []struct {
		name string
		act  func() error
	}{
		{"release", func() error { return l.Release(context.Background(), "a") }},
		{"forget", func() error { return l.Forget(context.Background(), "a") }},
		{"close", l.Close},
	} {
		ended := make(chan error, 1)
		go func() { ended <- call.act() }()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: got no error", call.name)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s hangs", call.name)
		}
	}
}
