//go:build !unix

package browser_test

// freeze leaves the test out: a process cannot be stopped for a while here.
func (s *server) freeze() { s.t.Skip("no process can be stopped for a while on this system") }

func (s *server) thaw() {}
