package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// readiness asks a server whether it is ready, where there is nothing else to ask it with.
type readiness struct {
	URL     string        `arg:"" default:"http://127.0.0.1:8000" help:"The server's address."`
	Timeout time.Duration `default:"2s" help:"How long the answer may take."`
}

// Run returns nil if the server says that it is ready.
func (r *readiness) Run(ctx context.Context, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
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
