package main

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/testcert"
)

// pairFiles are the two files of a certificate.
type pairFiles struct{ cert, key string }

// days is how long most certificates here live.
const days = 90 * 24 * time.Hour

func newPair(t *testing.T, name string, from time.Time, life time.Duration) (cert, key []byte) {
	t.Helper()
	cert, key, err := testcert.New(name, from, life)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func newPairFiles(t *testing.T, cert, key []byte) pairFiles {
	t.Helper()
	dir := t.TempDir()
	files := pairFiles{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	put(t, files.cert, cert, time.Unix(1, 0))
	put(t, files.key, key, time.Unix(1, 0))
	return files
}

// put writes a file as if at a given time; nothing means that there is to be no file.
func put(t *testing.T, path string, content []byte, at time.Time) {
	t.Helper()
	var err error
	if content == nil {
		err = os.Remove(path)
	} else if err = os.WriteFile(path, content, 0o600); err == nil {
		err = os.Chtimes(path, at, at)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestCertificateThatCannotBeUsedStopsTheStart(t *testing.T) {
	cert, key := newPair(t, "one", time.Now(), days)
	_, otherKey := newPair(t, "two", time.Now(), days)
	for name, test := range map[string]struct {
		cert, key []byte
		says      string
	}{
		"no certificate":            {nil, key, "TLS_CERT: "},
		"no key":                    {cert, nil, "TLS_KEY: "},
		"a key of somebody else":    {cert, otherKey, "TLS_CERT "},
		"a certificate that is not": {[]byte("hello"), key, "TLS_CERT "},
		"a key that is not":         {cert, []byte("hello"), "TLS_KEY "},
		"the two exchanged":         {key, cert, "TLS_CERT "},
	} {
		t.Run(name, func(t *testing.T) {
			files := newPairFiles(t, cert, key)
			put(t, files.cert, test.cert, time.Unix(2, 0))
			put(t, files.key, test.key, time.Unix(2, 0))
			_, err := loadCertificate(files.cert, files.key, clock.System{}, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v does not say %q", err, test.says)
			}
		})
	}
}

func TestRenewedCertificateIsTakenUp(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	oneCert, oneKey := newPair(t, "one", now, days)
	twoCert, twoKey := newPair(t, "two", now, days)
	threeCert, threeKey := newPair(t, "three", now, days)
	files := newPairFiles(t, oneCert, oneKey)
	hands := clock.NewManual(now)
	var log bytes.Buffer
	cert, err := loadCertificate(files.cert, files.key, hands, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name     string
		do       func(at time.Time)
		wait     time.Duration
		want     string
		warnings int // so far
	}{
		{"at first", func(time.Time) {}, 0, "one", 0},
		{"nothing new", func(time.Time) {}, lookEvery, "one", 0},
		{"only the certificate yet", func(at time.Time) { put(t, files.cert, twoCert, at) }, lookEvery, "one", 1},
		{"still", func(time.Time) {}, lookEvery, "one", 1},
		{"the key too, a moment ago", func(at time.Time) { put(t, files.key, twoKey, at) }, lookEvery - 1, "one", 1},
		{"and now long enough", func(time.Time) {}, 1, "two", 1},
		{"broken", func(at time.Time) { put(t, files.cert, []byte("hello"), at) }, lookEvery, "two", 2},
		{"broken differently", func(at time.Time) { put(t, files.cert, nil, at) }, lookEvery, "two", 2},
		{"corrected", func(at time.Time) {
			put(t, files.cert, threeCert, at)
			put(t, files.key, threeKey, at)
		}, lookEvery, "three", 2},
		{"broken once more", func(at time.Time) { put(t, files.key, oneKey, at) }, lookEvery, "three", 3},
	} {
		step.do(hands.Now())
		hands.Advance(step.wait)
		got, err := cert.get(nil)
		if err != nil || got.Leaf.Subject.CommonName != step.want {
			t.Errorf("%s: certificate %v (%v), want %s", step.name, got.Leaf.Subject, err, step.want)
		}
		if n := strings.Count(log.String(), "level=WARN"); n != step.warnings {
			t.Errorf("%s: %d warnings, want %d:\n%s", step.name, n, step.warnings, &log)
		}
	}
	if n := strings.Count(log.String(), `"new certificate"`); n != 2 {
		t.Errorf("%d times a new certificate, want 2:\n%s", n, &log)
	}
}

// expiring is a certificate of such a life in files, and when it expires.
func expiring(t *testing.T, life time.Duration) (pairFiles, time.Time) {
	t.Helper()
	certPEM, keyPEM := newPair(t, "one", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), life)
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return newPairFiles(t, certPEM, keyPEM), pair.Leaf.NotAfter
}

// warnings are what the log warns of, each by its first word about the certificate.
func warnings(log *bytes.Buffer) string {
	var found []string
	for line := range strings.Lines(log.String()) {
		switch {
		case !strings.Contains(line, "level=WARN"):
		case strings.Contains(line, "TLS_CERT: the certificate expires soon"):
			found = append(found, "soon")
		case strings.Contains(line, "TLS_CERT: the certificate has expired"):
			found = append(found, "expired")
		default:
			found = append(found, line)
		}
	}
	return strings.Join(found, " ")
}

func TestExpiryIsWarnedOfAtTheStart(t *testing.T) {
	const short = 6 * 24 * time.Hour // as some authorities give them out, and renew them after half of it
	for _, test := range []struct {
		name       string
		life, left time.Duration
		want       string
	}{
		{"with much time left", days, expiryNotice + time.Second, ""},
		{"with little time left", days, expiryNotice, "soon"},
		{"at the last moment", days, 0, "soon"},
		{"too late", days, -time.Second, "expired"},
		{"with two thirds of a short life gone", short, short/3 + time.Second, ""},
		{"with more of it gone", short, short / 3, "soon"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, until := expiring(t, test.life)
			var log bytes.Buffer
			if _, err := loadCertificate(files.cert, files.key, clock.NewManual(until.Add(-test.left)), slog.New(slog.NewTextHandler(&log, nil))); err != nil {
				t.Fatal(err)
			}
			if got := warnings(&log); got != test.want {
				t.Errorf("warnings %q, want %q", got, test.want)
			}
		})
	}
}

// A server may run for longer than its certificate holds. Each warning comes once for each certificate, at a look.
func TestExpiryIsWarnedOfWhileTheServerRuns(t *testing.T) {
	files, until := expiring(t, days)
	hands := clock.NewManual(until.Add(-expiryNotice - time.Hour))
	var log bytes.Buffer
	cert, err := loadCertificate(files.cert, files.key, hands, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(*testing.T) {}
	for _, step := range []struct {
		name string
		wait time.Duration
		do   func(*testing.T)
		want string // so far
	}{
		{"with much time left", lookEvery, nothing, ""},
		{"with little time left", time.Hour, nothing, "soon"},
		{"with less", 24 * time.Hour, nothing, "soon"},
		{"too late", expiryNotice, nothing, "soon expired"},
		{"later still", 24 * time.Hour, nothing, "soon expired"},
		{"the same, written again", lookEvery, func(t *testing.T) { put(t, files.cert, read(t, files.cert), hands.Now()) }, "soon expired"},
		{"renewed", lookEvery, func(t *testing.T) {
			certPEM, keyPEM := newPair(t, "two", hands.Now(), days)
			put(t, files.cert, certPEM, hands.Now())
			put(t, files.key, keyPEM, hands.Now())
		}, "soon expired"},
		{"that one's last days", days - expiryNotice, nothing, "soon expired soon"},
		{"its end", expiryNotice, nothing, "soon expired soon expired"},
	} {
		step.do(t)
		hands.Advance(step.wait)
		for range 2 {
			if _, err := cert.get(nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := warnings(&log); got != step.want {
			t.Errorf("%s: warnings %q, want %q", step.name, got, step.want)
		}
	}
}

// A clock that was ahead for a while has warned too early, and does not take the true warnings away.
func TestExpiryIsWarnedOfAgainWhenTheClockHadBeenAhead(t *testing.T) {
	files, until := expiring(t, days)
	var log bytes.Buffer
	cert, err := loadCertificate(files.cert, files.key, clock.NewManual(until.Add(time.Hour)), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		now  time.Time
		want string // so far
	}{
		{until.Add(-2 * expiryNotice), "expired"},
		{until.Add(-time.Hour), "expired soon"},
		{until.Add(time.Hour), "expired soon expired"},
	} {
		cert.clock, cert.looked = clock.NewManual(step.now), time.Time{}
		if _, err := cert.get(nil); err != nil {
			t.Fatal(err)
		}
		if got := warnings(&log); got != step.want {
			t.Errorf("at %s: warnings %q, want %q", step.now, got, step.want)
		}
	}
}
