package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jub0bs/cors"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
)

// Options are what the API is made of.
type Options struct {
	Rooms   *room.Rooms
	Streams *stream.Streams
	Site    Site         // the page: everything that is not the API
	Ready   func() error // nil while the store can take writes
	// Reachable returns what links to this server start with on other machines; nil: others cannot reach it.
	Reachable func() []string
	Live      func() error // an error when the store has been failing for so long that a restart is due; nil: that is never said

	// NearlyFull says whether the log is, for the metrics; nil: it never is.
	NearlyFull func() bool
	// ClusterState is how this node stands among several, for the metrics; nil: it is alone.
	ClusterState func() eventlog.ClusterState

	Clock  clock.Clock  // default the machine's
	Logger *slog.Logger // default slog.Default

	AuthOpen          bool           // look at no credential
	Rate              Rate           // of creating, joining and failed credentials, each by address
	StreamsPerAddress int            // how many streams one address may have open; 0 is no limit
	TrustedProxies    []netip.Prefix // whose X-Forwarded headers are believed
	CORS              cors.Config    // which other origins' pages may call; no Origins: none
	PublicURL         string         // what join_url starts with; empty: the request's own host
	AllowedHosts      []string       // by which the server may be asked besides the host of PublicURL, with or without a port; both empty: by any
	MetricsToken      string         // what reading the metrics takes, as a bearer token; empty: nothing
	MetricsElsewhere  bool           // the metrics are served by Metrics on a listener of their own, and not with everything else
	Version           string
}

// API serves every call of the contract. Make one with New.
type API struct {
	Options
	huma         huma.API
	routes       *routes
	rates        *rates
	metrics      *metrics
	handler      http.Handler
	hosts        []string // see hostsOf
	crossSite    *crossSite
	streamPlaces *places
	hereRates    *rates
	backlog      *backlog
	hasher       *hasher
	files        *fileWork
	advice       advice
	public       *url.URL // PublicURL; its zero value if there is none
	date         date
	debug        bool // each request is logged
}

// New builds the API. The error says which option does not fit.
func New(o Options) (*API, error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	a := &API{Options: o, backlog: newBacklog(), hasher: newHasher(), files: newFileWork(), hosts: hostsOf(o), streamPlaces: newPlaces(o.StreamsPerAddress), rates: newRates(o.Rate, o.Clock), hereRates: newRates(hereRate(o.StreamsPerAddress), o.Clock), metrics: newMetrics(o)}
	a.public = publicOf(o)
	a.routes = newRoutes(a)
	a.register()
	a.documentEvents()
	a.documentNulls()
	a.documentFiles()
	a.routes.seal()
	var err error
	if a.crossSite, err = newCrossSite(o); err != nil {
		return nil, err
	}
	if a.handler, err = a.guarded(a.routes); err != nil {
		return nil, err
	}
	a.debug = a.Logger.Enabled(context.Background(), slog.LevelDebug)
	return a, nil
}
