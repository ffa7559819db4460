package browser_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// quoted is a text as the page's scripts write it.
func quoted(text string) string { return strconv.Quote(text) }

func TestJoinPageProposesAFreeFace(t *testing.T) {
	t.Parallel()
	s := serve(t)
	faces := []string{"bear", "rabbit", "dog", "fox", "panda", "owl", "frog", "koala", "pig", "mouse", "lion", "penguin", "hedgehog", "monkey", "octopus"}
	master := s.create("Checkout squad", "Mike", "cat")
	for i, face := range faces[:14] {
		s.join(master.session, fmt.Sprintf("Guest %d", i), face)
	}
	for _, known := range []bool{false, true} {
		p := s.person("Sarah")
		p.visit("/")
		if known {
			eval[any](p, `localStorage.setItem('magnapp.me', JSON.stringify({ name: 'Sarah', avatar: 'cat', saved: Date.now() })), null`)
		}
		p.visit("/session/" + master.session)
		p.wait(`document.querySelector('.facelist input:checked')?.value === 'octopus'`)
		if !known {
			continue
		}
		p.click("button|Join as Sarah")
		p.sight(".place.me")
		p.wait(`JSON.parse(localStorage.getItem('magnapp.me')).avatar === 'cat'`)
	}
}

func TestFormErrorsNameTheirField(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	wrong := func(field, says string) {
		t.Helper()
		p.sees(says)
		p.wait(`(() => { const e = document.getElementById(` + quoted(field) + `); return document.activeElement === e && e.getAttribute('aria-invalid') === 'true' && document.getElementById(e.getAttribute('aria-describedby')).innerText.includes(` + quoted(says) + `) })()`)
		if n := eval[int](p, `document.querySelectorAll('[aria-invalid=true]').length`); n != 1 {
			t.Errorf("%d fields are marked, want one", n)
		}
	}
	p.visit("/")
	p.click("button|Start session")
	wrong("session-name", "Session name: please enter")
	p.inspect("form-error")
	p.presses("Checkout squad")
	p.click("button|Start session")
	wrong("me-name", "Your name: please enter")
	p.pardon("422")
	invisible := func(field string) { // only the server knows which signs can be seen
		t.Helper()
		eval[any](p, `((e) => { e.value = '\u200b'; e.dispatchEvent(new Event('input', { bubbles: true })) })(document.getElementById(`+quoted(field)+`)), null`)
		p.click("button|Start session")
	}
	invisible("me-name")
	wrong("me-name", "Your name: it needs")
	p.types("#me-name", "Sarah")
	invisible("session-name")
	wrong("session-name", "Session name: it needs")
	p.types("#session-name", "Checkout squad")
	p.presses(kb.Enter)
	p.sight(".place.me")
}

func TestOwnNameAndFaceAreChangedWhileSeated(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike := s.person("Sarah"), s.person("Mike")
	path := sarah.settles("Checkout squad", "cat")
	mike.settles(path, "bear")
	mike.click(".place.me .seat")
	mike.click("dialog button|Change name and face")
	mike.wait(`document.getElementById('me-name')?.value === 'Mike' && document.querySelector('.facelist input:checked').value === 'bear'`)
	mike.inspect("dialog-profile")
	mike.types("#me-name", " ")
	mike.click("dialog button|Save")
	mike.sees("Your name: please enter")
	mike.types("#me-name", "Michael")
	mike.click("dialog .facelist [value=owl]")
	mike.click("dialog button|Save")
	mike.gone("dialog")
	sarah.sees("Michael")
	mike.wait(`JSON.parse(localStorage.getItem('magnapp.me')).name === 'Michael'`)
	sarah.click("header button[aria-label=Menu]")
	sarah.click("dialog button|Change name and face")
	sarah.sight("#me-name")
}

// counter counts what a person's hands do.
type counter struct {
	*person
	clicks, keys int
}

func (c *counter) clicks1(selector string) { c.t.Helper(); c.click(selector); c.clicks++ }

// keys1 presses keys wherever the focus is.
func (c *counter) keys1(keys ...string) {
	c.t.Helper()
	c.presses(keys...)
	for _, k := range keys {
		c.keys += len([]rune(k))
	}
}

// TestMeetingOfTwentyStories plays a meeting as a Scrum Master with a mouse does who types the topics: two of the twenty stories are voted on twice. It counts clicks and keys.
func TestMeetingOfTwentyStories(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	guests := s.fill(path, 8)
	p.wait(`document.querySelectorAll('.place').length === 9`)
	sm := &counter{person: p}
	sm.clicks1("#topic")
	typed := 0
	for i := range 20 {
		topic := fmt.Sprintf("Story %d", i+1)
		p.wait(`document.activeElement.id === 'topic'`) // without a click
		sm.keys1(topic, kb.Enter)
		typed += len(topic)
		p.sees(topic)
		vote := func(theirs string) {
			t.Helper()
			p.sees("0 of 9 have voted")
			for _, g := range guests {
				g.vote(theirs)
			}
			sm.keys1("5")
			p.sees("9 of 9 have voted")
			sm.clicks1("button|Reveal cards")
			p.sight("#results")
		}
		if i%10 == 9 {
			vote("21")
			sm.clicks1("button|Vote again")
		}
		vote("5")
		sm.clicks1("button|Accept 5")
		p.wait(fmt.Sprintf(`document.querySelectorAll('.past ol > li').length === %d`, i+1))
	}
	t.Logf("a meeting of 20 stories, two of them voted on twice: %d clicks, and %d keys of which %d are the topics", sm.clicks, sm.keys, typed)
	if sm.clicks > 45 {
		t.Errorf("the Scrum Master clicked %d times, want 45 at most", sm.clicks)
	}
	p.wait(`[...document.querySelectorAll('.past .result b')].every((b) => b.innerText === '5')`)
}

// TestMeetingByTheKeyboardAlone plays one without a single click.
func TestMeetingByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.person("Sarah")
	path := p.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	p.sees("2 people are at the table.")
	p.tabTo("#topic")
	for i := range 3 {
		p.wait(`document.activeElement.id === 'topic'`)
		p.presses(fmt.Sprintf("Story %d", i+1), kb.Enter)
		p.sees("0 of 2 have voted")
		g.vote("5")
		p.presses("5")
		p.sees("2 of 2 have voted")
		p.presses("r")
		p.sight("#results")
		p.presses("a")
		p.wait(fmt.Sprintf(`document.querySelectorAll('.past ol > li').length === %d`, i+1))
	}
}
