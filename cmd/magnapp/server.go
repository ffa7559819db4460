package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The times of a connection. Streams set their own.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
)

// The times of an HTTP/2 connection. It may carry the streams of many, so what is wrong with one of them must be kept apart from what is wrong with the connection.
const (
	stuckTimeout = 10 * time.Second // for a connection that takes not one byte, as for a stream that takes nothing
	pingAfter    = 30 * time.Second // of silence the other end is asked whether it is still there
	pingTimeout  = 15 * time.Second // for the answer
)

// maxStreams is how many requests one HTTP/2 connection may have open. Each may keep a goroutine and its buffers waiting for a client that reads nothing, so it is few; and all of them share
// one TCP connection. A proxy that puts the streams of everybody into one connection opens another where this one is full.
const maxStreams = 100

// maxHeader is how many bytes a request's head may have: room for the cookies of 400 seats, each of about a hundred.
const maxHeader = 64 << 10

// server is net/http's, which knows whether it speaks TLS and how long it takes to stop.
type server struct{ *http.Server }

// newServer speaks HTTP/1 and HTTP/2: by TLS if there is a certificate, which may be nil, and otherwise to clients that begin with HTTP/2 right away, as proxies do.
func newServer(handler http.Handler, cert *certificate, logger *slog.Logger) *server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(cert != nil)
	protocols.SetUnencryptedHTTP2(cert == nil)
	s := &http.Server{
		Handler: handler, Protocols: &protocols, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		HTTP2:    &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: stuckTimeout, SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	if cert != nil {
		s.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get}
	}
	return &server{s}
}

// serve serves what connects to the listener until the server is stopped.
func (s *server) serve(listener net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(listener, "", "")
	}
	return s.Serve(listener)
}

// shutdown lets the requests that are under way finish, and closes the connections of those that do not in time.
func (s *server) shutdown(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	err := s.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	return err
}
