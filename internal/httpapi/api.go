package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jub0bs/cors"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
)

// Options are what the API is made of.
type Options struct {
	Rooms   *room.Rooms
	Streams *stream.Streams
	Site    http.Handler // the page: everything that is not the API
	Ready   func() error // nil while the store can take writes

	Clock  clock.Clock  // default the machine's
	Logger *slog.Logger // default slog.Default

	AuthOpen       bool           // look at no credential
	Rate           Rate           // of creating, joining and failed credentials, each by address
	TrustedProxies []netip.Prefix // whose X-Forwarded headers are believed
	CORS           cors.Config    // which other origins' pages may call; no Origins: none
	PublicURL      string         // what join_url starts with; empty: the request's own host
	Version        string
}

// API serves every call of the contract. Make one with New.
type API struct {
	Options
	huma    huma.API
	routes  *routes
	rates   *rates
	metrics *metrics
	handler http.Handler
	debug   bool // each request is logged
}

// New builds the API. The error says which option does not fit.
func New(o Options) (*API, error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	a := &API{Options: o, rates: newRates(o.Rate, o.Clock), metrics: newMetrics(o.Rooms, o.Streams)}
	a.routes = newRoutes(a)
	a.register()
	a.documentNulls()
	a.routes.seal()
	var err error
	if a.handler, err = a.crossOrigin(a.routes); err != nil {
		return nil, fmt.Errorf("cross-origin rules: %w", err)
	}
	a.debug = a.Logger.Enabled(context.Background(), slog.LevelDebug)
	return a, nil
}
