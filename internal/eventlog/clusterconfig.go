package eventlog

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// A link that is silent for pingEvery is asked, and dropped when pingsOut
	// questions are open. NATS's own two minutes would let a node that fell silent
	// swallow requests for as long; much less would drop links of a machine that
	// has too much to do.
	pingEvery = 2 * time.Second
	pingsOut  = 2
	// nowhere is where nodes tell each other that a third one is: an address that
	// none can have, and a connection to which fails at once. NATS has them tell it
	// in any case. But all nodes have the addresses of all, and one under which
	// nobody has configured a node may lead past what is to be passed, or elsewhere.
	nowhere = "255.255.255.255:1"
	// systemAccount is where NATS takes orders that concern the cluster.
	systemAccount = server.DEFAULT_SYSTEM_ACCOUNT
	// inProcess is what NATS calls a connection that comes from its own process.
	inProcess = "IN_PROCESS"
)

// check says what is wrong with a configuration, and what to do.
func (c *Cluster) check() error {
	if c.Name == "" || strings.ContainsAny(c.Name, " \t\r\n") {
		return fmt.Errorf("cluster name %q: it must be one word, the same on every node", c.Name)
	}
	if c.Secret == "" {
		return errors.New("cluster secret is missing: give all nodes the same one")
	}
	for _, addr := range append([]string{c.Listen}, c.Peers...) {
		if err := checkAddress(addr); err != nil {
			return err
		}
	}
	if n := len(c.nodes()); n < replicas {
		return fmt.Errorf("cluster of %d: name at least %d different nodes; with two, nothing could be written while one is away", n, replicas)
	}
	return c.checkTLS()
}

func checkAddress(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("cluster address %q is not host:port: %w", addr, err)
	}
	return nil
}

// nodes are the addresses of all nodes as far as can be told: where this one
// listens is one of them unless it listens on all addresses.
func (c *Cluster) nodes() []string {
	all := slices.Clone(c.Peers)
	host, _, _ := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		all = append(all, c.Listen)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// others are the peers without this node, as far as its address says.
func (c *Cluster) others() []string {
	return slices.DeleteFunc(c.nodes(), func(addr string) bool { return addr == c.Listen })
}

func (c *Cluster) checkTLS() error {
	files := 0
	for _, file := range []string{c.Cert, c.Key, c.CA} {
		if file != "" {
			files++
		}
	}
	switch {
	case files == 3:
		_, err := c.tls()
		return err
	case files > 0:
		return errors.New("cluster TLS needs all three files: certificate, key and CA")
	case c.Insecure:
		return nil
	}
	for _, addr := range append([]string{c.Listen}, c.Peers...) {
		if !isLoopback(addr) {
			return fmt.Errorf("cluster link %s goes beyond this machine and is not encrypted: give certificate, key and CA, or allow it as insecure", addr)
		}
	}
	return nil
}

func isLoopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// tls makes the configuration of links by mutual TLS, nil if there is none. The
// certificate is read for each link, so that a new one needs no restart.
func (c *Cluster) tls() (*tls.Config, error) {
	if c.Cert == "" {
		return nil, nil
	}
	read := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		return &pair, err
	}
	if _, err := read(); err != nil {
		return nil, fmt.Errorf("cluster certificate: %w", err)
	}
	pem, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("cluster CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("cluster CA: no certificate in %s", c.CA)
	}
	return &tls.Config{
		MinVersion:           tls.VersionTLS13,
		ClientAuth:           tls.RequireAndVerifyClientCert,
		RootCAs:              pool,
		ClientCAs:            pool,
		GetCertificate:       func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return read() },
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return read() },
	}, nil
}

// clusterSecrets are who may do what: nodes link to each other by what the
// common secret gives; this process's own connections have passwords that are
// kept nowhere.
type clusterSecrets struct {
	links, user, password, system, systemPassword string
}

func newClusterSecrets(c Cluster) clusterSecrets {
	mac := hmac.New(sha256.New, []byte(c.Secret))
	mac.Write([]byte("links of " + c.Name))
	return clusterSecrets{
		links: hex.EncodeToString(mac.Sum(nil)),
		user:  "magnapp", password: rand.Text(),
		system: "system", systemPassword: rand.Text(),
	}
}

func (c *clustered) serverOptions() (*server.Options, error) {
	host, port, err := net.SplitHostPort(c.cluster.Listen)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	only := map[string]struct{}{inProcess: {}}
	system := server.NewAccount(systemAccount)
	return &server.Options{
		ServerName: c.id.Node,
		// Without a listener the server would never be ready. Nobody gets in by it:
		// see AllowedConnectionTypes.
		Host:               "127.0.0.1",
		Port:               server.RANDOM_PORT,
		NoSigs:             true,
		JetStream:          true,
		StoreDir:           c.dir,
		JetStreamMaxStore:  c.maxStore + c.maxStore/keptShare,
		JetStreamMaxMemory: maxMemoryBytes,
		MaxPayload:         maxPayload,
		SyncInterval:       c.sync,
		SyncAlways:         c.sync <= 0,
		Accounts:           []*server.Account{system},
		SystemAccount:      systemAccount,
		NoAuthUser:         nobody,
		Users: []*server.User{
			{Username: c.secrets.user, Password: c.secrets.password, AllowedConnectionTypes: only},
			// Without a user for who names none the server makes one who may do all.
			{Username: nobody, Password: rand.Text(), AllowedConnectionTypes: only, Permissions: &server.Permissions{
				Publish:   &server.SubjectPermission{Deny: []string{">"}},
				Subscribe: &server.SubjectPermission{Deny: []string{">"}},
			}},
			{Username: c.secrets.system, Password: c.secrets.systemPassword, Account: system, AllowedConnectionTypes: only},
		},
		Cluster: server.ClusterOpts{
			Name:         c.cluster.Name,
			Host:         host,
			Port:         number,
			Username:     linkUser,
			Password:     c.secrets.links,
			TLSConfig:    c.links,
			Advertise:    nowhere,
			PingInterval: pingEvery,
			MaxPingsOut:  pingsOut,
		},
		Routes: c.routes(),
	}, nil
}

const (
	linkUser = "node"
	nobody   = "nobody"
)

func (c *clustered) routes() (all []*url.URL) {
	for _, addr := range c.cluster.others() {
		all = append(all, &url.URL{Scheme: "nats-route", Host: addr, User: url.UserPassword(linkUser, c.secrets.links)})
	}
	return all
}
