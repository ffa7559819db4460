package doctor

import (
	"context"
	"crypto/x509"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Options say what to look at, and for how long.
type Options struct {
	URL      string         // of the server, as its users ask for it; without a scheme https
	Roots    *x509.CertPool // who may sign its certificate; nil: whom this machine knows
	Watch    time.Duration  // how long a stream is watched; 0: [DefaultWatch]
	Patience time.Duration  // how long one answer or event may take; 0: [DefaultPatience]

	// Dial connects to what the URL names, or to something else in its place. Nil: as this machine does, by its HTTP proxy if it has one.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// To makes a Dial that connects to an address, host:port, whatever was asked for.
func To(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: DefaultPatience}).DialContext(ctx, network, address)
	}
}

// How long things take unless [Options] say otherwise.
const (
	DefaultWatch    = 70 * time.Second // three signs of life, and longer than the usual limit of a minute
	LongWatch       = 15 * time.Minute // longer than any limit that a proxy has by default
	DefaultPatience = 10 * time.Second
)

// farewell is how long tidying up may take.
const farewell = 10 * time.Second

// doctor is one examination.
type doctor struct {
	Options
	client *client
	tell   func(Finding)
	origin *url.URL // where the server is, once it has been found

	mu     sync.Mutex
	report Report
}

// Run examines a server until it is done or ctx ends; found, which may be nil, is called with every finding as soon as there is one, by one goroutine at a time. It takes little longer than the
// watching. What it has made at the server is gone when it returns, as far as the server can still be reached.
func Run(ctx context.Context, o Options, found func(Finding)) Report {
	if o.Watch <= 0 {
		o.Watch = DefaultWatch
	}
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	d := &doctor{Options: o, client: newClient(o, false), tell: found, report: Report{URL: o.URL}}
	defer func() { d.client.transport.CloseIdleConnections() }()
	if d.reach(ctx) {
		d.examine(ctx)
	}
	if ctx.Err() != nil {
		d.fail("end", "Interrupted: what was not looked at yet may be anything.", nil)
	}
	d.report.Status = statusOf(d.report.Findings)
	return d.report
}

// examine looks at a server that has been found.
func (d *doctor) examine(ctx context.Context) {
	var beside sync.WaitGroup
	for _, check := range []func(context.Context){d.headers, d.slashes, d.plainPort, d.clock} {
		beside.Go(func() { check(ctx) })
	}
	if s := d.create(ctx); s != nil {
		d.play(ctx, s)
		d.end(context.WithoutCancel(ctx), s)
	}
	beside.Wait()
}

// play does all that takes a session.
func (d *doctor) play(ctx context.Context, s *session) {
	if !s.complete(ctx, d) {
		return
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()

	w := newWatcher(d.client, s.streamAsk(d, s.master))
	all.Go(func() { w.follow(watching, d.firstStream) })
	all.Go(func() { s.last(watching, d) })
	all.Go(func() { d.forwarded(ctx, s) })
	if !d.firstEvent(ctx, w) {
		return
	}
	var rounds sync.WaitGroup
	rounds.Go(func() { d.compression(ctx, s) })
	rounds.Go(func() { d.closings(ctx, s, w) })
	rounds.Go(func() {
		d.delays(ctx, s, w)
		d.resume(ctx, s, w)
		d.many(ctx, s)
		d.bodies(ctx, s)
	})
	rounds.Go(func() { pause(ctx, time.Until(w.begin.Add(d.Watch))) })
	rounds.Wait()
	if ctx.Err() == nil {
		d.add(d.watched(w.verdict(time.Since(w.begin))))
	}
}

// maxText is how many characters of a finding's text are kept: some of it is what somebody else has said.
const maxText = 600

func (d *doctor) add(f Finding) {
	f.Text = printable(f.Text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Findings = append(d.report.Findings, f)
	if d.tell != nil {
		d.tell(f)
	}
}

// printable makes one line of a text that is not too long, without anything that a terminal would obey.
func printable(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	if len(runes) > maxText {
		runes = append(runes[:maxText], '…')
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = ' '
		}
	}
	return string(runes)
}

func (d *doctor) ok(check, text string)   { d.add(Finding{Check: check, Level: OK, Text: text}) }
func (d *doctor) note(check, text string) { d.add(Finding{Check: check, Level: Note, Text: text}) }

func (d *doctor) warn(check, text string, r remedy) {
	d.add(Finding{Check: check, Level: Warn, Text: text, Change: r.of(d.proxy())})
}

func (d *doctor) fail(check, text string, r remedy) {
	d.add(Finding{Check: check, Level: Fail, Text: text, Change: r.of(d.proxy())})
}

// proxy is the one that was recognized, if any.
func (d *doctor) proxy() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.report.Proxy
}

// at is an address at the server.
func (d *doctor) at(path string) string { return originOf(d.origin) + path }
