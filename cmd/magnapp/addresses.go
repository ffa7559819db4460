package main

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// reachable returns how others on the network reach what listens there: scheme, address and port. None if it listens only for this machine. Networks come and go, so it asks each time.
func reachable(listening net.Addr, tls bool) []string {
	tcp, ok := listening.(*net.TCPAddr)
	if !ok {
		return nil
	}
	scheme := "http://"
	if tls {
		scheme = "https://"
	}
	var urls []string
	for _, addr := range reachableAt(tcp.AddrPort().Addr().Unmap(), interfaceAddresses) {
		urls = append(urls, scheme+net.JoinHostPort(addr.String(), strconv.Itoa(tcp.Port)))
	}
	return urls
}

// reachableAt are the addresses of this machine that lead to the one that is listened on, IPv4 first. The unspecified address of IPv6 takes IPv4, too; that of IPv4 takes nothing else.
func reachableAt(listening netip.Addr, own func() []netip.Addr) []netip.Addr {
	if !listening.IsUnspecified() {
		return slices.DeleteFunc([]netip.Addr{listening}, isOnlyHere)
	}
	addrs := slices.DeleteFunc(own(), func(a netip.Addr) bool { return isOnlyHere(a) || listening.Is4() && !a.Is4() })
	slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return slices.Compact(addrs)
}

// isOnlyHere reports whether an address leads nowhere from other machines, or only with the name of one of their own interfaces beside it.
func isOnlyHere(a netip.Addr) bool { return !a.IsGlobalUnicast() || a.Zone() != "" }

// interfaceAddresses are the addresses of the network interfaces that are up and have a line, in the system's order.
func interfaceAddresses() []netip.Addr {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil // not known; a page then offers none
	}
	var all []netip.Addr
	for _, i := range interfaces {
		if i.Flags&(net.FlagUp|net.FlagRunning) != net.FlagUp|net.FlagRunning {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue // it has just gone
		}
		for _, addr := range addrs {
			if prefix, err := netip.ParsePrefix(addr.String()); err == nil {
				all = append(all, prefix.Addr().Unmap())
			}
		}
	}
	return all
}
