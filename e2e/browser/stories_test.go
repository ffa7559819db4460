package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
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
	s, p, guests := table(t, []string{"Mike"})
	helper = guests[0]
	eval[any](p, `(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.' + location.pathname.slice(9))).user
		const answer = await fetch('/api/sessions/' + location.pathname.slice(9) + '/facilitators/`+helper.id+`?user_id=' + me, { method: 'POST' }); if (!answer.ok) throw new Error(answer.status) })()`)
	if len(titles) > 0 {
		helper.lists(titled(titles...)...)
		p.wait(fmt.Sprintf(`document.querySelectorAll('.story').length === %d`, len(titles)))
	}
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
	p.presses("\x1b")
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
