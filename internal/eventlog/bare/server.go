// Package bare is NATS by itself: three servers with one stream that is set up
// as the log of a node of several has it, and a client that appends to it. What
// the log costs is held against it; no part of the program uses it.
package bare

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	clusterName = "bare"
	// syncEvery and maxPayload are the program's own.
	syncEvery  = time.Second
	maxPayload = 8 << 20

	startLimit = 30 * time.Second
)

// Node is one server of three. Addresses are host:port.
type Node struct {
	Name   string
	Dir    string   // where it stores
	Listen string   // for clients
	Links  string   // for the other nodes
	Peers  []string // where all nodes have their links
	Health string   // answers GET /readyz with 200 when the node takes part
}

// Serve runs a node until ctx ends. The error is a server that does not start,
// or an address that is in use.
func Serve(ctx context.Context, n Node) error {
	options, err := n.options()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", n.Health)
	if err != nil {
		return err
	}
	defer listener.Close()
	srv, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("configure NATS: %w", err)
	}
	go srv.Start()
	defer srv.WaitForShutdown()
	defer srv.Shutdown()
	if !srv.ReadyForConnections(startLimit) {
		return fmt.Errorf("NATS is not ready within %v", startLimit)
	}
	health := &http.Server{ReadHeaderTimeout: startLimit, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status := srv.Healthz(nil); status.Status != "ok" {
			http.Error(w, status.Error, http.StatusServiceUnavailable)
		}
	})}
	stop := context.AfterFunc(ctx, func() { _ = health.Close() }) // fails only for a listener that is closed
	defer stop()
	if err := health.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

func (n Node) options() (*server.Options, error) {
	host, port, err := split(n.Listen)
	if err != nil {
		return nil, err
	}
	linkHost, linkPort, err := split(n.Links)
	if err != nil {
		return nil, err
	}
	var routes []*url.URL
	for _, peer := range n.Peers {
		if peer != n.Links {
			routes = append(routes, &url.URL{Scheme: "nats-route", Host: peer})
		}
	}
	return &server.Options{
		ServerName: n.Name, Host: host, Port: port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: n.Dir, SyncInterval: syncEvery, MaxPayload: maxPayload,
		Cluster: server.ClusterOpts{Name: clusterName, Host: linkHost, Port: linkPort},
		Routes:  routes,
	}, nil
}

func split(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(text)
	return host, port, err
}
