package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Cluster is how this node is one of several. All of them have the same Name, Secret and Peers.
type Cluster struct {
	Name     string   // Name is a word of letters, digits, dashes and underscores, up to 50.
	Listen   string   // Listen is where the other nodes reach this one, as host:port.
	Peers    []string // Peers are all nodes, as host:port, each once; this one may be missing.
	Secret   string   // Secret has 16 characters or more.
	Cert     string   // Cert, Key and CA are PEM files, not looked at yet, for links by mutual TLS; all empty is none.
	Key      string
	CA       string
	Insecure bool // Insecure lets links without TLS leave this machine.
}

// NATS is an existing one with JetStream, which several servers may use together.
type NATS struct {
	URLs        []string // URLs are where it is; they may hold a password.
	Credentials string   // Credentials is a file, not looked at yet; empty is none.
	CA          string   // CA is a PEM file, not looked at yet; empty is none.
}

const (
	leastNodes  = 3  // fewer cannot go on without one of them
	leastSecret = 16 // characters
	longestName = 50
)

// cluster reads what makes this node one of several; nil if nothing does.
func (r *reader) cluster(s Settings) *Cluster {
	insecure := r.boolean("CLUSTER_INSECURE", s.ClusterInsecure)
	set := []struct {
		name  string
		value setting
	}{
		{"CLUSTER_NAME", s.ClusterName}, {"CLUSTER_LISTEN", s.ClusterListen}, {"CLUSTER_PEERS", s.ClusterPeers},
		{"CLUSTER_SECRET", s.ClusterSecret}, {"CLUSTER_SECRET_FILE", s.ClusterSecretFile},
		{"CLUSTER_CERT", s.ClusterCert}, {"CLUSTER_KEY", s.ClusterKey}, {"CLUSTER_CA", s.ClusterCA},
	}
	first := slices.IndexFunc(set, func(one struct {
		name  string
		value setting
	}) bool {
		return one.value != ""
	})
	if first < 0 {
		return nil
	}
	c := &Cluster{
		Name: r.clusterName("CLUSTER_NAME", s.ClusterName), Listen: r.listenAddress("CLUSTER_LISTEN", s.ClusterListen), Peers: r.peers("CLUSTER_PEERS", s.ClusterPeers),
		Secret: r.clusterSecret(s), Cert: string(s.ClusterCert), Key: string(s.ClusterKey), CA: string(s.ClusterCA), Insecure: insecure,
	}
	for _, one := range []struct {
		name  string
		value setting
	}{{"CLUSTER_NAME", s.ClusterName}, {"CLUSTER_LISTEN", s.ClusterListen}, {"CLUSTER_PEERS", s.ClusterPeers}} {
		if one.value == "" {
			r.fail(set[first].name, "needs %s beside it", one.name)
		}
	}
	if len(r.problems) == 0 {
		r.checkNodes(*c)
		r.checkLinks(*c)
	}
	if string(s.DataDir) == Memory {
		r.fail(set[first].name, "needs a folder as DATA_DIR, where the node's name is kept as well")
	}
	return c
}

// nats reads where an existing NATS is; nil if there is none. What is wrong with an address is said without it: it may hold a password.
func (r *reader) nats(s Settings) *NATS {
	switch {
	case s.NATSURL == "" && s.NATSCredentials != "":
		r.fail("NATS_CREDENTIALS", "needs NATS_URL beside it")
	case s.NATSURL == "" && s.NATSCA != "":
		r.fail("NATS_CA", "needs NATS_URL beside it")
	case s.NATSURL != "" && s.ClusterName != "":
		r.fail("NATS_URL", "cannot be set beside CLUSTER_NAME: sessions are kept in one place")
	case s.NATSURL != "" && string(s.DataDir) == Memory:
		r.fail("NATS_URL", "needs a folder as DATA_DIR, where this node's name is kept")
	}
	if s.NATSURL == "" {
		return nil
	}
	n := &NATS{URLs: r.list("NATS_URL", s.NATSURL), Credentials: string(s.NATSCredentials), CA: string(s.NATSCA)}
	for _, one := range n.URLs {
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" || strings.Trim(u.Path, "/") != "" {
			r.fail("NATS_URL", "has an address that is neither nats://host:port nor tls://host:port")
			break
		}
	}
	return n
}

func (r *reader) clusterName(name string, s setting) string {
	odd := strings.ContainsFunc(string(s), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
	})
	if odd || len(s) > longestName {
		r.fail(name, "%q is not a word of up to %d letters, digits, dashes and underscores", s, longestName)
	}
	return string(s)
}

// peers reads the addresses of nodes, each once.
func (r *reader) peers(name string, s setting) []string {
	if s == "" {
		return nil // it is asked for elsewhere
	}
	var peers []string
	for _, one := range r.list(name, s) {
		before := len(r.problems)
		peer := r.listenAddress(name, setting(one))
		if host, _, _ := net.SplitHostPort(peer); len(r.problems) == before && host == "" {
			r.fail(name, "%q has no host", one)
		}
		if !slices.Contains(peers, peer) {
			peers = append(peers, peer)
		}
	}
	return peers
}

// clusterSecret reads the secret or its file. The message of a failure has nothing of it.
func (r *reader) clusterSecret(s Settings) string {
	name, secret := "CLUSTER_SECRET", string(s.ClusterSecret)
	switch {
	case s.ClusterSecret != "" && s.ClusterSecretFile != "":
		r.fail("CLUSTER_SECRET_FILE", "cannot be set beside CLUSTER_SECRET")
		return ""
	case s.ClusterSecretFile != "":
		name = "CLUSTER_SECRET_FILE"
		text, err := os.ReadFile(string(s.ClusterSecretFile))
		if err != nil {
			r.fail(name, "cannot be read: %v", err)
			return ""
		}
		secret = strings.TrimSpace(string(text))
	}
	if len(secret) < leastSecret {
		r.fail(name, "needs a secret of %d characters or more, the same on every node", leastSecret)
		return ""
	}
	return string(r.token(name, setting(secret)))
}

// checkNodes asks for enough of them: with one of two gone, nothing could be stored.
func (r *reader) checkNodes(c Cluster) {
	nodes := c.Peers
	if host, _, _ := net.SplitHostPort(c.Listen); !slices.Contains(nodes, c.Listen) && !unspecified(host) {
		nodes = append(slices.Clone(nodes), c.Listen)
	}
	if len(nodes) < leastNodes {
		r.fail("CLUSTER_PEERS", "names %d of the nodes; a cluster has at least %d, so that it goes on without one of them", len(c.Peers), leastNodes)
	}
}

// checkLinks asks for TLS where links leave this machine.
func (r *reader) checkLinks(c Cluster) {
	some, all := c.Cert != "" || c.Key != "" || c.CA != "", c.Cert != "" && c.Key != "" && c.CA != ""
	switch {
	case some && !all:
		r.fail("CLUSTER_CERT", "CLUSTER_KEY and CLUSTER_CA go together")
	case all || c.Insecure:
	default:
		for _, address := range append([]string{c.Listen}, c.Peers...) {
			if host, _, _ := net.SplitHostPort(address); !loopback(host) {
				r.fail("CLUSTER_LISTEN", "links to other machines need CLUSTER_CERT, CLUSTER_KEY and CLUSTER_CA (%s is not on this one), or CLUSTER_INSECURE=true on a network that you trust", address)
				return
			}
		}
	}
}

func unspecified(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// String leaves the secret out, so that no log has it.
func (c Cluster) String() string {
	return fmt.Sprintf("cluster %s at %s of %s", c.Name, c.Listen, strings.Join(c.Peers, ","))
}
