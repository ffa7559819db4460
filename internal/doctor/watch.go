package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// quiet is the longest silence that a stream should have: the server says something every 20 s.
const quiet = 25 * time.Second

// A verdict is what watching has come to.
type verdict struct {
	watched time.Duration
	cuts    []cut
	silence time.Duration // the longest
	err     error         // why the stream was not opened again
}

func (w *watcher) verdict(watched time.Duration) verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	return verdict{watched: watched, cuts: w.cuts, silence: max(w.gap, time.Since(w.heard)), err: w.err}
}

// watched judges how a stream has lasted.
func (d *doctor) watched(v verdict) Finding {
	f := Finding{Check: "watch", Level: OK, Text: fmt.Sprintf("A stream lasts: %s without a cut, never silent for longer than %s.", inWords(v.watched), inWords(v.silence))}
	switch {
	case errors.Is(v.err, errOver) && len(v.cuts) == 0:
		f.Level, f.Text = Note, "It could not be watched to the end: the session has ended meanwhile. Is somebody ending it, or is SESSION_TIMEOUT_MINUTES very short?"
	case len(v.cuts) > 0:
		f.Level, f.Text, f.Change = Warn, cutText(v), keepStreamsOpen.of(d.proxy())
		if v.err != nil {
			f.Level = Fail
			f.Text += " And it was not opened again: " + explain(v.err, d.Patience) + "."
		}
	case v.silence > quiet:
		f.Level, f.Text, f.Change = Warn, fmt.Sprintf("A stream was silent for %s, although the server says something every 20 s: something in between collects before it sends.", inWords(v.silence)), letStreamsThrough.of(d.proxy())
	}
	return f
}

func cutText(v verdict) string {
	first := v.cuts[0]
	text := fmt.Sprintf("A stream is cut after %s", inWords(first.after))
	if n := len(v.cuts); n > 1 {
		text += fmt.Sprintf(", and so on, %d times in %s", n, inWords(v.watched))
	}
	if first.silence < first.after/2 || first.silence < time.Second {
		return text + ". Something was sent shortly before, so it is a limit on the whole of an answer."
	}
	return text + fmt.Sprintf(", %s after its last byte, so it is a limit on silence below the 20 s at which the server says something.", inWords(first.silence))
}

// How soon somebody who is gone should be seen to be.
const (
	goneSoon = 10 * time.Second // who said so
	goneLate = 60 * time.Second // who did not
)

// closings looks at how soon it is noticed that somebody is gone: who closes the stream without a word, and who says so, as the page does.
func (d *doctor) closings(ctx context.Context, s *session, w *watcher) {
	end := w.begin.Add(d.Watch)
	ctx, cancel := context.WithDeadlineCause(ctx, end, errWatched)
	defer cancel()
	silent := make(chan Finding, 1)
	go func() { silent <- d.closes(ctx, s, w) }()
	if f := d.says(ctx, s, w); context.Cause(ctx) != context.Canceled && f.Check != "" {
		d.add(f)
	}
	if f := <-silent; context.Cause(ctx) != context.Canceled {
		d.add(f)
	}
}

// errWatched means that the watching ended first.
var errWatched = errors.New("the watching ended before")

// arrive opens a seat's stream and reads its first event, with which its owner is there; the error is why not.
func (d *doctor) arrive(ctx context.Context, s *session, who seat, query string) (*stream, error) {
	q := s.streamAsk(d, who)
	q.url += query
	st, err := d.client.openAlone(ctx, q)
	if err != nil {
		return nil, err
	}
	timer := time.AfterFunc(d.Patience, st.cancel)
	defer timer.Stop()
	if _, err := st.next(func(time.Time) {}); err != nil {
		st.close()
		return nil, cause(ctx, err)
	}
	return st, nil
}

func (d *doctor) closes(ctx context.Context, s *session, w *watcher) Finding {
	st, err := d.arrive(ctx, s, s.leaver, "")
	if err != nil {
		return Finding{Check: "closed", Level: Note, Text: "Whether a closed stream is noticed was not seen: " + explain(err, d.Patience) + "."}
	}
	seen := w.count()
	st.close()
	closed := time.Now()
	e, err := w.wait(ctx, seen, "user_disconnected", s.leaver.UserID)
	return gone("closed", "A stream that is closed without a word", e, err, closed, goneLate)
}

func (d *doctor) says(ctx context.Context, s *session, w *watcher) Finding {
	st, err := d.arrive(ctx, s, s.sayer, "&ping=true")
	if err != nil {
		return Finding{Check: "goodbye", Level: Note, Text: "Whether a goodbye is noticed was not seen: " + explain(err, d.Patience) + "."}
	}
	defer st.close()
	seen := w.count()
	said := time.Now()
	q := ask{method: http.MethodPost, url: s.path(d, "/here", s.sayer) + "&gone=true", header: s.sayer.proof()}
	a, err := d.client.do(ctx, q)
	switch {
	case err == nil && a.status == http.StatusNotFound && a.isProblem():
		return Finding{} // an earlier version
	case errors.Is(err, errWatched):
		return Finding{Check: "goodbye", Level: Note, Text: "Whether a goodbye is noticed was not seen: " + err.Error() + "."}
	case err != nil || a.status != http.StatusNoContent:
		return Finding{Check: "goodbye", Level: Warn, Text: "A page cannot say goodbye: " + reason(a, err, d.Patience) + "."}
	}
	e, err := w.wait(ctx, seen, "user_disconnected", s.sayer.UserID)
	return gone("goodbye", "A page that says goodbye", e, err, said, goneSoon)
}

// gone judges how soon it was noticed that somebody had gone, if it was.
func gone(check, what string, e event, err error, since time.Time, bound time.Duration) Finding {
	waited := time.Since(since)
	took := e.at.Sub(since)
	switch {
	case err == nil && took <= bound+time.Second:
		return Finding{Check: check, Level: OK, Text: fmt.Sprintf("%s is noticed after %s.", what, inWords(took))}
	case err == nil:
		return Finding{Check: check, Level: Warn, Text: fmt.Sprintf("%s is noticed only after %s: till then its owner seems to be there.", what, inWords(took))}
	case !errors.Is(err, errWatched):
		return Finding{Check: check, Level: Note, Text: what + " was waited for in vain: " + err.Error() + "."}
	case waited > bound+5*time.Second:
		return Finding{Check: check, Level: Warn, Text: fmt.Sprintf("%s is not noticed within %s: its owner seems to be there.", what, inWords(waited))}
	}
	return Finding{Check: check, Level: Note, Text: fmt.Sprintf("%s was not noticed within %s, which is too short to tell.", what, inWords(waited))}
}

// Bodies that are sent: a little over the 64 KB that the server takes, and far over; and how often, for some proxies only sometimes lose the answer.
const (
	littleOver = 100 << 10
	farOver    = 900 << 10
	tries      = 5 // of each
	importSize = 2 << 20
)

// bodies looks at whether the refusal of a body that is too large arrives, and whether files to import would.
func (d *doctor) bodies(ctx context.Context, s *session) {
	failed, last := 0, ""
	for i := range 2 * tries {
		size := littleOver
		if i%2 == 1 {
			size = farOver
		}
		a, err := s.act(ctx, d, "/vote", s.voter, `{"vote":"`+strings.Repeat("1", size)+`"}`)
		if ctx.Err() != nil {
			return
		}
		if err != nil || a.status != http.StatusRequestEntityTooLarge || !a.isProblem() {
			failed, last = failed+1, reason(a, err, d.Patience)
		}
	}
	if failed > 0 {
		d.warn("body", fmt.Sprintf("A body that is too large gets something else than the server's 413 in %d of %d tries: %s.", failed, 2*tries, last), letBodiesThrough)
	} else {
		d.ok("body", "A body that is too large gets the server's 413.")
	}
	d.imports(ctx, s)
}

// imports sends a file, to be looked at only, where the server takes files.
func (d *doctor) imports(ctx context.Context, s *session) {
	const path = "/stories/import"
	doc, err := d.client.do(ctx, ask{url: d.at("/openapi.json")})
	if err != nil || !strings.Contains(string(doc.body), path) {
		return
	}
	file := strings.Repeat("A story of the doctor, which is not added\n", 50) + strings.Repeat("\n", importSize)
	a, err := d.client.do(ctx, ask{method: http.MethodPost, url: s.path(d, path, s.master) + "&dry_run=true", body: file, header: s.master.proof()})
	if ctx.Err() == nil && (err != nil || a.status != http.StatusOK && !a.isProblem()) {
		d.warn("import", "A file of 2 MB to import does not arrive: "+reason(a, err, d.Patience)+". The server takes 10 MB.", letBodiesThrough)
	}
}
