package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/config"
)

func TestMetricsOnAListenerOfTheirOwn(t *testing.T) {
	var logged bytes.Buffer
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "figures") })
	stop, err := serveMetrics(t.Context(), config.Config{MetricsListen: "127.0.0.1:0"}, metrics, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(logged.String())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if string(body) != "figures" {
		t.Errorf("%q", body)
	}
	_, err = serveMetrics(t.Context(), config.Config{MetricsListen: address}, metrics, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "METRICS_LISTEN") {
		t.Errorf("a taken address: %v", err)
	}
	stop()
	if resp, err := client.Get("http://" + address + "/metrics"); err == nil {
		_ = resp.Body.Close()
		t.Error("still served after the stop")
	}
	none, err := serveMetrics(t.Context(), config.Config{}, metrics, nil)
	if err != nil {
		t.Fatal(err)
	}
	none()
}
