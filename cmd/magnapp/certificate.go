package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// lookEvery is how often, at most, the files of the certificate are looked at: when somebody connects who does not resume an earlier TLS session.
const lookEvery = 10 * time.Second

// expiryNotice is how long before a certificate expires the log begins to warn; for one that lives shortly, when a third of its life is left.
const expiryNotice = 7 * 24 * time.Hour

// certificate is what the server proves with who it is. Certificates live for weeks, so files that have changed are read again. Safe for concurrent use.
type certificate struct {
	certFile, keyFile string
	clock             clock.Clock
	logger            *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate // the last good one
	files  fileTimes        // of that
	looked time.Time
	broken bool   // what the files hold now cannot be used, and the log says so
	warned expiry // what the log says of the pair's
}

// expiry is how near a certificate's end is.
type expiry int

const (
	farOff expiry = iota
	soon
	past
)

// fileTimes tell one state of the two files from another.
type fileTimes struct{ cert, key fileTime }

type fileTime struct {
	changed time.Time
	size    int64
}

// loadCertificate reads both files. The error names the setting whose file cannot be used.
func loadCertificate(certFile, keyFile string, c clock.Clock, logger *slog.Logger) (*certificate, error) {
	cert := &certificate{certFile: certFile, keyFile: keyFile, clock: c, logger: logger, looked: c.Now()}
	files, err := cert.times()
	if err != nil {
		return nil, err
	}
	pair, err := cert.read()
	if err != nil {
		return nil, err
	}
	cert.pair, cert.files = pair, files
	cert.checkExpiry()
	return cert, nil
}

// checkExpiry warns of a certificate that browsers refuse, or soon will: once of each.
func (c *certificate) checkExpiry() {
	is, was := expiryOf(c.pair.Leaf, c.clock.Now()), c.warned
	c.warned = is // also when the clock was ahead
	if is <= was {
		return
	}
	warning := "TLS_CERT: the certificate expires soon"
	if is == past {
		warning = "TLS_CERT: the certificate has expired; browsers will refuse it"
	}
	c.logger.Warn(warning, "file", c.certFile, "until", c.pair.Leaf.NotAfter)
}

func expiryOf(leaf *x509.Certificate, now time.Time) expiry {
	notice := min(expiryNotice, leaf.NotAfter.Sub(leaf.NotBefore)/3)
	switch left := leaf.NotAfter.Sub(now); {
	case left < 0:
		return past
	case left <= notice:
		return soon
	}
	return farOff
}

// get is what tls.Config asks for each full handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.clock.Now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		c.renew()
		c.checkExpiry()
	}
	return c.pair, nil
}

// renew takes up files that have changed. Those that cannot be used, which may be half written, are tried again at the next look.
func (c *certificate) renew() {
	files, err := c.times() // before reading: what is written meanwhile is seen the next time
	if err == nil && files == c.files {
		c.broken = false // the old files are back
		return
	}
	var pair *tls.Certificate
	if err == nil {
		pair, err = c.read()
	}
	if err != nil {
		if !c.broken {
			c.logger.Warn("the new certificate cannot be used; the old one stays", "error", err, "until", c.pair.Leaf.NotAfter)
		}
		c.broken = true
		return
	}
	same := pair.Leaf.Equal(c.pair.Leaf)
	c.pair, c.files, c.broken = pair, files, false
	if same { // only written again
		return
	}
	c.warned = farOff
	c.logger.Info("new certificate", "file", c.certFile, "until", pair.Leaf.NotAfter)
}

func (c *certificate) times() (fileTimes, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return fileTimes{}, fmt.Errorf("TLS_CERT: %w", err)
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return fileTimes{}, fmt.Errorf("TLS_KEY: %w", err)
	}
	return fileTimes{cert: timeOf(cert), key: timeOf(key)}, nil
}

func timeOf(info fs.FileInfo) fileTime { return fileTime{changed: info.ModTime(), size: info.Size()} }

func (c *certificate) read() (*tls.Certificate, error) {
	cert, err := os.ReadFile(c.certFile)
	if err != nil {
		return nil, fmt.Errorf("TLS_CERT: %w", err)
	}
	key, err := os.ReadFile(c.keyFile)
	if err != nil {
		return nil, fmt.Errorf("TLS_KEY: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("TLS_CERT %s with TLS_KEY %s: %w", c.certFile, c.keyFile, err)
	}
	return &pair, nil
}
