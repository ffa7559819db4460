package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
)

// agenda is a story of the meeting: the cards of each of its rounds, in the order of the voters (a dash lays none), and what the summary says of it.
type agenda struct {
	title, row string
	rounds     []string
}

// ourDeck is a deck of the team's own, with fractions, and with cards that are no numbers.
const ourDeck = "1/4 ½ 1 2 3 5 8 13 ? coffee"

// stories of the meeting, as they are pasted. The voters are Sarah, Mike, Lisa, Priya, Tomás, Ann and Bob.
var stories = []agenda{
	{"Pay by invoice", "5 | 1 | 5 | 5", []string{"5 5 5 5 5 5 5"}},
	{"Empty basket", "3 | 1 | 2–5 | 3", []string{"2 3 3 3 5 3 2"}},
	{"Refund in part", "½ | 1 | ½ | 0.5", []string{"½ ½ ½ ½ ½ ½ ½"}},
	{"Gift cards", "8 | 1 | 5–13 | 7", []string{"5 5 5 8 8 13 5"}},
	{"Save a card for later", "5 | 2 | 3–8 | 5", []string{"1 13 3 5 2 3 5", "3 5 3 5 3 8 8"}}, // voted on again
	{"Typing error on the receipt", "1/4 | 1 | 1/4 | 0.25", []string{"1/4 1/4 1/4 1/4 1/4 1/4 1/4"}},
	{"Delivery on Saturdays", "skipped | 1 | – | –", []string{"? ? coffee ? ? ? ?"}},
	{"Vouchers", "5 | 1 | 5 | 5", []string{"5 5 5 5 5 5 ?"}},
	{"Order history", "3 | 1 | 3 | 3", []string{"3 3 3 3 3 3 3"}},
	{"Address book", "2 | 1 | 2 | 2", []string{"2 2 2 2 2 2 2"}},
	{"Wish list", "8 | 2 | 8 | 8", []string{"13 2 8 5 8 13 2", "8 8 8 8 8 8 8"}}, // voted on again
	{"Guest checkout", "13 | 1 | 13 | 13", []string{"13 13 13 13 13 13 13"}},
	{"Dark theme", "1 | 1 | 1 | 1", []string{"1 1 1 1 1 1 1"}},
	{"Stock alert", "3 | 1 | 2–5 | 3", []string{"- 2 3 3 5 3 2"}}, // Sarah's laptop dies
	{"Return label", "5 | 1 | 5–8 | 6", []string{"- 5 5 5 8 8 5"}},
	{"Price history", "2 | 1 | 2 | 2", []string{"- 2 2 2 2 2 2"}},
	{"Two currencies", "8 | 1 | 8 | 8", []string{"- 8 8 8 8 8 8"}}, // Sarah is back
	{"Fraud check", "8 | 1 | 5–13 | 7", []string{"5 5 5 8 8 13 5"}},
	{"Newsletter", "½ | 1 | ½ | 0.5", []string{"½ ½ ½ ½ ½ ½ ½"}},
	{"Product rating", "3 | 1 | 2–5 | 3", []string{"2 3 3 3 5 3 2"}},
}

// listed is a story as every page should list it.
type listed struct{ title, status, estimate string }

// voter is somebody with cards: before a page, or by the API alone.
type voter struct {
	name  string
	page  *person
	guest guest
}

// meeting is nine people at a table: seven voters, of whom the first is Scrum Master and the second a facilitator, and two spectators.
type meeting struct {
	t            *testing.T
	s            *server
	line         *wire // between Sarah and the server
	path         string
	sarah, mike  *person
	priya, ole   *person
	voters       []voter
	eve          guest     // watches by the API
	there        []*person // before a page, with a network
	lead         *person   // who leads at the moment
	online       int       // voters, as the server counts them
	list         []*listed // in its order
	running      *listed
	during       map[string]func() // what else happens while a story is voted on, with one card missing
	prepared     int               // acts of the Scrum Master before the first story, and to come back
	led, ownVote int               // acts of whoever leads from the first story on, and how many of them are cards
	bySarah      int               // acts of the Scrum Master of all of these
}

// act counts a click, a key that does something, or a field that is filled in.
func (m *meeting) act(n *int, by *person) {
	*n++
	if by == m.sarah {
		m.bySarah++
	}
}

func (m *meeting) clicks(selector string) {
	m.t.Helper()
	m.lead.click(selector)
	m.act(&m.led, m.lead)
}
func (m *meeting) presses(key string) { m.t.Helper(); m.lead.presses(key); m.act(&m.led, m.lead) }

// prepares clicks, and fills in a field if there is a text for it, as the Scrum Master before the first story.
func (m *meeting) prepares(selector string, text ...string) {
	m.t.Helper()
	m.act(&m.prepared, m.sarah)
	if len(text) == 0 {
		m.sarah.click(selector)
		return
	}
	m.sarah.sight(selector)
	eval[any](m.sarah, element(selector)+`.focus(), null`)
	m.sarah.do(command(input.InsertText, input.InsertTextParams{Text: text[0]}))
}

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
	for i, st := range stories {
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

// agrees waits until the list of stories is the same on every page, and as it should be.
func (m *meeting) agrees() {
	m.t.Helper()
	var want []string
	for _, st := range m.list {
		want = append(want, st.title+"|"+st.status+"|"+st.estimate)
	}
	for _, p := range m.there {
		p.comesTo(`[...document.querySelectorAll('li.story')].map((e) => [e.querySelector('.what > bdi').innerText, [...e.classList].filter((c) => c !== 'story' && c !== 'next-up'), (e.querySelector('.result b')?.textContent ?? '').replace('estimated: ', '')].join('|')).join('\n')`, strings.Join(want, "\n"))
	}
}

// comesTo waits until the expression has that value on the page.
func (p *person) comesTo(js, want string) {
	p.t.Helper()
	var got string
	defer func() {
		if got != want {
			p.t.Logf("%s comes to\n%s\nwant\n%s", p.name, got, want)
		}
	}()
	eventually(p.t, "the page comes to what is wanted", func() bool {
		_ = json.Unmarshal([]byte(p.try(js)), &got)
		return got == want
	})
}

// begins waits until all see that a story is voted on, by whom, and for how long.
func (m *meeting) begins(st *listed) {
	m.t.Helper()
	m.running, st.status, st.estimate = st, "voting", ""
	m.agrees()
	for _, p := range m.there {
		p.sees(fmt.Sprintf("0 of %d have voted", m.online))
		p.sight(".topic|" + st.title)
		p.sight(".timer .rest")
	}
}

// votes lets everybody lay their card. Before the last one comes, something else may happen; and nobody has seen a card.
func (m *meeting) votes(cards []string) {
	m.t.Helper()
	last := len(m.voters) - 1
	laid := 0
	for i, v := range m.voters[:last] {
		if cards[i] != "-" {
			m.lays(v, cards[i])
			laid++
		}
	}
	if also := m.during[m.running.title]; also != nil {
		delete(m.during, m.running.title)
		m.covered(laid)
		also()
	}
	m.covered(laid)
	m.lays(m.voters[last], cards[last])
	if laid+1 == m.online {
		return // the cards turn by themselves
	}
	for _, p := range m.there {
		p.sees(fmt.Sprintf("%d of %d have voted", laid+1, m.online))
	}
	m.presses("r")
}

func (m *meeting) lays(v voter, card string) {
	m.t.Helper()
	if v.page == nil {
		v.guest.vote(card)
		return
	}
	v.page.click(".hand [data-card='" + card + "']")
	v.page.holds(card)
	if v.page == m.lead {
		m.act(&m.led, v.page)
		m.ownVote++
	}
}

// covered checks that nobody can see a card, on their page or in what the server answers, while the pages count those who have voted.
func (m *meeting) covered(laid int) {
	m.t.Helper()
	for _, p := range m.there {
		p.sees(fmt.Sprintf("%d of %d have voted", laid, m.online))
		if got := eval[string](p, `(async () => { const id = location.pathname.slice(9), me = JSON.parse(localStorage.getItem('magnapp.seat.' + id)).user
			const [session, round] = await Promise.all(['', '/round'].map(async (of) => (await fetch('/api/sessions/' + id + of + '?user_id=' + me)).json()))
			return JSON.stringify([session.current_round, round].map(({ votes, statistics }) => [Object.keys(votes).length, Object.values(votes).filter((v) => v.value !== null).length, statistics])) })()`); got != fmt.Sprintf("[[%[1]d,0,null],[%[1]d,0,null]]", laid) {
			m.t.Errorf("%s is told cards, values and statistics before the reveal: %s", p.name, got)
		}
	}
	for _, g := range []guest{m.eve, m.voters[5].guest} {
		m.coveredFor(g, laid)
	}
}

// coveredFor checks what the server answers to somebody while cards lie covered.
func (m *meeting) coveredFor(g guest, laid int) {
	m.t.Helper()
	type round struct {
		ID         string
		Votes      map[string]struct{ Value *string }
		Statistics *struct{}
	}
	var now round
	var session struct {
		Round round `json:"current_round"`
	}
	read := func(of string, into any) {
		m.t.Helper()
		if status := m.s.call("GET", "/api/sessions/"+g.session+of+"?user_id="+g.id, g.token, nil, into); status != http.StatusOK {
			m.t.Fatalf("read %q: status %d", of, status)
		}
	}
	read("", &session)
	read("/round", &now)
	for _, r := range []round{session.Round, now} {
		if len(r.Votes) != laid || r.Statistics != nil {
			m.t.Errorf("the round under way has %d cards, want %d, and statistics %v", len(r.Votes), laid, r.Statistics)
		}
		for user, v := range r.Votes {
			if v.Value != nil {
				m.t.Errorf("the card of %s is known before the reveal", user)
			}
		}
	}
	for _, of := range []string{"/rounds", "/summary"} {
		var all json.RawMessage
		if read(of, &all); strings.Contains(string(all), now.ID) {
			m.t.Errorf("before its reveal the round is in %s", of)
		}
	}
}

// turned waits until every page shows the same cards, each with whose it is.
func (m *meeting) turned(cards []string) {
	m.t.Helper()
	var want []string
	for i, v := range m.voters {
		card := map[string]string{"-": "no card yet", "coffee": "Coffee"}[cards[i]]
		if card == "" {
			card = cards[i]
		}
		want = append(want, v.name+": "+card)
	}
	slices.Sort(want)
	for _, p := range m.there {
		p.sight(".board.turned")
		p.comesTo(`[...document.querySelectorAll('.place')].filter((e) => e.querySelector('.laid')).map((e) => e.querySelector('.name bdi').innerText + ': ' + e.querySelector('.laid .sr').textContent.replace(/^card: /, '').split(',')[0]).sort().join()`, strings.Join(want, ","))
	}
}

// discusses plays the rounds of a story, and ends it as its agenda says. Nothing but the next story is started by that.
func (m *meeting) discusses(st *listed, plan agenda) {
	m.t.Helper()
	m.begins(st)
	for i, cards := range plan.rounds {
		if i > 0 {
			m.clicks("button|Vote again")
			m.begins(st)
		}
		m.votes(strings.Fields(cards))
		m.turned(strings.Fields(cards))
	}
	st.estimate, _, _ = strings.Cut(plan.row, " | ")
	st.status = "estimated"
	if st.estimate != "skipped" {
		return
	}
	st.estimate, st.status = "", "skipped"
	m.clicks("button|Skip")
	m.agrees()
}

// plan is what the agenda says of a story.
func plan(st *listed) agenda {
	for _, a := range stories {
		if a.title == st.title || st.title == renamed && a.title == "Dark theme" {
			return a
		}
	}
	panic("not on the agenda: " + st.title)
}

const renamed = "Dark theme, by the system's"

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

// TestNinePeopleEstimateTwentyStories plays the meeting that MagnaPP is made for, and counts what its Scrum Master has to do: a click is one act, a key that does something is one, and
// a field that is filled in is one.
func TestNinePeopleEstimateTwentyStories(t *testing.T) {
	t.Parallel()
	m := gather(t)
	m.lead = m.sarah
	m.during["Vouchers"] = m.moves
	m.during["Order history"] = m.edits
	m.during["Stock alert"] = m.dies
	m.during["Return label"] = m.isMissed
	m.presses("n")
	for i := 0; i < len(m.list); i++ {
		st := m.list[i]
		m.discusses(st, plan(st))
		if st.title == "Two currencies" {
			m.comesBack()
			m.turned(strings.Fields(plan(st).rounds[0]))
		}
		if i < len(m.list)-1 {
			m.presses("n")
		}
	}
	m.presses("a")
	m.agrees()
	m.wasQuiet()
	m.takesHome()
	t.Logf("twenty stories took whoever led %d acts from the first story on, %d of them cards of their own; before them, and to come back, the Scrum Master had %d", m.led, m.ownVote, m.prepared)
	t.Logf("that is %.2f acts a story, or %.2f with what was prepared and without cards; the Scrum Master herself had %d acts in all", per(m.led), per(m.led-m.ownVote+m.prepared), m.bySarah)
	for what, n := range map[string]int{"with cards": m.led, "with what is prepared, without cards": m.led - m.ownVote + m.prepared} {
		if per(n) > 2.3 {
			t.Errorf("%s a story took %.2f acts, want 2.3 at most", what, per(n))
		}
	}
}

func per(acts int) float64 { return float64(acts) / float64(len(stories)) }

// wasQuiet checks that no page has ever shown a card before its time, or heard of one.
func (m *meeting) wasQuiet() {
	m.t.Helper()
	for _, p := range m.there {
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
}

// takesHome reads and copies the summary, as the Scrum Master and as a spectator.
func (m *meeting) takesHome() {
	m.t.Helper()
	var rows []string
	for _, st := range m.list {
		of := plan(st)
		key := slices.IndexFunc(stories, func(a agenda) bool { return a.title == of.title }) + 1
		rows = append(rows, fmt.Sprintf("SHOP-%d %s | %s", key, st.title, of.row))
	}
	for _, p := range []*person{m.sarah.another(), m.ole.another()} {
		p.visit(m.path + "/summary")
		p.sight("#takeaway")
		if got := p.cells(); got != strings.Join(rows, "\n") {
			m.t.Errorf("%s reads the summary\n%s\nwant\n%s", p.name, got, strings.Join(rows, "\n"))
		}
		p.wait(`[...document.querySelectorAll('.summary dd')].slice(0, 3).map((d) => d.innerText).join() === '83.25,19 of 20,22'`)
		text, _ := p.copies("Copy as Markdown", "# Checkout squad\n")
		for _, want := range append([]string{"- Points: 83.25\n", "- Estimated: 19 of 20\n", "- Rounds: 22\n", "| Story | Estimate | Rounds |"}, rows...) {
			if !strings.Contains(text, want) {
				m.t.Errorf("as Markdown there is no %q in\n%s", want, text)
			}
		}
		text, markup := p.copies("Copy as table", "Story\tEstimate\t")
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

// copies presses a button that copies, and returns what the clipboard has, which begins so. All tests have one clipboard: who finds the text of another copies again.
func (p *person) copies(button, begin string) (text, markup string) {
	p.t.Helper()
	eventually(p.t, "the clipboard has what "+button+" copies", func() bool {
		p.click("button|" + button)
		p.sight("button|Copied")
		text, markup = p.pasted()
		p.sight("button|" + button) // once more
		return strings.HasPrefix(text, begin)
	})
	return text, markup
}
