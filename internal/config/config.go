package config

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/jub0bs/cors"
)

// Memory is the DATA_DIR that keeps nothing: sessions live as long as the process.
const Memory = "memory"

// Config is what a server needs to know, checked: every value can be used as it is.
type Config struct {
	Host  string // Host is an IP address or a host name to listen on.
	Port  int    // Port is 0 to 65535; 0 lets the system choose a free one.
	Debug bool   // Debug asks for more logs.

	TLSCert string // TLSCert is the PEM file of the certificate chain, not looked at yet; empty is no TLS.
	TLSKey  string // TLSKey is the PEM file of the private key; empty if and only if TLSCert is.

	MaxSessions        int // MaxSessions is how many sessions may be open at once; 0 is no limit.
	MaxUsersPerSession int // MaxUsersPerSession is how many participants a session takes; 0 is no limit.

	SessionTimeout  time.Duration // SessionTimeout after its last activity a session expires.
	CleanupInterval time.Duration // CleanupInterval bounds how long an expired session's storage stays.
	GracePeriod     time.Duration // GracePeriod is how long a Scrum Master who dropped may be away before the role goes on.

	KeepEnded time.Duration // KeepEnded is how long what came of an ended session can be read; 0 is not at all.

	CORSOrigins     []string // CORSOrigins are the origins of pages elsewhere that may call; never empty, "*" alone is everyone.
	CORSCredentials bool     // CORSCredentials lets those pages send cookies; never together with "*".
	CORSMethods     []string // CORSMethods are in upper case.
	CORSHeaders     []string // CORSHeaders are the request headers those pages may send; "*" is any.

	DataDir string        // DataDir is the folder that keeps the sessions, or [Memory].
	Sync    time.Duration // Sync is how long an acknowledged command may wait for the disk; 0 is not at all.

	Cluster *Cluster // Cluster makes this server one node of several; nil is alone, or with NATS.
	NATS    *NATS    // NATS keeps the sessions instead of this server; nil is none. Never beside Cluster.

	AuthOpen              bool           // AuthOpen looks at no credential: anyone may act as anyone.
	RateLimit             RateLimit      // RateLimit is for each address: creating, joining and failed credentials, each counted by itself.
	TrustedProxies        []netip.Prefix // TrustedProxies are the peers whose X-Forwarded-* headers are believed.
	CommandRate           RateLimit      // CommandRate is for each participant, who may send three times Events at once.
	StreamsPerAddress     int            // StreamsPerAddress is how many streams one address may have open; 0 is no limit.
	ConnectionsPerAddress int            // ConnectionsPerAddress is how many connections one address may have open; 0 is no limit.
	MetricsToken          string         // MetricsToken is what reading the metrics takes; empty is nothing.
	MetricsListen         string         // MetricsListen is where the metrics are served, as host:port; empty is where everything else is.
	AllowedHosts          []string       // AllowedHosts are the hosts, in lower case and with or without a port, by which the server may be asked besides that of PublicURL; both empty is any.
	PublicURL             string         // PublicURL is what join_url starts with, without a slash at its end; empty is the request's own host.
}

// RateLimit allows Events in each Per, with bursts of Events unless it says otherwise. The zero value is no limit.
type RateLimit struct {
	Events int
	Per    time.Duration
}

// Off reports whether there is no limit.
func (r RateLimit) Off() bool { return r.Events == 0 }

// Address is where to listen, as host:port.
func (c Config) Address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// TLS reports whether the server speaks HTTPS.
func (c Config) TLS() bool { return c.TLSCert != "" }

// InMemory reports whether sessions are to be forgotten when the process ends.
func (c Config) InMemory() bool { return c.DataDir == Memory }

// CORS is the configuration of the cross-origin middleware. A [Config] that came from [Settings.Config] is known to be accepted by
// [cors.NewMiddleware].
func (c Config) CORS() cors.Config {
	headers := slices.Clone(c.CORSHeaders)
	if !c.CORSCredentials && slices.Contains(headers, "*") && !slices.ContainsFunc(headers, isAuthorization) {
		headers = append(headers, "Authorization") // without credentials a browser does not count it under "*"
	}
	return cors.Config{
		Origins:        slices.Clone(c.CORSOrigins),
		Credentialed:   c.CORSCredentials,
		Methods:        slices.Clone(c.CORSMethods),
		RequestHeaders: headers,
		ExtraConfig: cors.ExtraConfig{
			// An origin is named by hand, one by one; a team on a trusted network may well have no TLS.
			DangerouslyTolerateInsecureOrigins: true,
		},
	}
}
