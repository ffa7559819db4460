package doctor

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// firstStream looks at the head of the first stream.
func (d *doctor) firstStream(s *stream) {
	if !strings.Contains(strings.Join(s.header.Values("Cache-Control"), ","), "no-store") {
		d.warn("stream-head", "Cache-Control: no-store of a stream is taken out, so that something in between may keep it.", keepHeaders)
	}
}

// firstEvent waits for the first event of all; false if there is none, so that the rest is of no use.
func (d *doctor) firstEvent(ctx context.Context, w *watcher) bool {
	ctx, cancel := context.WithTimeoutCause(ctx, d.Patience, errNoAnswer)
	defer cancel()
	e, err := w.wait(ctx, 0, "", "")
	var other refused
	switch {
	case err == nil:
		d.ok("stream", fmt.Sprintf("The first event is there after %s.", inWords(e.at.Sub(w.begin))))
	case errors.As(err, &other):
		d.fail("stream", "Instead of a stream comes "+other.Error()+".", letStreamsThrough)
	case errors.Is(err, errNoAnswer):
		d.fail("stream", "No event comes through within "+inWords(d.Patience)+": something in between holds the stream back until it ends.", letStreamsThrough)
	case ctx.Err() == nil:
		d.fail("stream", "There is no stream: "+explain(err, d.Patience)+".", letStreamsThrough)
	}
	return err == nil
}

// compression asks for a stream as browsers do, who would have it compressed.
func (d *doctor) compression(ctx context.Context, s *session) {
	encoding, flows, err := d.compressed(ctx, s, "gzip, deflate, br, zstd")
	if err == nil && encoding != "" && encoding != "gzip" { // which only gzip can show
		if again, flowsToo, errToo := d.compressed(ctx, s, "gzip"); errToo == nil && again == "gzip" {
			flows = flowsToo
		}
	}
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, errNoAnswer):
		d.fail("compression", "A stream that may be compressed, as browsers ask for it, does not even begin.", compressNoStreams)
	case err != nil:
		d.note("compression", "A second stream was not to be had: "+explain(err, d.Patience)+".")
	case encoding == "":
		d.ok("compression", "Streams are not compressed.")
	case flows:
		d.warn("compression", "Streams are compressed ("+encoding+"), which may hold events back and costs memory for each.", compressNoStreams)
	default:
		d.fail("compression", "Streams are compressed ("+encoding+") for browsers, and no event comes through.", compressNoStreams)
	}
}

// compressed opens a stream that may be compressed, and reports how it is and whether its first event comes through.
func (d *doctor) compressed(ctx context.Context, s *session, accept string) (encoding string, flows bool, err error) {
	q := s.streamAsk(d, seat{})
	q.url = d.at("/api/sse/" + s.id)
	q.header = http.Header{"Accept": {"text/event-stream"}, "Accept-Encoding": {accept}}
	st, err := d.client.openAlone(ctx, q)
	if err != nil {
		return "", false, err
	}
	defer st.close()
	encoding = strings.ToLower(st.header.Get("Content-Encoding"))
	if encoding == "" || encoding == "identity" {
		return "", true, nil
	}
	timer := time.AfterFunc(d.Patience, st.cancel)
	defer timer.Stop()
	if encoding == "gzip" {
		unpacked, err := gzip.NewReader(st.lines)
		if err != nil {
			return encoding, false, nil
		}
		st.lines = lineReader(unpacked)
		_, err = st.next(func(time.Time) {})
		return encoding, err == nil, nil
	}
	_, err = st.lines.Peek(minCompressed)
	return encoding, err == nil, nil
}

// minCompressed is how many bytes a first event has at least, however well it is compressed.
const minCompressed = 100

// measures is how many votes are measured.
const measures = 7

// late is by how much an event may be later than the answer to the call that caused it.
const late = 300 * time.Millisecond

// slow is how long a call may take before people think that it did not work.
const slow = 2 * time.Second

// enough is how long measuring goes on at most, if votes are slow.
const enough = 5 * time.Second

// A pace is how long votes take, in the middle of several.
type pace struct {
	answer time.Duration // until the vote is answered
	event  time.Duration // from then until the others see it; not below zero
}

// delays measures how long votes take, and judges the better of two series: a machine may be busy for a moment.
func (d *doctor) delays(ctx context.Context, s *session, w *watcher) {
	best := pace{answer: time.Hour, event: time.Hour}
	for i := 0; i < 2 && (best.event > late || best.answer > slow); i++ {
		p, err := d.measure(ctx, s, w)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			d.fail("delay", "A vote is not seen by the others: "+err.Error()+".", letStreamsThrough)
			return
		}
		best = pace{min(best.answer, p.answer), min(best.event, p.event)}
	}
	d.add(paced(best, d.proxy()))
}

// paced judges how long votes take.
func paced(p pace, proxy string) Finding {
	switch {
	case p.event > late:
		return Finding{Check: "delay", Level: Warn, Text: fmt.Sprintf("A vote is seen by the others only %s after its answer: something in between collects before it sends.", inWords(p.event)), Change: letStreamsThrough.of(proxy)}
	case p.answer > slow:
		return Finding{Check: "delay", Level: Warn, Text: fmt.Sprintf("A vote is answered only after %s: the line is slow, or the server or something in between has too much to do.", inWords(p.answer))}
	}
	return Finding{Check: "delay", Level: OK, Text: fmt.Sprintf("A vote is answered after %s, and seen by the others within %s of that.", inWords(p.answer), inWords(p.event))}
}

// measure casts votes.
func (d *doctor) measure(ctx context.Context, s *session, w *watcher) (pace, error) {
	var answers, events []time.Duration
	for i, begin := 0, time.Now(); i < measures && (i == 0 || time.Since(begin) < enough); i++ {
		seen, sent := w.count(), time.Now()
		if err := d.vote(ctx, s, i); err != nil {
			return pace{}, err
		}
		answered := time.Now()
		within, cancel := context.WithTimeoutCause(ctx, d.Patience, errors.New("no event within "+inWords(d.Patience)))
		e, err := w.wait(within, seen, "vote_submitted", s.voter.UserID)
		cancel()
		if err != nil {
			return pace{}, err
		}
		answers, events = append(answers, answered.Sub(sent)), append(events, max(0, e.at.Sub(answered)))
	}
	slices.Sort(answers)
	slices.Sort(events)
	return pace{answers[len(answers)/2], events[len(events)/2]}, nil
}

// vote casts one of a few cards.
func (d *doctor) vote(ctx context.Context, s *session, i int) error {
	return d.voteBy(ctx, d.client, s, i)
}

func (d *doctor) voteBy(ctx context.Context, c *client, s *session, i int) error {
	cards := []string{"1", "2", "3", "5", "8", "13"}
	a, err := c.do(ctx, ask{method: http.MethodPost, url: s.path(d, "/vote", s.voter), body: `{"vote":"` + cards[i%len(cards)] + `"}`, header: s.voter.proof()})
	if err != nil || a.status != http.StatusOK {
		return errors.New("the vote was not taken: " + reason(a, err, d.Patience))
	}
	return nil
}

// resume cuts a stream of its own, and looks at whether what is missed comes when it comes back.
func (d *doctor) resume(ctx context.Context, s *session, w *watcher) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*d.Patience, errNoAnswer)
	defer cancel()
	q := s.streamAsk(d, s.voter)
	st, err := d.client.openAlone(ctx, q)
	if err != nil {
		d.fail("resume", "A second stream is not to be had: "+explain(err, d.Patience)+".", holdMoreStreams)
		return
	}
	first, err := st.next(func(time.Time) {})
	st.close()
	seen := w.count()
	for i := range 3 {
		if err == nil {
			err = d.vote(ctx, s, i)
		}
	}
	for missed := 0; err == nil && missed < 3; missed++ {
		_, err = w.wait(ctx, seen+missed, "", "")
	}
	if err != nil {
		d.giveUp(ctx, "resume", err)
		return
	}
	q.header.Set("Last-Event-ID", first.id)
	got, err := d.collect(ctx, q, w.after(first.id))
	if err != nil {
		d.giveUp(ctx, "resume", err)
		return
	}
	d.add(resumed(w.after(first.id), got, d.proxy()))
}

// cutMeanwhile is said where a cut came in between, which the watching tells of.
const cutMeanwhile = "It could not be tried to the end: a stream was cut meanwhile."

func (d *doctor) giveUp(ctx context.Context, check string, err error) {
	if context.Cause(ctx) == context.Canceled {
		return
	}
	if isCut(err) {
		d.note(check, cutMeanwhile)
		return
	}
	d.fail(check, "It could not be tried to the end: "+explain(cause(ctx, err), d.Patience)+".", letStreamsThrough)
}

// collect opens a stream and returns as many events as are expected, or those up to a whole session.
func (d *doctor) collect(ctx context.Context, q ask, expected []event) ([]event, error) {
	st, err := d.client.openAlone(ctx, q)
	if err != nil {
		return nil, err
	}
	defer st.close()
	timer := time.AfterFunc(d.Patience, st.cancel)
	defer timer.Stop()
	var got []event
	for range expected {
		e, err := st.next(func(time.Time) {})
		if err != nil {
			return got, err
		}
		got = append(got, e)
		if e.id == expected[len(expected)-1].id {
			break
		}
	}
	return got, nil
}

// after are the events behind one that has been seen.
func (w *watcher) after(id string) []event {
	all := w.since(0)
	i := slices.IndexFunc(all, func(e event) bool { return e.id == id })
	return all[i+1:]
}

// resumed compares what was missed with what came.
func resumed(missed, got []event, proxy string) Finding {
	ids := func(events []event) (ids []string) {
		for _, e := range events {
			ids = append(ids, e.id)
		}
		return ids
	}
	f := Finding{Check: "resume", Level: OK, Text: "Who comes back after a cut gets exactly what was missed."}
	switch want, have := ids(missed), ids(got); {
	case len(have) > 0 && slices.Equal(want[:min(len(want), len(have))], have):
	case len(got) > 0 && got[0].kind == "session_updated":
		f.Level, f.Text, f.Change = Warn, "Who comes back after a cut gets the whole session and not what was missed: Last-Event-ID does not arrive.", passRequestHeaders.of(proxy)
	default:
		f.Level, f.Text, f.Change = Fail, fmt.Sprintf("Who comes back after a cut gets something else than what was missed: %d events instead of %d.", len(got), len(missed)), cacheNothing.of(proxy)
	}
	return f
}

// tabs is how many streams are open beside a vote: one more than a browser's connections by HTTP/1.1.
const tabs = 7

// many opens several streams and votes, as one browser with several tabs would: by HTTP/2, on one connection.
func (d *doctor) many(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*d.Patience, errNoAnswer)
	defer cancel()
	browser := d.client.fresh()
	defer browser.transport.CloseIdleConnections()
	var streams []*stream
	defer func() {
		for _, st := range streams {
			st.close()
		}
	}()
	for range tabs {
		st, err := s.tab(ctx, d, browser)
		if isCut(err) {
			d.note("streams", cutMeanwhile)
			return
		}
		if err != nil {
			if context.Cause(ctx) != context.Canceled {
				d.fail("streams", fmt.Sprintf("With %d streams open there is no other: %s.", len(streams), explain(cause(ctx, err), d.Patience)), holdMoreStreams)
			}
			return
		}
		streams = append(streams, st)
	}
	err := d.voteBy(ctx, browser, s, 0)
	for i := 0; err == nil && i < len(streams); i++ {
		for e := (event{}); err == nil && e.kind != "vote_submitted"; {
			timer := time.AfterFunc(d.Patience, streams[i].cancel)
			e, err = streams[i].next(func(time.Time) {})
			timer.Stop()
		}
	}
	switch {
	case context.Cause(ctx) == context.Canceled:
	case isCut(err):
		d.note("streams", cutMeanwhile)
	case err != nil:
		d.fail("streams", fmt.Sprintf("Beside %d streams a vote does not get through: %s.", tabs, explain(cause(ctx, err), d.Patience)), holdMoreStreams)
	default:
		d.ok("streams", fmt.Sprintf("Beside %d streams a vote gets through, and all of them show it.", tabs))
	}
}

// tab loads what a tab loads, and opens its stream. (Apache lets a connection have more at once as more of it is answered.)
func (s *session) tab(ctx context.Context, d *doctor, browser *client) (*stream, error) {
	for _, path := range []string{"/", "/api/sessions/", "/api/sessions/" + s.id} {
		if _, err := browser.do(ctx, ask{url: d.at(path)}); err != nil {
			return nil, err
		}
	}
	st, err := browser.open(ctx, s.streamAsk(d, s.voter))
	if err != nil {
		return nil, err
	}
	if _, err := st.next(func(time.Time) {}); err != nil {
		st.close()
		return nil, err
	}
	return st, nil
}
