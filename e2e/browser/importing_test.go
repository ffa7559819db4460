package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWhoMayNotChangeTheStoriesCannotImport(t *testing.T) {
	s, p, helper := meets(t)
	lisa := s.person("Lisa")
	lisa.settles("/session/"+helper.session, "fox")
	lisa.gone("[aria-label=Import]")
	lisa.presses("?") // what takes files comes with the dialogs
	lisa.sight("dialog dl.keys")
	lisa.closes()
	moves, drops := lisa.holdsFile(".room", jira(t))
	moves()
	drops()
	lisa.pastes("body", pasted)
	lisa.seesLive() // the page was not left for the file
	lisa.gone(".drop-here, dialog")
	p.click("header button[aria-label=Menu]") // in a dialog about something else a file is no answer
	p.sight("dialog[data-kind=menu]")
	moves, drops = p.holdsFile("dialog", jira(t))
	moves()
	drops()
	p.gone(".drop-here, #import-file")
	p.sight("dialog[data-kind=menu]")
}

// A session takes 500 stories; a file may have more of them than are listed, and than are drawn at once.
func TestImportOfMoreStoriesThanThereIsRoomFor(t *testing.T) {
	_, p, helper := meets(t)
	var b strings.Builder
	b.WriteString("Key,Title,Sprint\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "B-%d,Story number %d,Sprint %d\n", i, i, i/30)
	}
	b.WriteString("B-7,Once more,\nB-2000,,\n")
	p.dragsFile(".room", written(t, "long.csv", b.String()))()
	p.sees("That is 700 too many")
	p.wait(`document.querySelectorAll('.import-rows li').length === 500`)
	p.sees("Only the first 1,000 stories are listed.")
	p.click("button|Next rows")
	p.sight(".import-row|Story number 999")
	p.fits()
	p.shoot("import-many")
	p.click("details summary|2 rows are no stories")
	p.sees("Row 1202: it has the same key as row 9 (B-7)")
	p.sees("Row 1203: it has no title")
	p.click("input[name=all]")
	p.sees("Nothing is ticked.")
	p.click(".import-row|Story number 999")
	p.previewed(1)
	p.click("input[name=all]") // some are ticked: all
	p.sees("That is 700 too many")
	p.gone("input[name=sprints][value='Sprint 39']")
	p.click("button|Show all 40")
	p.click("input[name=sprints][value='Sprint 39']")
	p.previewed(30)
	p.click(".import-row|Story number 1199")
	p.previewed(29)
	p.click(".foot .primary")
	p.wait(`document.querySelectorAll('.story').length === 29`)
	if n := len(helper.stories()); n != 29 {
		t.Errorf("the list has %d stories, want 29", n)
	}
}

// What the page offers is what the server knows.
func TestImportReadsTheFileAsChosen(t *testing.T) {
	_, p, helper := meets(t)
	p.dragsFile(".room", written(t, "liste.csv", "Schlüssel|Titel\nB-1|Бронь\n"))()
	p.previewed(1)
	p.click(".fold.reading summary")
	for _, encoding := range eval[[]string](p, `[...document.querySelectorAll('select[name=encoding] option')].map((o) => o.value)`) {
		p.wait(`document.querySelector('.halves[aria-busy=false]')`)
		if status := p.s.call("POST", "/api/sessions/"+helper.session+"/stories/import?dry_run=true&user_id="+helper.id+"&encoding="+encoding, helper.token, "a title", nil); status != http.StatusOK && !strings.HasPrefix(encoding, "utf-16") {
			t.Errorf("%s is offered, and the server answers %d", encoding, status)
		}
	}
	p.picks("encoding", "Windows-1251")
	p.sight(".import-row|Р‘СЂРѕРЅСЊ")
	p.picks("encoding", "Find out")
	p.sight(".import-row|Бронь")
	p.picks("delimiter", "Nothing")
	p.previewed(2) // two lines, and each is a title
	p.pardon("422")
	p.picks("delimiter", "Semicolon")
	p.picks("delimiter", "Find out")
	p.previewed(1)
	p.picks("column-title", "none")
	p.sees("No stories were found in it.")
	p.picks("column-title", "Schl")
	p.sight(".import-row|B-1")
}

// However a line fails, the stories are added once, and a server that is busy is asked again.
func TestImportPassesALineThatFailsForAMoment(t *testing.T) {
	t.Parallel()
	s := serve(t)
	look := &fault{method: "POST", ending: "/stories/import", times: 1, status: http.StatusBadGateway}
	l := s.through(look)
	p := l.person("Sarah")
	p.outage()
	p.pardon("503", "502")
	path := p.settles("Checkout squad", "cat")
	g := s.join(path[len("/session/"):], "Mike", "bear")
	p.dragsFile(".room", jira(t))()
	p.sight(".wrong button|Try again")
	p.gone("select[name=encoding], .trackers") // the file is not to blame
	l.mu.Lock()
	look.times, look.status = 1, http.StatusServiceUnavailable
	l.mu.Unlock()
	p.click(".wrong button")
	p.previewed(40)
	l.mu.Lock()
	look.times, look.status = 1, 0 // the server is asked, and its answer is lost
	l.mu.Unlock()
	p.click(".foot .primary")
	p.gone("dialog")
	p.sees("40 stories have been added.")
	if n := len(g.stories()); n != 40 {
		t.Errorf("the list has %d stories, want 40", n)
	}
}

// While a file is on its way, the page says how far it has come, and can be used.
func TestImportOfALongFileOnASlowLine(t *testing.T) {
	t.Parallel()
	s := serve(t)
	w := s.between()
	p := w.person("Sarah")
	p.outage()
	p.settles("Checkout squad", "cat")
	w.becomes(state{delay: 100 * time.Millisecond}) // for each 32 KB
	p.collects(`document.querySelector('progress')?.value`)
	p.dragsFile(".room", written(t, "long.csv", "Key,Title,Description\n"+strings.Repeat("B-1,The same story once more,"+strings.Repeat("and once more ", 20)+"\n", 30_000)))()
	p.sight(".progress|Sending the file")
	p.wait(`document.querySelector('progress').value > 0`)
	p.audit("a file on its way")
	p.shoot("import-sending")
	p.click("dialog button|Another file") // it need not be waited for
	p.sight("#import-choose")
	p.dragsFile(".importing", written(t, "short.csv", "Key,Title\nB-1,One story\n"))()
	p.previewed(1)
	p.sight("#import-file|short.csv")
	p.saw(`v > 0 && v < 1`)
}

func TestImportSpeaksTheLanguageOfThePage(t *testing.T) {
	_, p, _ := meets(t, "Pay by invoice")
	p.pardon("422")
	long := written(t, "long-title.csv", "Key,Title\nB-1,"+strings.Repeat("x", 501)+"\n")
	for _, in := range []struct{ lang, wrong, export, note, add string }{
		{"de", "Das ist keine Liste von Stories.", "Exportieren Sie die Liste", "Ein Titel, in Zeile 2, hat mehr als 500 Zeichen und wurde gekürzt.", "40 Stories hinzufügen"},
		{"fr", "Ce n’est pas une liste de stories.", "Exportez plutôt", "Un titre, à la ligne 2, dépasse 500 caractères et a été coupé.", "Ajouter 40 stories"},
		{"es", "Esto no es una lista de historias.", "Exporta la lista", "Un título, en la fila 2, tiene más de 500 caracteres y se ha cortado.", "Añadir 40 historias"},
	} {
		eval[any](p, `localStorage.setItem('magnapp.prefs', JSON.stringify({ lang: '`+in.lang+`' })), null`)
		p.visit(eval[string](p, `location.pathname`))
		p.sight(".place.me")
		p.seesLive()
		p.shoot("import-panel-" + in.lang)
		p.dragsFile(".room", written(t, "plan.pdf", "%PDF-1.7\n1 0 obj\n"))()
		p.sees(in.wrong)
		p.sees("The file is a PDF.")
		p.sees(in.export)
		p.dragsFile(".importing", long)()
		p.sees(in.note)
		p.fits()
		p.dragsFile(".importing", jira(t))()
		p.sight(".foot .primary|" + in.add)
		p.click(".fold.reading summary")
		p.fits()
		p.inspect("import-" + in.lang)
	}
}

func TestImportInBothBrowsers(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		s := serve(t)
		master := s.create("Checkout squad", "Mike", "bear")
		master.do("POST", "/settings", map[string]any{"everyone_may": []string{"stories"}})
		r := open(s)
		r.joins(master.session)
		dragged := func(event string) string {
			return `(() => { const data = new DataTransfer(); data.items.add(new File(['Key;Title\nB-1;Show free boats\nB-2;Draw the map\n'], 'boats.csv'))
				document.querySelector('.room').dispatchEvent(new DragEvent(` + quoted(event) + `, { dataTransfer: data, bubbles: true, cancelable: true })); return true })()`
		}
		r.wait(dragged("dragover") + ` && document.querySelector('.drop-here')?.getClientRects().length`)
		value[any](r, dragged("drop"))
		r.wait(element(".foot .primary|Add 2 stories"))
		r.click(".import-rows input[value='2']")
		r.click(".foot .primary")
		r.sees("1 story has been added.")
		if got := master.stories(); len(got) != 1 || got[0].Key != "B-2" {
			t.Errorf("the list is %v", got)
		}
	})
}
