package browser_test

import "testing"

// helped is a table with Sarah as Scrum Master, Mike as a facilitator and Lisa, all before a page, and some stories.
func helped(t *testing.T, titles ...string) (sarah, mike, lisa *person, path string) {
	t.Helper()
	t.Parallel()
	s := serve(t, "GRACE_PERIOD_SECONDS=1800")
	sarah, mike, lisa = s.person("Sarah"), s.person("Mike"), s.person("Lisa")
	g := s.settled("Checkout squad", "Sarah", nil)
	sarah.sits(g)
	if len(titles) > 0 {
		g.lists(titled(titles...)...)
	}
	path = "/session/" + g.session
	mike.settles(path, "bear")
	lisa.settles(path, "fox")
	sarah.click(".seat|Mike")
	sarah.click("dialog button|Make facilitator")
	for _, p := range []*person{sarah, mike, lisa} {
		p.sight(".seat|Facilitator")
	}
	sarah.closes()
	return sarah, mike, lisa, path
}

// lay lets everybody lay the same card.
func lay(card string, people ...*person) {
	for _, p := range people {
		p.t.Helper()
		p.click(".hand [data-card='" + card + "']")
		p.holds(card)
	}
}

func TestFacilitatorLeadsFromStoryToStory(t *testing.T) {
	sarah, mike, lisa, _ := helped(t, "Pay by invoice", "Empty basket", "Refund in part")
	mike.presses("n")
	mike.sight(".topic|Pay by invoice")
	lay("5", sarah, mike, lisa)
	mike.presses("r")
	mike.sight("#results")
	mike.presses("a")
	mike.sight(".offer|Next: Empty basket")
	mike.click("button|Next story")
	lisa.sight(".topic|Empty basket")
	lay("8", sarah, mike, lisa)
	mike.presses("r")
	mike.sight("#results")
	mike.presses("n") // accepts, and goes on
	for _, p := range []*person{sarah, mike, lisa} {
		p.sight(".topic|Refund in part")
		p.wait(`[...document.querySelectorAll('li.story.estimated b')].map((e) => e.lastChild.textContent).join() === '5,8'`)
	}
	lisa.presses("n")
	lisa.presses("r")
	mike.presses("?")
	mike.sees("Scrum Master and facilitators")
	mike.closes()
	lisa.sees("0 of 3 have voted")
}

func TestFacilitatorIsNamedWhileTheScrumMasterIsAway(t *testing.T) {
	sarah, mike, lisa, _ := helped(t)
	lisa.sees("Sarah starts the first round.")
	sarah.click("header .brand")
	sarah.sees("Your seat stays yours")
	if eval[bool](sarah, says("The session pauses")) {
		t.Error("Sarah reads that the session pauses, which it does not while a facilitator is there")
	}
	sarah.click("dialog button|To the start page")
	sarah.sight("a|Back to Checkout squad")
	lisa.sight(".place.away .crown")
	lisa.sees("Mike starts the first round.")
	mike.presses("n")
	mike.sees("0 of 2 have voted")
	mike.presses("r")
	lisa.sees("Mike goes on when everybody is ready.")
}

func TestWhoMayStartAndNotAcceptIsAskedBeforeAResultIsLost(t *testing.T) {
	sarah, mike, lisa, _ := helped(t, "Pay by invoice", "Empty basket")
	sarah.runs("Session settings")
	sarah.click("[name=everyone_may][value=start]")
	sarah.click("button|Save")
	sarah.gone("dialog")
	lisa.sight("button|Start voting")
	lisa.presses("n")
	lisa.sight(".topic|Pay by invoice")
	lay("5", sarah, mike, lisa)
	sarah.presses("r")
	lisa.sight("#results")
	lisa.presses("n")
	lisa.sees("Vote on this again?")
	lisa.closes()
	sarah.sight("button|Accept 5")
}
