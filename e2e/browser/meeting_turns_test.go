package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// hears lets the page keep all that comes by its stream.
func (p *person) hears() *person {
	p.t.Helper()
	p.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.__heard = []; window.EventSource = class extends EventSource { constructor(...a) { super(...a); this.addEventListener('message', (e) => __heard.push(e.data)) } }`,
	}))
	p.prefers("light", false)
	return p
}

// gather opens the session as the Scrum Master does who comes for the first time, and lets the others in.
func gather(t *testing.T) *meeting {
	t.Helper()
	s := serve(t, "GRACE_PERIOD_SECONDS=1800")
	m := &meeting{t: t, s: s, line: s.between(), online: 7, during: make(map[string]func())}
	m.sarah = m.line.person("Sarah").hears().pardon("net::ERR_", "request failed", "Failed to load resource")
	m.opens()
	for _, name := range []string{"Mike", "Lisa", "Priya", "Tomás"} {
		p := s.person(name).hears()
		p.arrives(m.path)
		m.voters = append(m.voters, voter{name: name, page: p})
		m.there = append(m.there, p)
	}
	m.mike, m.priya = m.there[0], m.there[2]
	id := m.path[len("/session/"):]
	m.voters = append([]voter{{name: "Sarah", page: m.sarah}}, append(m.voters, voter{name: "Ann", guest: s.join(id, "Ann", "owl")}, voter{name: "Bob", guest: s.join(id, "Bob", "frog")})...)
	m.ole = s.person("Ole").hears()
	m.ole.visit(m.path)
	m.ole.types("#me-name", "Ole")
	m.ole.click(".switch|Only watch")
	m.ole.click("button|Take a seat")
	m.ole.sight(".place.me.watches")
	var seat seat
	if status := s.call("POST", "/api/sessions/"+id+"/join", "", map[string]string{"user_name": "Eve", "user_avatar": "pig", "role": "spectator"}, &seat); status != http.StatusOK {
		t.Fatalf("join as a spectator: status %d", status)
	}
	m.eve = guest{s, seat.UserID, seat.Token, id}
	m.there = append(m.there, m.sarah, m.ole)
	m.prepares(".seat|Mike")
	m.prepares("dialog button|Make facilitator")
	m.sarah.sees("Facilitator")
	m.prepares("dialog button[aria-label=Close]")
	m.pastes()
	return m
}

// opens creates the session, with a deck, a timer and rules of the team's own.
func (m *meeting) opens() {
	m.t.Helper()
	p := m.sarah
	p.visit("/")
	m.prepares("#session-name", "Checkout squad")
	m.prepares("#me-name", "Sarah")
	m.prepares(".more-options summary")
	m.prepares(".deck|Our deck")
	m.prepares("#own-cards", ourDeck)
	m.prepares("[name=auto_reveal]")
	eval[any](p, `(document.querySelector('[name=round_seconds]').value = '300', null)`)
	m.act(&m.prepared, p)
	m.prepares("[name=everyone_may][value=stories]")
	m.prepares("button|Start session")
	p.sight(".place.me .crown")
	p.seesLive()
	m.path = eval[string](p, `location.pathname`)
}

// pastes adds the stories of the meeting.
func (m *meeting) pastes() {
	m.t.Helper()
	var lines []string
	for i, st := range theAgenda {
		lines = append(lines, fmt.Sprintf("SHOP-%d\t%s", i+1, st.title))
		m.list = append(m.list, &listed{st.title, "todo", ""})
	}
	m.prepares("header button[aria-label='Add stories']")
	m.prepares("#new-stories", strings.Join(lines, "\n"))
	m.prepares("dialog button|Add 20 stories")
	m.agrees()
	for _, p := range m.there {
		p.wait(`document.querySelectorAll('.place').length === 9 && document.querySelectorAll('.place.watches').length === 2`)
		p.sight(".seat|Facilitator")
		p.wait(`[...document.querySelectorAll('.hand .card')].map((c) => c.dataset.card).join(' ') === ` + quoted(map[bool]string{false: ourDeck}[p == m.ole]))
		p.collects(`!document.querySelector('.board.turned') && [...document.querySelectorAll('.place:not(.me) .laid')].map((e) => (e.matches('.open') ? 'open ' : '') + e.querySelector('.front').textContent.trim()).join('')`)
	}
}

const renamed = "Dark theme, by the system's"

// onlyWatch checks that spectators have no card to lay.
func (m *meeting) onlyWatch() {
	m.t.Helper()
	m.ole.gone(".hand")
	m.ole.presses("5")
	if status := m.s.call("POST", "/api/sessions/"+m.eve.session+"/vote?user_id="+m.eve.id, m.eve.token, map[string]string{"vote": "5"}, nil); status != http.StatusConflict {
		m.t.Errorf("the card of a spectator is answered with %d", status)
	}
}

// moves drags a story before another while a round runs.
func (m *meeting) moves() {
	m.t.Helper()
	eval[any](m.mike, element(".story|Guest checkout")+`.scrollIntoView({ block: 'center', behavior: 'instant' }), null`)
	m.mike.drags("Guest checkout", "Address book", false, false)
	from := slices.IndexFunc(m.list, func(st *listed) bool { return st.title == "Guest checkout" })
	st := m.list[from]
	m.list = slices.Delete(m.list, from, from+1)
	to := slices.IndexFunc(m.list, func(st *listed) bool { return st.title == "Address book" })
	m.list = slices.Insert(m.list, to, st)
	m.agrees()
}

// edits lets two people work on one story at once.
func (m *meeting) edits() {
	m.t.Helper()
	m.priya.pardon("409")
	for _, p := range []*person{m.mike, m.priya} {
		p.click(".story .open|Dark theme")
		p.click("dialog button|Edit")
		p.sight("#story-title")
	}
	m.mike.types("#story-title", "Dark mode")
	m.mike.types("#story-description", "At night, too.")
	m.priya.types("#story-title", renamed)
	m.mike.click("dialog button|Save")
	m.mike.sight("dialog h2|Dark mode")
	m.priya.sight(".story|Dark mode")
	m.priya.click("dialog button|Save")
	m.priya.sees("Now: Dark mode") // and nothing was saved yet
	m.priya.sees("Now: At night, too.")
	m.priya.wait(`document.getElementById('story-title').value === ` + quoted(renamed))
	m.mike.sight("dialog h2|Dark mode")
	m.priya.click("dialog button|Save mine")
	for _, p := range []*person{m.mike, m.priya} {
		p.sight("dialog h2|" + renamed)
		p.sees("At night, too.")
		p.closes()
	}
	for _, st := range m.list {
		if st.title == "Dark theme" {
			st.title = renamed
		}
	}
	m.agrees()
}

// dies takes the network away from the Scrum Master, without a goodbye. The facilitator leads.
func (m *meeting) dies() {
	m.t.Helper()
	m.line.becomes(state{hangs: true})
	m.there = slices.DeleteFunc(m.there, func(p *person) bool { return p == m.sarah })
	m.lead = m.mike
	m.mike.sight("button|Reveal cards")
	m.mike.pardon("409")
	m.takesOver(http.StatusConflict)
}

// takesOver tries to take the role of the Scrum Master, which only a pause allows.
func (m *meeting) takesOver(want int) {
	m.t.Helper()
	if got := eval[int](m.mike, `(async () => { const id = location.pathname.slice(9), me = JSON.parse(localStorage.getItem('magnapp.seat.' + id)).user
		return (await fetch('/api/sessions/' + id + '/takeover?user_id=' + me, { method: 'POST' })).status })()`); got != want {
		m.t.Errorf("a takeover is answered with %d, want %d", got, want)
	}
}

// isMissed waits until the server has found out that the Scrum Master is away. Nobody waits for her card then, the session goes on, and she keeps her role.
func (m *meeting) isMissed() {
	m.t.Helper()
	for _, p := range m.there {
		p.takesItsTime(`document.querySelector('.place.away')`)
		p.wait(`document.querySelector('.place.away .crown') && document.querySelectorAll('.place').length === 9`)
		p.gone(".takeover")
	}
	m.online--
	m.takesOver(http.StatusConflict)
}

// comesBack opens the page anew where the Scrum Master sat before. No connection of the laptop has outlived it.
func (m *meeting) comesBack() {
	m.t.Helper()
	p := m.sarah
	m.saysNothing(p)
	m.line.becomes(state{refuses: true})
	p.do(navigateTo("about:blank"))
	m.line.becomes(state{})
	p.visit("/")
	m.prepares("a|Back to Checkout squad")
	p.sight(".place.me .crown")
	p.seesLive()
	m.there = append(m.there, p)
	m.lead = p
	m.online++
	for _, q := range m.there {
		q.gone(".place.away")
		q.wait(`document.querySelectorAll('.place').length === 9 && document.querySelectorAll('.crown').length === 1`)
	}
}

// saysNothing checks that a page has never shown a card before its time, or heard of one.
func (m *meeting) saysNothing(p *person) {
	m.t.Helper()
	if got := eval[[]string](p, `[...window.__saw ?? []]`); len(got) > 0 {
		m.t.Errorf("%s has seen before the reveal: %q", p.name, got)
	}
	heard := eval[[]string](p, `__heard.filter((text) => { const { type, data } = JSON.parse(text), round = data.session?.current_round
		return type === 'vote_submitted' ? 'value' in data || 'vote' in data : round && !round.is_revealed && Object.values(round.votes).some((v) => v.value !== null) })`)
	if len(heard) > 0 {
		m.t.Errorf("%s has heard before the reveal: %q", p.name, heard)
	}
	if n := eval[int](p, `__heard.filter((text) => JSON.parse(text).type === 'vote_submitted').length`); n < 7 {
		m.t.Errorf("%s has heard of %d cards", p.name, n)
	}
}

// takesHome reads and copies the summary, as the Scrum Master and as a spectator.
func (m *meeting) takesHome() {
	m.t.Helper()
	var rows []string
	for _, st := range m.list {
		of := planOf(st)
		key := slices.IndexFunc(theAgenda, func(a agenda) bool { return a.title == of.title }) + 1
		rows = append(rows, fmt.Sprintf("SHOP-%d %s | %s", key, st.title, of.row))
	}
	for _, p := range []*person{m.sarah.another(), m.ole.another()} {
		p.visit(m.path + "/summary")
		p.sight("#takeaway")
		if got := p.cells(); got != strings.Join(rows, "\n") {
			m.t.Errorf("%s reads the summary\n%s\nwant\n%s", p.name, got, strings.Join(rows, "\n"))
		}
		p.wait(`[...document.querySelectorAll('.summary dd')].slice(0, 3).map((d) => d.innerText).join() === '83.25,19 of 20,22'`)
		text, _ := p.copies("button|Copy as Markdown")
		for _, want := range append([]string{"- Points: 83.25\n", "- Estimated: 19 of 20\n", "- Rounds: 22\n", "| Story | Estimate | Rounds |"}, rows...) {
			if !strings.Contains(text, want) {
				m.t.Errorf("as Markdown there is no %q in\n%s", want, text)
			}
		}
		text, markup := p.copies("button|Copy as table")
		for _, row := range rows {
			cells := strings.Split(row, " | ")
			if !strings.Contains(text, "\n"+strings.Join(cells, "\t")+"\t") {
				m.t.Errorf("as a table there is no %q in\n%s", row, text)
			}
			if !strings.Contains(markup, "<td>"+strings.Join(cells, "</td><td>")+"</td>") {
				m.t.Errorf("as markup there is no %q in\n%s", row, markup)
			}
		}
	}
}
