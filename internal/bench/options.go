package bench

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Limits of one measurement. They keep a mistyped number from taking the machine down.
const (
	maxStreams  = 50_000
	maxSessions = 20_000
	maxInFlight = 1_000
	maxRate     = 1_000_000
	maxRuns     = 25
	maxPhase    = 10 * time.Minute
)

// Options say what to measure, on what, and how to print it. The tags make it a command of a kong command line.
type Options struct {
	Scenario string `arg:"" optional:"" enum:"play,idle,start,table" default:"play" help:"play rounds; hold idle streams; start and rest; or table: the figures of docs/performance.md, all with the reference."`

	URL string `name:"url" help:"Server to measure, as http://host:port. Default: one started for the occasion, on loopback."`
	PID int    `name:"pid" help:"Process of the server named by --url, when it runs on this machine, to see its CPU and memory."`

	Sessions int     `default:"10" help:"Sessions to open."`
	Users    int     `default:"16" help:"Participants in each session, each with a stream of their own."`
	Watchers int     `default:"0" help:"Further streams in each session, of nobody in particular."`
	Rate     float64 `default:"0" help:"Commands a second, over all sessions. 0: as many as the server takes."`
	InFlight int     `default:"64" help:"Commands under way at once, at most; one in each session."`

	Duration time.Duration `default:"5s" help:"How long to measure."`
	Warmup   time.Duration `default:"1s" help:"How long to play before measuring."`
	Settle   time.Duration `default:"32s" help:"How long streams are left alone before they count as idle. A server tidies up in the first half minute."`
	Runs     int           `default:"1" help:"How often to measure; the medians are printed."`

	Reference bool   `help:"Measure the cheapest possible program too, in turns with the server if the limit of open files allows, and print the ratios."`
	Quick     bool   `help:"table with small numbers, to see that it works; its figures mean nothing."`
	JSON      bool   `name:"json" help:"Print JSON, every run included."`
	Server    string `placeholder:"PROGRAM" help:"Another magnapp binary to measure instead of this one."`
	Profile   string `name:"cpu-profile" placeholder:"FILE" help:"Write a CPU profile of the server that is started, for go tool pprof."`

	ReferenceServe string `hidden:"" placeholder:"HOST:PORT" help:"Be the reference, on a loopback address."`
	ReferenceSizes string `hidden:"" placeholder:"VOTE,REVEAL,START" help:"Bytes the reference writes for each command."`
}

// Validate reports the first option that cannot be used, and why. Kong calls it while parsing.
func (o *Options) Validate() error {
	if err := o.checkNumbers(); err != nil {
		return err
	}
	if o.ReferenceServe != "" {
		if _, err := parseSizes(o.ReferenceSizes); err != nil {
			return err
		}
		return checkLoopback("--reference-serve", o.ReferenceServe)
	}
	return o.checkTarget()
}

func (o *Options) checkNumbers() error {
	bounds := []struct {
		flag            string
		value, min, max float64
	}{
		{"--sessions", float64(o.Sessions), 1, maxSessions},
		{"--users", float64(o.Users), 1, maxStreams},
		{"--watchers", float64(o.Watchers), 0, maxStreams},
		{"--rate", o.Rate, 0, maxRate},
		{"--in-flight", float64(o.InFlight), 1, maxInFlight},
		{"--runs", float64(o.Runs), 1, maxRuns},
		{"--pid", float64(o.PID), 0, 1 << 30},
	}
	for _, b := range bounds {
		if !(b.value >= b.min && b.value <= b.max) { // also refuses NaN
			return fmt.Errorf("%s must be between %.0f and %.0f, not %v", b.flag, b.min, b.max, b.value)
		}
	}
	if streams := o.Sessions * (o.Users + o.Watchers); streams > maxStreams {
		return fmt.Errorf("%d streams are too many: at most %d (--sessions × (--users + --watchers))", streams, maxStreams)
	}
	if o.Duration <= 0 || o.Duration > maxPhase {
		return fmt.Errorf("--duration must be above 0 and at most %v, not %v", maxPhase, o.Duration)
	}
	for flag, d := range map[string]time.Duration{"--warmup": o.Warmup, "--settle": o.Settle} {
		if d < 0 || d > maxPhase {
			return fmt.Errorf("%s must be between 0 and %v, not %v", flag, maxPhase, d)
		}
	}
	return nil
}

func (o *Options) checkTarget() error {
	switch {
	case o.Quick && o.Scenario != scenarioTable:
		return errors.New("--quick is for the table")
	case o.Profile != "" && (o.URL != "" || o.Scenario == scenarioTable || o.Runs > 1):
		return errors.New("--cpu-profile is of one server, started for one measurement: leave --url, table and --runs out")
	case o.URL == "" && o.PID != 0:
		return errors.New("--pid names the process behind --url: name that too")
	case o.URL == "":
		return nil
	case o.Scenario == "start" || o.Scenario == "table":
		return fmt.Errorf("%s starts servers of its own: leave --url out", o.Scenario)
	case o.Server != "":
		return errors.New("--server starts a server and --url names one that runs: choose one")
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return fmt.Errorf("--url must be http://host:port, not %q (TLS is not measured: name the address behind the proxy)", o.URL)
	}
	if o.Reference || o.PID != 0 {
		if err := checkLoopback("--url", hostPort(u)); err != nil {
			return fmt.Errorf("--reference and --pid compare what runs on one machine: %w", err)
		}
	}
	return nil
}

// hostPort is where to connect for u.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// checkLoopback refuses an address that other machines could reach.
func checkLoopback(flag, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("%s must be a loopback address such as 127.0.0.1:0, not %q", flag, address)
	}
	return nil
}
