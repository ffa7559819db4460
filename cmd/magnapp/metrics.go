package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/magnapp/magnapp/internal/config"
)

// serveMetrics serves the metrics on a listener of their own, if there is to be one, until stop is called.
func serveMetrics(ctx context.Context, c config.Config, metrics http.Handler, logger *slog.Logger) (stop func(), err error) {
	if c.MetricsListen == "" {
		return func() {}, nil
	}
	listener, err := listen(ctx, c.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("METRICS_LISTEN: %w", err)
	}
	server := newServer(metrics, nil, logger)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.serve(listener) // until it is closed
	}()
	logger.Info("serving metrics", "address", listener.Addr().String())
	return func() {
		_ = server.Close()
		<-ended
	}, nil
}
