package main

import (
	"bytes"
	"net"
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

// A health check runs with the settings of its server, such as those of a container.
func TestReadyAsksWhereTheSettingsSay(t *testing.T) {
	answers := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	plain, secure := httptest.NewServer(answers), httptest.NewTLSServer(answers)
	defer plain.Close()
	defer secure.Close()
	portOf := func(s *httptest.Server) string {
		_, port, err := net.SplitHostPort(s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return "PORT=" + port
	}
	for name, test := range map[string]struct {
		env  []string
		want string // in the error; empty for none
	}{
		"another port":    {[]string{portOf(plain)}, ""},
		"every address":   {[]string{"HOST=0.0.0.0", portOf(plain)}, ""},
		"one address":     {[]string{"HOST=127.0.0.1", portOf(plain)}, ""},
		"TLS":             {[]string{portOf(secure), "TLS_CERT=cert.pem", "TLS_KEY=cert.key"}, ""},
		"another machine": {[]string{"HOST=127.0.0.2", portOf(plain)}, "127.0.0.2"},
		"any port":        {[]string{"PORT=0"}, "PORT"},
		"no port":         {[]string{"PORT=http"}, "PORT"},
	} {
		err := run(t.Context(), []string{"ready"}, test.env, &bytes.Buffer{}, &bytes.Buffer{})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The name where a server listens need not be one by which people may ask it.
func TestReadyAsksByANameThatIsAlwaysAllowed(t *testing.T) {
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Host }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"ready"}, []string{"HOST=127.0.0.1", "PORT=" + port}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if host := <-asked; host != "localhost" {
		t.Errorf("asked by the name %s, which ALLOWED_HOSTS may lack", host)
	}
}
