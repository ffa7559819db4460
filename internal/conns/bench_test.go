package conns

import (
	"net"
	"net/http"
	"testing"
)

// BenchmarkRequest is what a request on a kept connection costs, among many.
func BenchmarkRequest(b *testing.B) {
	bound := New(Options{PerAddress: 1000, InAll: 20_000})
	var all []*conn
	for range 1000 {
		_, server := net.Pipe()
		all = append(all, bound.admit(server))
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			c := all[i%len(all)]
			bound.State(c, http.StateActive)
			bound.State(c, http.StateIdle)
		}
	})
}
