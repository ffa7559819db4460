package browser_test

import "testing"

func TestAddressThatIsNoTextIsAnUnknownSession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	p.pardon("404")
	p.visit("/session/%ff")
	p.sight("[data-ending=unknown]")
	p.inspect("undecodable")
}
