// Package conns bounds how many connections a server has open: for each address, and in all, because each is one of the files that a process may have open, and the store needs some of
// them.
//
// Where a bound is reached, a new connection takes the place of the one that has been idle for the longest: kept alive, or opened, without a request under way. Streams are not idle. If
// none is idle, the new connection is closed. So an address that opens as many as it can closes its own first, and never a stream or what somebody waits for.
//
// Of IPv6 a /64 is one address, because a single host has all of it. An address that many people share, as that of a proxy, is bounded by the bound in all only. Any other may have half
// of all at most: one address alone cannot use them up.
//
// A Bound wraps a listener and learns from net/http what its connections do (http.Server.ConnState). It has no goroutine.
package conns
