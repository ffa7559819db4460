package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/magnapp/magnapp/internal/config"
)

// readiness asks a server whether it is ready, where there is nothing else to ask it with.
type readiness struct {
	config.Listening
	URL     string        `arg:"" optional:"" help:"The server's address. Default: where HOST, PORT and TLS_CERT say that it listens."`
	Timeout time.Duration `default:"2s" help:"How long the answer may take."`
}

// Run returns nil if the server says that it is ready.
func (r *readiness) Run(ctx context.Context, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true}
	named := ""
	if r.URL == "" {
		local, err := r.LocalURL()
		if err != nil {
			return err
		}
		// By a name that the server answers to whatever ALLOWED_HOSTS says.
		r.URL, named = local.String(), "localhost"
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the certificate is for the name that people use, and nothing secret is sent
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/readyz", nil)
	if err != nil {
		return err
	}
	req.Host = cmp.Or(named, req.Host)
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close() // only the status is of interest
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s/readyz: %s", r.URL, resp.Status)
	}
	_, err = fmt.Fprintln(stdout, "ready")
	return err
}
