package eventlog

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// signatures returns how the methods of NATS are declared that direct.go calls by their names.
func signatures(t *testing.T) map[string]string {
	t.Helper()
	pkg, err := build.Import("github.com/nats-io/nats-server/v2/server", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	files := token.NewFileSet()
	for _, name := range []string{"stream.go", "jetstream.go"} {
		file, err := parser.ParseFile(files, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			var text strings.Builder
			if err := printer.Fprint(&text, files, f.Recv.List[0].Type); err != nil {
				t.Fatal(err)
			}
			text.WriteString(" ")
			if err := printer.Fprint(&text, files, f.Type); err != nil {
				t.Fatal(err)
			}
			found[f.Name.Name+" of "+strings.Fields(text.String())[0]] = strings.SplitN(text.String(), " ", 2)[1]
		}
	}
	return found
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

// A client is asked for only when the direct way is not open, so an append that needed none took that way.
func clientsAsked(l *Log) int {
	l.senders.mu.Lock()
	defer l.senders.mu.Unlock()
	return len(l.senders.idle)
}

func TestAppend_takes_the_direct_way_and_otherwise_the_clients(t *testing.T) {
	for _, c := range []struct {
		name     string
		obstruct func(e *embedded) (clear func())
		clients  int
	}{
		{"nothing in the way", func(*embedded) func() { return func() {} }, 0},
		{"another append under way", func(e *embedded) func() {
			e.direct.mu.Lock()
			return e.direct.mu.Unlock
		}, 1},
		{"the store about to be opened anew", func(e *embedded) func() {
			e.opening.Lock()
			return e.opening.Unlock
		}, 1},
	} {
		for name, cfg := range map[string]Config{"disk": onDisk(t), "memory": {}} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				l := open(t, cfg)
				clear := c.obstruct(l.conn.server)
				first := mustAppend(t, l, "a", 0, "1")
				second := mustAppend(t, l, "a", first, "2")
				_, err := l.Append(t.Context(), "a", first, []byte("3"))
				clear()
				if !errors.Is(err, ErrConflict) {
					t.Errorf("an append to what has changed: got %v, want ErrConflict", err)
				}
				if got, want := mustLoad(t, l, "a", 0), []Entry{{"a", first, []byte("1")}, {"a", second, []byte("2")}}; !equal(got, want) {
					t.Errorf("stored %v, want %v", got, want)
				}
				if c.clients == 1 && clientsAsked(l) == 0 {
					t.Error("no client was asked")
				}
			})
		}
	}
}

func TestAppend_that_meets_no_obstacle_asks_no_client(t *testing.T) {
	l := open(t, onDisk(t))
	seq := uint64(0)
	for range 100 {
		seq = mustAppend(t, l, "a", seq, "x")
	}
	if n := clientsAsked(l); n != 0 {
		t.Errorf("%d clients were asked, want none", n)
	}
}

// Both ways write the same, so that what one has stored the other can read, with replicas or without.
func TestBothWaysStoreTheSame(t *testing.T) {
	l := open(t, onDisk(t))
	direct := mustAppend(t, l, "a", 0, "1")
	seq, err := l.appendByClient(t.Context(), "b", sessionPrefix+"b", 0, []byte("1"), false)
	if err != nil {
		t.Fatal(err)
	}
	one, err := l.sessions.GetMsg(t.Context(), direct)
	if err != nil {
		t.Fatal(err)
	}
	two, err := l.sessions.GetMsg(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	if one.Header.Get(expectedHeader) != "0" || len(one.Header) != len(two.Header) || one.Header.Get(expectedHeader) != two.Header.Get(expectedHeader) {
		t.Errorf("headers %v, and %v by the client", one.Header, two.Header)
	}
	if string(one.Data) != string(two.Data) {
		t.Errorf("data %q, and %q by the client", one.Data, two.Data)
	}
}

func TestAppend_whose_direct_try_ended_unsure_is_stored_once(t *testing.T) {
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1") // stored by the try that was not sure
	seq, err := l.appendByClient(t.Context(), "a", sessionPrefix+"a", 0, []byte("1"), true)
	if err != nil || seq != first {
		t.Errorf("got %d (%v), want the sequence of the first try, %d", seq, err, first)
	}
	if _, err := l.appendByClient(t.Context(), "a", sessionPrefix+"a", 0, []byte("2"), true); !errors.Is(err, ErrConflict) {
		t.Errorf("another's entry in the way: got %v, want ErrConflict", err)
	}
	if got := mustLoad(t, l, "a", 0); len(got) != 1 {
		t.Errorf("stored %v, want one entry", got)
	}
}

func TestDirectTries(t *testing.T) {
	l := open(t, onDisk(t))
	e := l.conn.server
	first := mustAppend(t, l, "a", 0, "1")
	for _, c := range []struct {
		name  string
		after uint64
		data  []byte
		want  outcome
	}{
		{"refused before anything is stored", 0, []byte("2"), notStored},
		{"refused for another reason", first, make([]byte, 1<<26), unsure},
		{"stored", first, []byte("2"), stored},
	} {
		if seq, got := e.appendDirectly(sessionPrefix+"a", c.after, c.data); got != c.want || (seq == first+1) != (got == stored) {
			t.Errorf("%s: got %d, outcome %d; want outcome %d", c.name, seq, got, c.want)
		}
	}
	l.conn.closeDirect()
	if _, got := e.appendDirectly(sessionPrefix+"a", first+1, []byte("3")); got != notStored {
		t.Errorf("after Close: outcome %d, want %d", got, notStored)
	}
}

func equal(a, b []Entry) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Session != b[i].Session || a[i].Seq != b[i].Seq || string(a[i].Data) != string(b[i].Data) {
			return false
		}
	}
	return true
}
