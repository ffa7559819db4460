package httpapi

import (
	"context"
	"net/netip"
	"strings"
)

// Addresses is the answer of addresses.
type Addresses struct {
	Addresses []string `json:"addresses" doc:"What a link to this server starts with on another machine, the likeliest first; none if others cannot reach it."`
}

// addresses tells somebody at this machine by which addresses others reach it. For everybody else there is no such path: what networks a machine is on is nobody's business.
func (a *API) addresses(ctx context.Context, _ *struct{}) (*answer[Addresses], error) {
	if !callerOf(ctx).isHere() {
		return nil, pathNotFound()
	}
	found := []string{}
	if a.Reachable != nil {
		found = append(found, a.Reachable()...)
	}
	return &answer[Addresses]{Body: Addresses{Addresses: found}}, nil
}

// isHere reports whether the client sits at this machine, as far as is known. A proxy that says nothing of its clients is at this machine too, but they need not be. And a page of
// another site, whose name has come to lead here, is run by a browser at this machine; but it names itself as the host.
func (x *exchange) isHere() bool {
	return x.address().IsLoopback() && isLoopback(x.host) && !setsNothing(x.proof.request)
}

// isLoopback reports whether a host, maybe with a port, can only be this machine.
func isLoopback(host string) bool {
	name, _ := splitHost(host)
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	addr, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && addr.Unmap().IsLoopback()
}
