package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
)

// Settings are the flags of the command that runs the server, as text; [Settings.Config] checks and converts them. The order is the one of --help.
type Settings struct {
	Listening
	TLSKey         setting `name:"tls-key" group:"Listening" placeholder:"FILE" help:"PEM file with the certificate's private key."`
	PublicURL      setting `name:"public-url" group:"Listening" placeholder:"URL" help:"What links to a session start with. Default: the host each request was sent to."`
	AllowedHosts   setting `group:"Listening" placeholder:"HOST,..." help:"Hosts, with or without a port, by which the server may be asked, besides the one of PUBLIC_URL and IP addresses; others get 421. Default, without PUBLIC_URL: any."`
	TrustedProxies setting `group:"Listening" default:"127.0.0.0/8,::1/128" placeholder:"CIDR,..." help:"Proxies whose X-Forwarded-For, -Proto and -Host are believed."`
	Debug          toggle  `group:"Listening" default:"false" help:"Log more; never a secret or a hidden vote."`

	MaxSessions            setting `group:"Sessions" default:"3" placeholder:"N" help:"Sessions at once. 0: no limit."`
	MaxUsersPerSession     setting `group:"Sessions" default:"16" placeholder:"N" help:"Participants in a session. 0: no limit."`
	SessionTimeoutMinutes  setting `group:"Sessions" default:"10" placeholder:"MINUTES" help:"A session expires this long after its last activity. Fractions are fine."`
	CleanupIntervalSeconds setting `group:"Sessions" default:"120" placeholder:"SECONDS" help:"An expired session's storage is freed within this time."`
	GracePeriodSeconds     setting `group:"Sessions" default:"300" placeholder:"SECONDS" help:"A Scrum Master who drops keeps the role for this long."`

	KeepEndedHours setting `group:"Sessions" default:"24" placeholder:"HOURS" help:"What came of an ended session can be read for this long. 0: not at all."`

	DataDir setting `group:"Storage" default:"data" placeholder:"FOLDER" help:"Where sessions are kept. memory: nowhere, a restart forgets them."`
	Sync    setting `group:"Storage" default:"1s" placeholder:"DURATION" help:"How long an acknowledged command may wait for the disk: what a power cut can cost. always: nothing."`

	Auth      setting `group:"Protection" default:"required" placeholder:"MODE" help:"required: acting as somebody takes their credential. open: anyone may act as anyone."`
	RateLimit setting `group:"Protection" default:"120/m" placeholder:"N/s|N/m|N/h|off" help:"Creating, joining and failed credentials, each by address, with bursts of that number."`

	CommandRate           setting `group:"Protection" default:"20/s" placeholder:"N/s|N/m|N/h|off" help:"Commands of each participant, with bursts of three times that number."`
	StreamsPerAddress     setting `group:"Protection" default:"500" placeholder:"N" help:"Open streams of each address. 0: no limit."`
	ConnectionsPerAddress setting `group:"Protection" default:"1000" placeholder:"N" help:"Open connections of each address. 0: no limit."`
	MetricsToken          setting `group:"Protection" placeholder:"SECRET" help:"Bearer token that reading /metrics takes. Default: none."`
	MetricsListen         setting `group:"Protection" placeholder:"HOST:PORT" help:"Serve /metrics here, and not where the rest is."`

	CORSOrigins     setting `name:"cors-origins" group:"Pages on other origins" default:"http://localhost:5173" placeholder:"ORIGIN,..." help:"Origins whose pages may call. *: all, without credentials, and to change anything only with a token."`
	CORSCredentials toggle  `name:"cors-credentials" group:"Pages on other origins" default:"true" help:"Whether those pages may send cookies; --cors-credentials=false if not."`
	CORSMethods     setting `name:"cors-methods" group:"Pages on other origins" default:"GET,POST,DELETE" placeholder:"METHOD,..." help:"Methods those pages may use."`
	CORSHeaders     setting `name:"cors-headers" group:"Pages on other origins" default:"*" placeholder:"NAME,..." help:"Request headers those pages may send. *: all."`

	ClusterName       setting `group:"Many machines" placeholder:"NAME" help:"Name of the cluster, the same on every node. With it, this server is one of at least three."`
	ClusterListen     setting `group:"Many machines" placeholder:"HOST:PORT" help:"Where the other nodes reach this one."`
	ClusterPeers      setting `group:"Many machines" placeholder:"HOST:PORT,..." help:"All nodes; this one may be among them."`
	ClusterSecret     setting `group:"Many machines" placeholder:"SECRET" help:"What the nodes prove to each other: 16 characters or more, the same on every node."`
	ClusterSecretFile setting `group:"Many machines" placeholder:"FILE" help:"A file with that secret, instead."`
	ClusterCert       setting `group:"Many machines" placeholder:"FILE" help:"PEM file with this node's certificate, for links by TLS."`
	ClusterKey        setting `group:"Many machines" placeholder:"FILE" help:"PEM file with the certificate's private key."`
	ClusterCA         setting `name:"cluster-ca" group:"Many machines" placeholder:"FILE" help:"PEM file with the authority that has signed every node's certificate."`
	ClusterInsecure   toggle  `group:"Many machines" default:"false" help:"Let links without TLS leave this machine."`
	NATSURL           setting `name:"nats-url" group:"Many machines" placeholder:"URL,..." help:"An existing NATS with JetStream, to keep sessions in instead of in this server. Not beside CLUSTER_NAME."`
	NATSCredentials   setting `name:"nats-credentials" group:"Many machines" placeholder:"FILE" help:"A file with a user's credentials for it."`
	NATSCA            setting `name:"nats-ca" group:"Many machines" placeholder:"FILE" help:"PEM file that proves who it is, besides the system's authorities."`
}

// Listening are those of the settings that say where the server is, for commands that ask it.
type Listening struct {
	Host    setting `group:"Listening" default:"0.0.0.0" placeholder:"ADDRESS" help:"Address to listen on."`
	Port    setting `group:"Listening" default:"8000" placeholder:"N" help:"Port to listen on. 0: any free one."`
	TLSCert setting `name:"tls-cert" group:"Listening" placeholder:"FILE" help:"PEM file with the certificate and its chain; with it the server speaks HTTPS. Read again when it changes."`
}

// LocalURL is the address by which programs on the same machine reach a server that listens there. The error names the setting that does not say it.
func (l Listening) LocalURL() (*url.URL, error) {
	var r reader
	host, port := r.host("HOST", l.Host), r.port("PORT", l.Port)
	if err := errors.Join(r.problems...); err != nil {
		return nil, err
	}
	if port == 0 {
		return nil, errors.New("PORT: 0 does not say where the server listens")
	}
	switch host { // all addresses, of which one is this machine's own
	case netip.IPv4Unspecified().String():
		host = "127.0.0.1"
	case netip.IPv6Unspecified().String():
		host = netip.IPv6Loopback().String()
	}
	u := &url.URL{Scheme: "http", Host: net.JoinHostPort(host, strconv.Itoa(port))}
	if l.TLSCert != "" {
		u.Scheme = "https"
	}
	return u, nil
}

// Config checks every setting. The error has one line for each that cannot be used; it names the environment variable, however the
// value came, and what would be accepted.
func (s Settings) Config() (Config, error) {
	var r reader
	c := Config{
		Host:                  r.host("HOST", s.Host),
		Port:                  r.port("PORT", s.Port),
		TLSCert:               string(s.TLSCert),
		TLSKey:                string(s.TLSKey),
		PublicURL:             r.publicURL("PUBLIC_URL", s.PublicURL),
		AllowedHosts:          r.hosts("ALLOWED_HOSTS", s.AllowedHosts),
		TrustedProxies:        r.prefixes("TRUSTED_PROXIES", s.TrustedProxies),
		Debug:                 r.boolean("DEBUG", s.Debug),
		MaxSessions:           r.limit("MAX_SESSIONS", s.MaxSessions),
		MaxUsersPerSession:    r.limit("MAX_USERS_PER_SESSION", s.MaxUsersPerSession),
		SessionTimeout:        r.minutes("SESSION_TIMEOUT_MINUTES", s.SessionTimeoutMinutes),
		CleanupInterval:       r.seconds("CLEANUP_INTERVAL_SECONDS", s.CleanupIntervalSeconds),
		GracePeriod:           r.seconds("GRACE_PERIOD_SECONDS", s.GracePeriodSeconds),
		KeepEnded:             r.hoursOrNone("KEEP_ENDED_HOURS", s.KeepEndedHours),
		DataDir:               string(s.DataDir),
		Sync:                  r.sync("SYNC", s.Sync),
		AuthOpen:              r.choice("AUTH", s.Auth, "required", "open") == "open",
		RateLimit:             r.rateLimit("RATE_LIMIT", s.RateLimit),
		CommandRate:           r.rateLimit("COMMAND_RATE", s.CommandRate),
		StreamsPerAddress:     r.limit("STREAMS_PER_ADDRESS", s.StreamsPerAddress),
		ConnectionsPerAddress: r.limit("CONNECTIONS_PER_ADDRESS", s.ConnectionsPerAddress),
		MetricsToken:          r.token("METRICS_TOKEN", s.MetricsToken),
		MetricsListen:         r.listenAddress("METRICS_LISTEN", s.MetricsListen),
		CORSOrigins:           r.list("CORS_ORIGINS", s.CORSOrigins),
		CORSCredentials:       r.boolean("CORS_CREDENTIALS", s.CORSCredentials),
		CORSMethods:           upper(r.list("CORS_METHODS", s.CORSMethods)),
		CORSHeaders:           r.list("CORS_HEADERS", s.CORSHeaders),
	}
	r.checkTLS(c)
	r.checkCORS(c)
	c.Cluster = r.cluster(s)
	c.NATS = r.nats(s)
	if err := errors.Join(r.problems...); err != nil {
		return Config{}, err
	}
	return c, nil
}

// checkTLS asks for both files or none: whoever named one wants TLS, and must not get a server without it.
func (r *reader) checkTLS(c Config) {
	switch {
	case c.TLSCert != "" && c.TLSKey == "":
		r.fail("TLS_CERT", "needs TLS_KEY beside it, the file with the certificate's private key")
	case c.TLSKey != "" && c.TLSCert == "":
		r.fail("TLS_KEY", "needs TLS_CERT beside it, the file with the certificate that the key belongs to")
	}
}
