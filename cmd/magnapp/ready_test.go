package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadyAsksTheServer(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/readyz" {
			t.Errorf("asked for %s %s", r.Method, r.URL)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	ask := func() error {
		return run(t.Context(), []string{"ready", server.URL}, nil, &bytes.Buffer{}, &bytes.Buffer{})
	}
	if err := ask(); err != nil {
		t.Error(err)
	}
	status = http.StatusServiceUnavailable
	if err := ask(); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("of a server that is not ready: %v", err)
	}
	server.Close()
	if err := ask(); err == nil {
		t.Error("a server that is not there is ready")
	}
}
