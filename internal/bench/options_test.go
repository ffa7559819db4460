package bench

import (
	"math"
	"strings"
	"testing"
	"time"
)

// usable are the options that kong's defaults give.
func usable() Options {
	return Options{Scenario: "play", Sessions: 10, Users: 16, InFlight: 64, Duration: time.Second, Runs: 1}
}

func TestOptionsValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		want   string // in the error; empty: none
	}{
		"the defaults":                        {func(o *Options) {}, ""},
		"a server on this machine":            {func(o *Options) { o.URL, o.PID, o.Reference = "http://127.0.0.1:8000", 1, true }, ""},
		"a server by the name localhost":      {func(o *Options) { o.URL, o.Reference = "http://localhost:8000", true }, ""},
		"a server on another machine":         {func(o *Options) { o.URL = "http://192.0.2.1:8000" }, ""},
		"reference for another machine":       {func(o *Options) { o.URL, o.Reference = "http://192.0.2.1:8000", true }, "loopback"},
		"process of another machine":          {func(o *Options) { o.URL, o.PID = "http://192.0.2.1", 1 }, "loopback"},
		"process of nothing":                  {func(o *Options) { o.PID = 1 }, "--pid"},
		"TLS":                                 {func(o *Options) { o.URL = "https://127.0.0.1" }, "--url"},
		"an address that is no URL":           {func(o *Options) { o.URL = "127.0.0.1:8000" }, "--url"},
		"the table against a running server":  {func(o *Options) { o.Scenario, o.URL = "table", "http://127.0.0.1:8000" }, "--url"},
		"the start of a running server":       {func(o *Options) { o.Scenario, o.URL = "start", "http://127.0.0.1:8000" }, "--url"},
		"two servers":                         {func(o *Options) { o.Server, o.URL = "magnapp", "http://127.0.0.1:8000" }, "--server"},
		"a profile of a running server":       {func(o *Options) { o.Profile, o.URL = "cpu.pprof", "http://127.0.0.1:8000" }, "--cpu-profile"},
		"one profile of many servers":         {func(o *Options) { o.Profile, o.Scenario = "cpu.pprof", "table" }, "--cpu-profile"},
		"one profile of several runs":         {func(o *Options) { o.Profile, o.Runs = "cpu.pprof", 2 }, "--cpu-profile"},
		"a profile":                           {func(o *Options) { o.Profile = "cpu.pprof" }, ""},
		"quick without the table":             {func(o *Options) { o.Quick = true }, "--quick"},
		"no session":                          {func(o *Options) { o.Sessions = 0 }, "--sessions"},
		"no user":                             {func(o *Options) { o.Users = 0 }, "--users"},
		"fewer than no watchers":              {func(o *Options) { o.Watchers = -1 }, "--watchers"},
		"too many sessions":                   {func(o *Options) { o.Sessions, o.Users = maxSessions+1, 1 }, "--sessions"},
		"too many streams":                    {func(o *Options) { o.Sessions, o.Users = 5_000, 11 }, "streams"},
		"a rate below nothing":                {func(o *Options) { o.Rate = -1 }, "--rate"},
		"a rate that is no number":            {func(o *Options) { o.Rate = math.NaN() }, "--rate"},
		"nothing in flight":                   {func(o *Options) { o.InFlight = 0 }, "--in-flight"},
		"no run":                              {func(o *Options) { o.Runs = 0 }, "--runs"},
		"no time":                             {func(o *Options) { o.Duration = 0 }, "--duration"},
		"too long":                            {func(o *Options) { o.Duration = time.Hour }, "--duration"},
		"too long a warm-up":                  {func(o *Options) { o.Warmup = time.Hour }, "--warmup"},
		"too long to settle":                  {func(o *Options) { o.Settle = time.Hour }, "--settle"},
		"the reference on loopback":           {func(o *Options) { o.ReferenceServe = "127.0.0.1:0" }, ""},
		"the reference for everybody":         {func(o *Options) { o.ReferenceServe = ":8000" }, "loopback"},
		"the reference on a public address":   {func(o *Options) { o.ReferenceServe = "192.0.2.1:8000" }, "loopback"},
		"sizes for the reference":             {func(o *Options) { o.ReferenceServe, o.ReferenceSizes = "127.0.0.1:0", "330,3000,3400" }, ""},
		"too few sizes for the reference":     {func(o *Options) { o.ReferenceServe, o.ReferenceSizes = "127.0.0.1:0", "330,3000" }, "--reference-sizes"},
		"a size too small for the two events": {func(o *Options) { o.ReferenceServe, o.ReferenceSizes = "127.0.0.1:0", "330,3000,15" }, "--reference-sizes"},
	} {
		t.Run(name, func(t *testing.T) {
			o := usable()
			c.change(&o)
			err := o.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want an error about %s", err, c.want)
			}
		})
	}
}

func TestSizesAreReadAsTheyAreWritten(t *testing.T) {
	want := sizes{vote: 331, reveal: 2999, start: 3401}
	if got, err := parseSizes(want.String()); err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestSizesThatWereNotSeenAreTheUsualOnes(t *testing.T) {
	want := usualSizes
	want[vote] = 200
	if got := (sizes{vote: 200}).orUsual(); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
