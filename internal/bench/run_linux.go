package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Run measures what the options say and prints the figures to out; progress goes to standard error when that is a terminal. It
// returns when everything it started has ended: after the measurement, at the first failure, or when ctx ends. An error is an
// option that cannot be used (see [Options.Validate]), a server that did not start, refused a call or ended a stream, or the limit of open files.
//
// Except for a server named by [Options.URL], everything happens on loopback, and the servers are processes of their own that
// store what they have to in a directory under [os.TempDir], which is removed.
func Run(ctx context.Context, o Options, out io.Writer) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.ReferenceServe != "" {
		s, err := parseSizes(o.ReferenceSizes)
		if err != nil {
			return err
		}
		return serveReference(ctx, o.ReferenceServe, s)
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	r := &runner{options: o, self: program, server: program, progress: newProgress(terminal(os.Stderr))}
	defer r.progress.close()
	if o.Server != "" {
		if r.server, err = filepath.Abs(o.Server); err != nil {
			return err
		}
	}
	report, err := r.run(ctx)
	if err != nil {
		return err
	}
	if o.JSON {
		return report.writeJSON(out)
	}
	return report.writeText(out)
}

// terminal is f if somebody is looking at it, and nil otherwise.
func terminal(f *os.File) io.Writer {
	if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err != nil {
		return nil
	}
	return f
}

// A runner takes measurements, one after the other.
type runner struct {
	options      Options
	self, server string // programs
	progress     *progress
}

// run takes all of them: every workload in every run.
func (r *runner) run(ctx context.Context) (*report, error) {
	workloads := []workload{r.options.workload()}
	if r.options.Scenario == scenarioTable {
		workloads = tableWorkloads(&r.options)
	}
	report := newReport(&r.options, workloads)
	for run := range r.options.Runs {
		for i, w := range workloads {
			r.progress.say(fmt.Sprintf("run %d of %d, %s", run+1, r.options.Runs, w.Name))
			p, err := r.pair(ctx, w)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.Name, err)
			}
			report.add(i, p)
		}
	}
	return report, nil
}

// pair measures a workload on the server and, if it is to be, on the reference.
func (r *runner) pair(ctx context.Context, w workload) (p pair, err error) {
	if w.Reference && allowFiles(2*w.files()+filesBeside) != nil {
		return r.compareWholes(ctx, w)
	}
	err = r.withServer(ctx, func(server target) error {
		if w.Reference {
			p, err = r.compare(ctx, w, server)
		} else {
			p.Server, err = r.measure(ctx, w, server)
		}
		return err
	})
	return p, err
}

// turns is into how many parts a measurement is cut that is compared with the reference's: what the machine's host does changes from one second to the next.
const turns = 5

// compare plays in turns on the server and on the reference, which gets frames of the size that was seen first. Both warm up before each turn, and what the server does a little later,
// such as a sync of its log, is done while the reference warms up, if that takes a second as usual.
func (r *runner) compare(ctx context.Context, w workload, server target) (pair, error) {
	turn := plan{rate: w.Rate, inFlight: w.InFlight, warmup: w.Warmup, duration: w.Duration / turns}
	var onServer, onReference *played
	err := r.playing(ctx, w, server, func(one *engine) (err error) {
		if onServer, err = one.play(ctx, turn.by(server.meter)); err != nil {
			return err
		}
		return r.withReference(ctx, onServer.sizes.orUsual(), func(reference target) error {
			return r.playing(ctx, w, reference, func(other *engine) (err error) {
				if onReference, err = other.play(ctx, turn.by(reference.meter)); err != nil {
					return err
				}
				for range turns - 1 {
					if err := onServer.addTurn(ctx, one, turn.by(server.meter)); err != nil {
						return fmt.Errorf("the server meanwhile: %w", err)
					}
					if err := onReference.addTurn(ctx, other, turn.by(reference.meter)); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
	if err != nil {
		return pair{}, err
	}
	return pair{Server: onServer.figures(), Reference: onReference.figures()}, nil
}

// compareWholes plays on the server and, when that has ended, on the reference: where this process may not have the streams of both open.
func (r *runner) compareWholes(ctx context.Context, w workload) (pair, error) {
	var onServer, onReference *played
	err := r.withServer(ctx, func(server target) (err error) {
		onServer, err = r.measurePlay(ctx, w, server)
		return err
	})
	if err != nil {
		return pair{}, err
	}
	err = r.withReference(ctx, onServer.sizes.orUsual(), func(reference target) (err error) {
		onReference, err = r.measurePlay(ctx, w, reference)
		return err
	})
	if err != nil {
		return pair{}, err
	}
	return pair{Server: onServer.figures(), Reference: onReference.figures()}, nil
}

// playing opens the streams of a workload for do.
func (r *runner) playing(ctx context.Context, w workload, t target, do func(*engine) error) error {
	e, err := r.open(ctx, w, t)
	if err != nil {
		return err
	}
	defer e.close()
	return do(e)
}

// addTurn plays once more and counts it in.
func (p *played) addTurn(ctx context.Context, e *engine, turn plan) error {
	more, err := e.play(ctx, turn)
	if err == nil {
		p.add(more)
	}
	return err
}

// withServer calls do with the server that is named, or with one started for it.
func (r *runner) withServer(ctx context.Context, do func(target) error) error {
	if r.options.URL != "" {
		return do(target{url: r.options.URL, pid: r.options.PID})
	}
	server, err := r.launchServer(ctx)
	if err != nil {
		return err
	}
	if err = do(target{url: server.url, pid: server.pid(), started: server.started}); err != nil {
		err = fmt.Errorf("%w\n%s", err, server.lastWords())
	}
	return errors.Join(err, server.stop())
}

// withReference calls do with a reference started for it.
func (r *runner) withReference(ctx context.Context, s sizes, do func(target) error) error {
	reference, err := r.launchReference(ctx, s)
	if err == nil {
		err = errors.Join(do(target{url: reference.url, pid: reference.pid()}), reference.stop())
	}
	if err != nil {
		return fmt.Errorf("reference: %w", err)
	}
	return nil
}

// launchServer starts the server as people would, but with no limits in the way of the load.
func (r *runner) launchServer(ctx context.Context) (*process, error) {
	profile, err := profileArguments(r.options.Profile)
	if err != nil {
		return nil, err
	}
	arguments := func(string) []string { return append([]string{"serve"}, profile...) }
	environment := func(port string) []string {
		return []string{
			"HOST=127.0.0.1", "PORT=" + port, "DATA_DIR=data", "MAX_SESSIONS=0", "MAX_USERS_PER_SESSION=0", "RATE_LIMIT=off", "COMMAND_RATE=off", "STREAMS_PER_ADDRESS=0", "CONNECTIONS_PER_ADDRESS=0",
			"SESSION_TIMEOUT_MINUTES=600",
		}
	}
	return launch(ctx, r.server, arguments, environment)
}

// profileArguments ask the server for a CPU profile. The path is made absolute because the server runs in a directory of its own.
func profileArguments(path string) (arguments []string, err error) {
	if path == "" {
		return nil, nil
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	return []string{"--cpu-profile=" + path}, nil
}

func (r *runner) launchReference(ctx context.Context, s sizes) (*process, error) {
	arguments := func(port string) []string {
		return []string{"bench", "--reference-serve=127.0.0.1:" + port, "--reference-sizes=" + s.String()}
	}
	return launch(ctx, r.self, arguments, func(string) []string { return nil })
}

// A target is what is measured: an address and, if it can be seen, its process (0 if not) and how long it took to answer.
type target struct {
	url     string
	pid     int
	started time.Duration
}

// measure takes one measurement.
func (r *runner) measure(ctx context.Context, w workload, t target) (figures, error) {
	switch w.Scenario {
	case scenarioStart:
		return measureRest(ctx, w, t)
	case scenarioIdle:
		return r.measureIdle(ctx, w, t)
	default:
		p, err := r.measurePlay(ctx, w, t)
		if err != nil {
			return nil, err
		}
		return p.figures(), nil
	}
}

func (r *runner) measurePlay(ctx context.Context, w workload, t target) (p *played, err error) {
	err = r.playing(ctx, w, t, func(e *engine) (err error) {
		p, err = e.play(ctx, plan{rate: w.Rate, inFlight: w.InFlight, warmup: w.Warmup, duration: w.Duration, meter: t.meter})
		return err
	})
	return p, err
}

// measureIdle compares the server's memory before the sessions are made with that after holding their streams.
func (r *runner) measureIdle(ctx context.Context, w workload, t target) (figures, error) {
	if t.pid == 0 {
		return nil, errors.New("idle looks at the server's process: name it with --pid")
	}
	before, err := residentMemory(t.pid)
	if err != nil {
		return nil, err
	}
	e, err := r.open(ctx, w, t)
	if err != nil {
		return nil, err
	}
	defer e.close()
	opened := t.meter()
	if err := e.hold(ctx, w.Warmup); err != nil {
		return nil, err
	}
	begin, from := t.meter(), e.now()
	if err := e.hold(ctx, w.Duration); err != nil {
		return nil, err
	}
	used, held := t.meter().server-begin.server, e.now()-from
	after, err := residentMemory(t.pid)
	if err != nil {
		return nil, err
	}
	return figures{
		memoryPerStream: float64(after-before) / float64(w.streams()),
		settlingCPU:     float64((begin.server - opened.server).Microseconds()) / 1000,
		idleCPU:         float64(used.Microseconds()) / 1000 / held.Seconds(),
	}, nil
}

// measureRest looks at a server that nobody uses.
func measureRest(ctx context.Context, w workload, t target) (figures, error) {
	rest := time.NewTimer(w.Duration)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	memory, err := residentMemory(t.pid)
	if err != nil {
		return nil, err
	}
	return figures{startTime: float64(t.started.Microseconds()) / 1000, restMemory: float64(memory) / (1 << 20)}, nil
}

// filesBeside is what is open besides the streams and lines.
const filesBeside = 100

// open makes the sessions of a workload and opens their streams.
func (r *runner) open(ctx context.Context, w workload, t target) (*engine, error) {
	if err := allowFiles(w.files() + filesBeside); err != nil {
		return nil, err
	}
	u, err := url.Parse(t.url)
	if err != nil {
		return nil, err
	}
	address, err := net.ResolveTCPAddr("tcp", hostPort(u))
	if err != nil {
		return nil, err
	}
	s := newSetup(t.url)
	defer s.close()
	sessions, err := s.sessions(ctx, w.Sessions, w.Users, r.progress.sessionMade)
	if err != nil {
		return nil, err
	}
	e, err := newEngine(address, u.Host, sessions, w, r.progress)
	if err != nil {
		return nil, err
	}
	if err := e.open(ctx, sessions, u.Host, w.perSession()); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// meter reads the CPU time of the target and of this process.
func (t target) meter() meter {
	m := meter{server: -1}
	if used, err := cpuTime(t.pid); t.pid != 0 && err == nil {
		m.server = used
	}
	if used, err := cpuTime(os.Getpid()); err == nil {
		m.load = used
	}
	return m
}
