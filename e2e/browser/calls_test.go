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

// asked is how often the page has asked the server for its own card.
func (p *person) asked() int {
	p.t.Helper()
	return eval[int](p, `performance.getEntriesByType('resource').filter((e) => /\/round\b/.test(e.name)).length`)
}

func TestOwnCardIsAskedForOnlyWhenItMayHaveChanged(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah").patient()
	path := p.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	p.click("button|Start voting")
	p.click(".hand [data-card='8']")
	p.holds("8")
	for _, card := range []string{"3", "5"} {
		g.vote(card)
		p.sees("2 of 2 have voted")
		g.do("POST", "/extend", nil)
		g.do("DELETE", "/vote", nil)
		p.sees("1 of 2 has voted")
	}
	if n := p.asked(); n != 0 {
		t.Errorf("the page asked %d times for a card that only it can have changed", n)
	}
	other := p.another().patient()
	other.visit(path)
	other.seesLive()
	other.click(".hand [data-card='3']")
	p.holds("3")
	if n := p.asked(); n != 1 {
		t.Errorf("the page asked %d times after one vote of another tab", n)
	}
}
