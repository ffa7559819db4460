package main

import (
	"log/slog"

	"github.com/magnapp/magnapp/internal/config"
	"github.com/magnapp/magnapp/internal/conns"
)

// fewConnections is a number that a busy server may well need more of. It takes about 2,300 open files.
const fewConnections = 2000

// boundConnections bounds what is open at once: for each address as configured, and in all by what the limit of open files leaves beside what the store needs. Trusted proxies share
// their address among many people, so only the second bound is for them.
func boundConnections(c config.Config, logger *slog.Logger) *conns.Bound {
	files, err := conns.RaiseFiles()
	if err != nil {
		logger.Warn("connections are not bounded in all", "error", err)
	}
	inAll := conns.InAll(files)
	if inAll > 0 && inAll < fewConnections {
		logger.Warn("the limit of open files is low: raise it (ulimit -n, LimitNOFILE)", "files", files, "connections", inAll)
	}
	return conns.New(conns.Options{PerAddress: c.ConnectionsPerAddress, InAll: inAll, Shared: c.TrustedProxies, Logger: logger})
}
