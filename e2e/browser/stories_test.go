package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// story is a story as the API has it.
type story struct {
	ID       string  `json:"id,omitempty"`
	Key      string  `json:"key,omitempty"`
	Title    string  `json:"title"`
	Status   string  `json:"status,omitempty"`
	Estimate *string `json:"estimate,omitempty"`
	Version  int     `json:"version,omitempty"`
}

// lists adds stories by the API, and returns what the list is then.
func (g guest) lists(stories ...map[string]any) []story {
	g.s.t.Helper()
	g.do("POST", "/stories", map[string]any{"stories": stories})
	return g.stories()
}

// stories is the list as the server has it.
func (g guest) stories() []story {
	g.s.t.Helper()
	var list struct{ Stories []story }
	if status := g.s.call("GET", "/api/sessions/"+g.session+"/stories?user_id="+g.id, g.token, nil, &list); status != http.StatusOK {
		g.s.t.Fatalf("the stories: status %d", status)
	}
	return list.Stories
}

// titled are stories of these titles, with a key and a description each.
func titled(titles ...string) (stories []map[string]any) {
	for i, title := range titles {
		stories = append(stories, map[string]any{"key": fmt.Sprint("PAY-", i+1), "title": title, "description": "About " + title + "."})
	}
	return stories
}

// meets opens a session with Sarah in a browser as Scrum Master, a guest and a facilitator who can do by the API what she can.
func meets(t *testing.T, titles ...string) (s *server, p *person, helper guest) {
	t.Helper()
	s, p, helper = meetsWith(t)
	if len(titles) > 0 {
		helper.lists(titled(titles...)...)
		p.wait(fmt.Sprintf(`document.querySelectorAll('.story').length === %d`, len(titles)))
	}
	return s, p, helper
}

// meetsWith is the same without stories, on a server with such settings.
func meetsWith(t *testing.T, settings ...string) (s *server, p *person, helper guest) {
	t.Helper()
	s, p, guests := table(t, []string{"Mike"}, settings...)
	helper = guests[0]
	eval[any](p, `(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.' + location.pathname.slice(9))).user
		const answer = await fetch('/api/sessions/' + location.pathname.slice(9) + '/facilitators/`+helper.id+`?user_id=' + me, { method: 'POST' }); if (!answer.ok) throw new Error(answer.status) })()`)
	return s, p, helper
}

// seesStories waits until the list has these titles, in this order.
func (p *person) seesStories(titles ...string) {
	p.t.Helper()
	want, _ := json.Marshal(titles)
	p.wait(`JSON.stringify([...document.querySelectorAll('.story .what > bdi')].map((e) => e.innerText)) === ` + string(mustQuote(string(want))))
}

func mustQuote(s string) []byte {
	q, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return q
}

// focused is the title of the story whose row has the focus.
const focused = `document.activeElement?.closest('.story')?.querySelector('.what > bdi')?.innerText`

func TestStoriesArePastedAndVotedOnOneAfterTheOther(t *testing.T) {
	s, p, helper := meets(t)
	p.click("header button[aria-label='Add stories']")
	p.types("#new-stories", "x")
	eval[any](p, `(() => { const f = document.getElementById('new-stories'); f.value = 'PAY-1\tPay by invoice\n\n- Empty basket\nRefund in part'; f.dispatchEvent(new InputEvent('input', { bubbles: true })) })(), null`)
	p.inspect("stories-add")
	p.click("dialog button|Add 3 stories")
	p.seesStories("Pay by invoice", "Empty basket", "Refund in part")
	p.inspect("stories-waiting")
	lisa := s.person("Lisa")
	lisa.settles("/session/"+helper.session, "fox")
	lisa.seesStories("Pay by invoice", "Empty basket", "Refund in part")
	lisa.gone(".stories .handle")
	lisa.gone(".stories .go")

	for i, title := range []string{"Pay by invoice", "Empty basket", "Refund in part"} {
		p.presses("n")
		p.sight(".story.voting|" + title)
		lisa.sight(".centre .topic|" + title)
		helper.vote("5")
		p.presses("5")
		p.holds("5")
		p.presses("r")
		p.sight("#results")
		if i == 0 {
			p.presses("a") // accepts, and offers the next one
			p.sight(".offer|Next: Empty basket")
			p.inspect("stories-offered")
			lisa.sight(".story.estimated|Pay by invoice")
		}
	}
	p.presses("a")
	p.wait(`document.querySelectorAll('.story.estimated').length === 3`)
	lisa.wait(`document.querySelectorAll('.story.estimated').length === 3`)
	p.sight("#topic") // nothing is left to do: a round may be about anything again
	for _, st := range helper.stories() {
		if st.Estimate == nil || *st.Estimate != "5" {
			t.Errorf("%s has %v", st.Title, st.Estimate)
		}
	}
	p.inspect("stories-done")
}

func TestWorkOnStoriesLeavesTheRoundAlone(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "Empty basket", "Refund in part")
	p.click(".story .go") // one click starts
	p.sight(".story.voting|Pay by invoice")
	helper.vote("8")
	p.presses("5")
	p.holds("5")
	round := func() string {
		return eval[string](p, `(async () => { const r = await (await fetch('/api/sessions/' + location.pathname.slice(9) + '/round')).json(); return r.id + r.started_at + Object.values(r.votes).map((v) => v.submitted_at).sort() })()`)
	}
	before := round()

	p.click(".story .open|Refund in part")
	p.sees("About Refund in part.")
	p.click("dialog button|Edit")
	p.types("#story-title", "Refund in full")
	p.click("dialog button|Save")
	p.sight("dialog h2|Refund in full")
	p.click("dialog button|Move up")
	p.seesStories("Pay by invoice", "Refund in full", "Empty basket")
	p.click("dialog button|Set aside")
	p.sight(".story.skipped|Refund in full")
	p.click("dialog button|Back to do")
	p.gone(".story.skipped")
	p.click("dialog button|Vote on this next")
	p.gone("dialog")
	p.sight(".story.next-up|Refund in full")
	p.click(".story:last-child .go")
	p.sight(".story.next-up|Empty basket")

	p.click(".story.voting .open")
	p.click("dialog button|Remove")
	p.click("dialog button.danger|Remove")
	p.pardon("409")
	p.sees("Accept an estimate for it first")
	p.shoot("stories-refused")
	p.presses("\x1b")
	p.gone("dialog")

	if got := round(); got != before {
		t.Errorf("the round was %s, and is %s", before, got)
	}
	p.holds("5")
	p.presses("r")
	p.sight("#results")
	p.presses("a")
	p.sight(".offer|Next: Empty basket")
	p.presses("n")
	p.sight(".story.voting|Empty basket")
	p.click(".story .open|Refund in full")
	p.click("dialog button|Remove")
	p.inspect("story-remove")
	p.click("dialog button.danger|Remove")
	p.sight("dialog .sheeted")
	p.seesStories("Pay by invoice", "Empty basket")
}

func TestTwoWhoEditAStoryLoseNothing(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "Empty basket")
	p.pardon("409")
	first := helper.stories()[0]
	p.click(".story .open|Pay by invoice")
	p.click("dialog button|Edit")
	p.types("#story-title", "Pay by bill")
	helper.do("POST", "/stories/"+first.ID, map[string]any{"title": "Pay by purchase order", "description": "With a number."})
	p.sight(".story|Pay by purchase order")
	if got := eval[string](p, `document.getElementById('story-title').value`); got != "Pay by bill" {
		t.Errorf("what was typed is %q now", got)
	}
	p.click("dialog button|Save")
	p.sees("Now: Pay by purchase order")
	p.sees("Now: With a number.")
	p.inspect("story-conflict")
	if got := eval[string](p, `document.getElementById('story-title').value`); got != "Pay by bill" {
		t.Errorf("after the refusal what was typed is %q", got)
	}
	p.click("dialog button|Save mine")
	p.sight("dialog h2|Pay by bill")
	p.sees("With a number.") // what she did not touch is the other's

	p.click("dialog button|Edit")
	p.types("#story-title", "Third name")
	helper.do("POST", "/stories/"+first.ID, map[string]any{"title": "Fourth name"})
	p.click("dialog button|Save")
	p.click("dialog button|Take theirs")
	p.wait(`document.getElementById('story-title').value === 'Fourth name'`)
	p.gone("dialog .theirs")
	p.click("dialog button|Save")
	p.sight("dialog h2|Fourth name")

	p.click("dialog button|Edit")
	p.types("#story-title", "Fifth name")
	p.pardon("404")
	helper.do("DELETE", "/stories/"+first.ID, nil)
	p.click("dialog button|Save")
	p.sees("has been removed meanwhile")
	if got := eval[string](p, `document.getElementById('story-title').value`); got != "Fifth name" {
		t.Errorf("after the removal what was typed is %q", got)
	}
}

func TestStoryIsShownAsText(t *testing.T) {
	_, p, helper := meets(t)
	helper.lists(map[string]any{"key": "<i>K</i>", "title": `<img src=x onerror="window.__hit=1">`, "description": "First line\n<b onclick=\"window.__hit=1\">bold</b> see https://wiki.example/a_(b).\njavascript:alert(1)", "url": "https://tracker.example/PAY-1"})
	p.click(".story .open")
	p.sees("First line\n<b onclick=\"window.__hit=1\">bold</b> see https://wiki.example/a_(b).\njavascript:alert(1)")
	links := eval[[]string](p, `[...document.querySelectorAll('dialog a')].map((a) => a.href + ' ' + a.target + ' ' + a.rel)`)
	if got := strings.Join(links, "\n"); got != "https://tracker.example/PAY-1 _blank noopener noreferrer\nhttps://wiki.example/a_(b) _blank noopener noreferrer" {
		t.Errorf("the links are %s", got)
	}
	if eval[bool](p, `!!window.__hit || !!document.querySelector('dialog img, dialog .whole b, .story i')`) {
		t.Error("markup of a story has become the page's")
	}
	p.inspect("story")
	p.closes()
	p.presses("n") // its description is within reach while it is voted on
	p.click(".topic .more")
	p.sees("First line")
}

func TestStoriesAreReorderedByKeyboard(t *testing.T) {
	_, p, helper := meets(t, "A", "B", "C", "D")
	eval[any](p, `document.querySelector('.story .open').focus(), null`)
	p.collects(`document.getElementById('polite').textContent.replace(/[\u2066-\u2069]/g, '')`)
	alt := func(key string) {
		eval[any](p, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '`+key+`', altKey: true, bubbles: true, cancelable: true })), null`)
	}
	alt("ArrowDown")
	p.seesStories("B", "A", "C", "D")
	p.saw(`v.includes('A: place 2 of 4')`)
	p.wait(focused + ` === 'A'`)
	alt("ArrowUp")
	p.seesStories("A", "B", "C", "D")
	p.saw(`v.includes('A: place 1 of 4')`)
	p.wait(focused + ` === 'A'`)
	alt("ArrowUp")
	p.saw(`v.includes('A is the first already')`)
	press := func(key string) {
		eval[any](p, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '`+key+`', bubbles: true, cancelable: true })), null`)
	}
	press("End")
	p.wait(focused + ` === 'D'`)
	press("ArrowUp")
	p.wait(focused + ` === 'C'`)
	if n := eval[int](p, `document.querySelectorAll('.stories .open[tabindex="0"]').length`); n != 1 {
		t.Errorf("the Tab key stops %d times in the list", n)
	}
	p.presses("\r")
	p.sight("dialog h2|C")
	p.presses("\x1b")
	p.wait(focused + ` === 'C'`)
	helper.do("POST", "/stories/"+helper.stories()[2].ID+"/move", map[string]any{"before": helper.stories()[0].ID})
	p.seesStories("C", "A", "B", "D")
	p.wait(focused + ` === 'C'`) // though somebody else moved it
}

// drags takes the story of a row by its handle and lets it go over another row, in its upper or lower part.
func (p *person) drags(from, to string, lower, escape bool) {
	p.t.Helper()
	at := func(css string, part float64) point {
		return eval[point](p, fmt.Sprintf(`(() => { const r = %s.getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + r.height * %g } })()`, css, part))
	}
	part := 0.25
	if lower {
		part = 0.75
	}
	p.fits() // nothing is on its way to another place
	start, end := at(element(".story|"+from)+`.querySelector('.handle')`, 0.5), at(element(".story|"+to), part)
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		p.do(command(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1}))
	}
	mouse(input.DispatchMouseEventTypeMousePressed, start.X, start.Y)
	mouse(input.DispatchMouseEventTypeMouseMoved, start.X, (start.Y+end.Y)/2)
	mouse(input.DispatchMouseEventTypeMouseMoved, end.X, end.Y)
	p.shoot("stories-dragged")
	if escape {
		p.presses("\x1b")
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, end.X, end.Y)
	p.gone("[data-lifted], [data-drop=before], [data-drop=after]")
}

func TestStoriesAreReorderedByDragging(t *testing.T) {
	s, p, helper := meets(t, "Ann", "Bob", "Cid", "Dan")
	lisa := s.person("Lisa")
	lisa.settles("/session/"+helper.session, "fox")
	p.collects(`document.getElementById('polite').textContent.replace(/[\u2066-\u2069]/g, '')`)
	p.drags("Dan", "Bob", false, false)
	p.seesStories("Ann", "Dan", "Bob", "Cid")
	p.saw(`v.includes('Dan: place 2 of 4')`)
	lisa.seesStories("Ann", "Dan", "Bob", "Cid")
	p.drags("Ann", "Cid", true, false)
	p.seesStories("Dan", "Bob", "Cid", "Ann")
	p.drags("Ann", "Dan", false, true) // Escape puts it back
	helper.do("POST", "/stories/"+helper.stories()[0].ID, map[string]any{"title": "Eve"})
	p.seesStories("Eve", "Bob", "Cid", "Ann")
	p.size(390, 844)
	p.click("header .backlog")
	p.drags("Cid", "Eve", false, false)
	p.seesStories("Cid", "Eve", "Bob", "Ann")
}

// What a page has missed it reads again, and a list that comes in many events is whole.
func TestListOfStoriesIsWholeAfterEveryGap(t *testing.T) {
	_, p, helper := meets(t)
	many := make([]map[string]any, 300)
	for i := range many {
		many[i] = map[string]any{"title": fmt.Sprintf("Story %d %s", i, strings.Repeat("x", 120))}
	}
	for i := 0; i < len(many); i += 150 {
		helper.lists(many[i : i+150]...)
	}
	p.wait(`document.querySelectorAll('.story').length === 300`)
	p.visit(eval[string](p, `location.pathname`)) // who comes later reads it
	p.wait(`document.querySelectorAll('.story').length === 300`)
	p.sees("0 of 300 estimated")
	p.inspect("stories-many")
	helper.do("POST", "/start", map[string]string{"story_id": helper.stories()[200].ID}) // the list rolls to what is voted on
	p.wait(`(() => { const row = document.querySelector('.story.voting')?.getBoundingClientRect(), list = document.querySelector('.backlog-list').getBoundingClientRect(); return row && row.top >= list.top - 1 && row.bottom <= list.bottom + 1 })()`)
}

func TestStoriesAreWorkedWithByTheKeyboardAlone(t *testing.T) {
	_, p, helper := meets(t)
	tabTo := func(selector string) {
		t.Helper()
		p.sight(selector)
		for range 40 {
			if eval[bool](p, `!!document.activeElement && document.activeElement === `+element(selector)) {
				return
			}
			p.presses("\t")
		}
		t.Fatalf("the Tab key does not reach %s", selector)
	}
	tabTo("header .backlog")
	p.presses("\r")
	p.sight("#new-stories")
	tabTo("#new-stories")
	p.presses("Pay by invoice\rEmpty basket")
	tabTo("dialog button|Add 2 stories")
	p.presses("\r")
	p.seesStories("Pay by invoice", "Empty basket")
	tabTo(".story .open")
	p.presses("\r")
	tabTo("dialog button|Move down")
	p.presses("\r")
	p.seesStories("Empty basket", "Pay by invoice")
	tabTo("dialog button|Edit")
	p.presses("\r")
	tabTo("#story-description")
	p.presses("Line one\rLine two")
	tabTo("dialog button|Save")
	p.presses("\r")
	p.sees("Line one\nLine two")
	tabTo("dialog button|Vote on this")
	p.presses("\r")
	p.sight(".story.voting|Pay by invoice")
	helper.vote("8")
	p.presses("8")
	p.holds("8")
	p.presses("r")
	p.sight("#results")
	p.presses("n") // accepts what all agree on, and goes on
	p.sight(".story.voting|Empty basket")
	p.sight(".story.estimated|Pay by invoice")
	p.sight("button|Reveal cards")
	p.presses("r")
	p.sight("#results")
	p.presses("n") // there is nothing to accept, and it asks
	p.sees("Vote on this again?")
}

func TestStoriesAreASheetOnAPhone(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "Empty basket", "A story with a title that is far too long for any phone and goes on for more than two lines of it, so that it has to be cut somewhere")
	for _, size := range [][2]int64{{320, 480}, {320, 640}, {390, 844}, {844, 390}} {
		p.size(size[0], size[1])
		p.fits()
		p.gone(".side .stories")
		p.click("header .backlog")
		p.seesStories("Pay by invoice", "Empty basket", "A story with a title that is far too long for any phone and goes on for more than two lines of it, so that it has to be cut somewhere")
		p.fits()
		p.shoot(fmt.Sprintf("stories-sheet-%d", size[0]))
		p.audit("the sheet")
		p.click("dialog .open|A story with")
		p.sees("About A story with")
		p.click("dialog button|All stories")
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.size(320, 480)
	p.click("header .backlog")
	p.click("dialog .story .go")
	p.sees("Reveal cards")
	if eval[bool](p, `!!document.querySelector('dialog')`) {
		p.presses("\x1b")
	}
	p.gone("dialog")
	helper.vote("5")
	p.click(".hand [data-card='5']")
	p.holds("5")
	p.click("button|Reveal cards")
	p.click("button|Accept 5")
	p.click("button|Next story")
	p.sight(".topic|Empty basket")
}

func TestSkippedStoryIsNotOfferedAgain(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "Empty basket")
	p.click("button|Start voting")
	p.sight("button|Reveal cards")
	helper.vote("5")
	p.presses("r")
	p.sight("#results")
	p.click("button|Skip")
	p.sight(".story.skipped|Pay by invoice")
	p.sight(".offer|Next: Empty basket")
	p.click("button|Undo")
	p.click("button|Accept 5")
	p.sight(".story.estimated|Pay by invoice")
}

func TestVotingAgainIsAboutTheSameStory(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice", "Empty basket")
	p.presses("n")
	p.sight("button|Reveal cards")
	helper.vote("5")
	p.presses("r")
	p.sight("#results")
	p.click("button|Vote again")
	p.sees("0 of 2 have voted")
	p.sight(".story.voting|Pay by invoice")
	helper.vote("5")
	p.presses("r")
	p.sight("#results")
	p.presses("a")
	p.sight(".story.estimated|Pay by invoice")
	var list struct{ Stories []struct{ Rounds int } }
	p.s.call("GET", "/api/sessions/"+helper.session+"/stories?user_id="+helper.id, helper.token, nil, &list)
	if list.Stories[0].Rounds != 2 {
		t.Errorf("the story has %d rounds", list.Stories[0].Rounds)
	}
}

// The rule for the table holds with a list beside it, and with the next story offered; only the list itself may scroll.
func TestTableWithStoriesFitsEveryWindow(t *testing.T) {
	titles := make([]string, 20)
	for i := range titles {
		titles[i] = fmt.Sprintf("Story %d: pay by invoice, for business customers in every country that we deliver to", i+1)
	}
	s, p, helper := meets(t, titles...)
	p.prefers("light", false)
	s.fill("/session/"+helper.session, 6)
	p.wait(`document.querySelectorAll('.place').length === 8`)
	p.presses("n")
	p.sees("Reveal cards")
	helper.vote("8")
	p.click(".hand [data-card='8']")
	p.holds("8")
	p.fitsEveryWindow("stories-voting")
	p.presses("r")
	p.sight("#results")
	p.presses("a")
	p.sight(".offer")
	p.fitsEveryWindow("stories-offered")
}
