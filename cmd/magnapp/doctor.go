package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/magnapp/magnapp/internal/doctor"
)

// examine looks at a server from outside.
type examine struct {
	URL     string        `arg:"" help:"The address that people use, such as https://poker.example.com."`
	Watch   time.Duration `default:"70s" help:"How long a stream is watched."`
	Long    bool          `help:"Watch it for 15 minutes, longer than any proxy's usual limits."`
	JSON    bool          `name:"json" help:"Print one JSON object at the end instead of lines."`
	CAFile  string        `name:"ca-file" placeholder:"FILE" help:"PEM file with the authorities that may have signed the server's certificate, instead of those that this machine knows."`
	Connect string        `placeholder:"HOST:PORT" help:"Connect to this address, whatever the URL names: to look at a proxy before its name leads to it."`
}

// exitStatus is a result that everything has been said about, and that is to be the program's exit status.
type exitStatus int

// Error names the status.
func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Help is what the command's help says beside its flags.
func (examine) Help() string {
	return "It makes a session at the URL, plays in it, watches a stream, and ends the session. It says line by line what is right, what is not, and what to change in which proxy. Exit status: 0 all is well, 1 it works, with warnings, 2 it does not, or could not be looked at."
}

// Run examines the server, and says what is found as it is found.
func (e *examine) Run(ctx context.Context, stdout io.Writer) error {
	var lost error // what could not be printed
	say := func(f doctor.Finding) {
		if !e.JSON {
			lost = errors.Join(lost, f.Write(stdout))
		}
	}
	report := e.report(ctx, say)
	if e.JSON {
		out := json.NewEncoder(stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		lost = out.Encode(report)
	} else {
		_, err := fmt.Fprintln(stdout, report.Summary())
		lost = errors.Join(lost, err)
	}
	if lost == nil && report.Status != 0 {
		return exitStatus(report.Status)
	}
	return lost
}

func (e *examine) report(ctx context.Context, say func(doctor.Finding)) doctor.Report {
	o := doctor.Options{URL: e.URL, Watch: e.Watch}
	if e.Connect != "" {
		o.Dial = doctor.To(e.Connect)
	}
	if e.Long {
		o.Watch = doctor.LongWatch
	}
	if e.CAFile != "" {
		roots, err := authorities(e.CAFile)
		if err != nil { // the status says so: 1 would be a server that works
			f := doctor.Finding{Check: "ca-file", Level: doctor.Fail, Text: err.Error()}
			say(f)
			return doctor.Report{URL: e.URL, Findings: []doctor.Finding{f}, Status: 2}
		}
		o.Roots = roots
	}
	return doctor.Run(ctx, o, say)
}

func authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in it; it must be PEM", file)
	}
	return roots, nil
}
