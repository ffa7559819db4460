package browser_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// jira is the path of an export with 40 rows, twelve of which are in Sprint 12.
func jira(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/Jira.csv")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// written is the path of a file with that content.
func written(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// holdsFile drags a file from the desktop over an element. It is let go with drops.
func (p *person) holdsFile(selector, path string) (moves, drops func()) {
	p.t.Helper()
	p.sight(selector)
	at := eval[point](p, `(() => { const r = `+element(selector)+`.getBoundingClientRect(); return { X: r.x + r.width / 2, Y: r.y + Math.min(r.height, innerHeight) / 2 } })()`)
	drag := func(kind input.DispatchDragEventType) {
		p.do(command(input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}}))
	}
	drag(input.DispatchDragEventTypeDragEnter)
	return func() { drag(input.DispatchDragEventTypeDragOver) }, func() { drag(input.DispatchDragEventTypeDrop) }
}

// dragsFile does so until the page says that it takes the file: as long as a file is held over a page, browsers say so again and again.
func (p *person) dragsFile(selector, path string) (drops func()) {
	p.t.Helper()
	moves, drops := p.holdsFile(selector, path)
	eventually(p.t, "the page takes the file", func() bool {
		moves()
		return p.try(`!!document.querySelector('.drop-here:popover-open')`) == "true"
	})
	return drops
}

// pastes gives the element what a clipboard has.
func (p *person) pastes(selector, text string) {
	p.t.Helper()
	p.sight(selector)
	eval[any](p, `(() => { const data = new DataTransfer(); data.setData('text/plain', `+quoted(text)+`)
		`+element(selector)+`.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })) })(), null`)
}

// picks chooses an option of a select by the beginning of its text.
func (p *person) picks(name, option string) {
	p.t.Helper()
	p.sight(`select[name="` + name + `"]`)
	eval[any](p, `(() => { const s = document.querySelector('select[name="`+name+`"]'), o = [...s.options].find((o) => o.text.startsWith(`+quoted(option)+`))
		if (!o) throw new Error([...s.options].map((o) => o.text).join('|')); s.value = o.value; s.dispatchEvent(new Event('change', { bubbles: true })) })(), null`)
}

// previewed waits until the preview says what would be added.
func (p *person) previewed(n int) {
	p.t.Helper()
	what := fmt.Sprintf("Add %d stories", n)
	if n == 1 {
		what = "Add 1 story"
	}
	p.wait(`(() => { const b = document.querySelector('.foot .primary'); return b?.innerText === ` + quoted(what) + ` && b.disabled === ` + fmt.Sprint(n == 0) + ` && document.querySelector('.halves[aria-busy=false]') })()`)
}

// original is the file that was imported, as the API gives it back.
func (g guest) original() []byte {
	g.s.t.Helper()
	request, err := http.NewRequest("GET", g.s.url+"/api/sessions/"+g.session+"/export?format=original&user_id="+g.id, nil)
	if err != nil {
		g.s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+g.token)
	answer, err := g.s.http.Do(request)
	if err != nil {
		g.s.t.Fatalf("export: %v", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		g.s.t.Fatalf("export: status %d, %v: %s", answer.StatusCode, err, body)
	}
	return body
}

func cells(t *testing.T, file []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// agrees plays a round in which both vote for that card, and accepts it.
func (p *person) agrees(helper guest, card string) {
	p.t.Helper()
	p.presses("n")
	p.sight("button|Reveal cards")
	helper.vote(card)
	p.presses(card)
	p.holds(card)
	p.presses("r")
	p.sight("#results")
	p.presses("a")
	p.sight(".offer")
}

func TestImportOfADroppedFileComesBackWithItsEstimates(t *testing.T) {
	_, p, helper := meets(t)
	drops := p.dragsFile(".room", jira(t))
	p.sight(".drop-here:popover-open|Drop it to import its stories")
	p.shoot("import-drag")
	drops()
	p.gone(".drop-here")
	p.sight("#import-file|Jira.csv")
	p.sight("#import-file|Jira, 40 rows")
	p.previewed(40)
	p.wait(`document.activeElement?.id === 'import-file'`)
	p.sight(".import-row|40 points") // hours of an old plan, which stand in the column called Story Points
	p.inspect("import-preview")
	p.click(".fold.reading summary")
	p.sight("select[name=column-points]")
	p.inspect("import-columns")
	p.picks("column-points", "Custom field (Story point estimate)")
	p.gone(".import-row|40 points")
	p.sight(".import-row|2 points")

	p.click("input[name=sprints][value='BOAT Sprint 12']")
	p.previewed(12)
	p.inspect("import-filtered")
	p.click(".foot .primary")
	p.gone("dialog")
	p.sees("12 stories have been added.")
	p.wait(`document.querySelectorAll('.story').length === 12`)
	stories := helper.stories()
	for _, s := range stories {
		if s.Estimate != nil {
			t.Errorf("%s has the estimate %s, which nobody asked for", s.Key, *s.Estimate)
		}
	}
	p.agrees(helper, "5")
	p.agrees(helper, "8")

	before, err := os.ReadFile(jira(t))
	if err != nil {
		t.Fatal(err)
	}
	estimates := map[string]string{stories[0].Key: "5.0", stories[1].Key: "8.0"}
	was, is := cells(t, before), cells(t, helper.original())
	if len(was) != len(is) {
		t.Fatalf("%d rows have become %d", len(was), len(is))
	}
	const key, points = 1, 24
	for i := range was {
		want := append([]string{}, was[i]...)
		if estimate, ok := estimates[was[i][key]]; ok {
			want[points] = estimate
			delete(estimates, was[i][key])
		}
		if strings.Join(want, "\x00") != strings.Join(is[i], "\x00") {
			t.Errorf("row %d is %q, want %q", i+1, is[i], want)
		}
	}
	if len(estimates) > 0 {
		t.Errorf("the file has no rows for %v", estimates)
	}
}

func TestImportOfTheSameFileTwiceDoublesNothing(t *testing.T) {
	_, p, helper := meets(t)
	for i, want := range []int{40, 0} {
		p.dragsFile(".room", jira(t))()
		p.previewed(want)
		if i == 0 {
			p.click(".foot .primary")
			p.gone("dialog")
			continue
		}
		p.sees("All of these are on the list already.")
		p.wait(`document.querySelectorAll('.import-rows .existing').length === 40 && !document.querySelector('.import-rows input')`)
		p.inspect("import-twice")
	}
	if n := len(helper.stories()); n != 40 {
		t.Errorf("the list has %d stories, want 40", n)
	}
	helper.do("DELETE", "/stories/"+helper.stories()[3].ID, nil)
	p.previewed(1) // the list has changed meanwhile
}

const pasted = "Key\tTitle\tNotes\r\nBOAT-1\t\"Show free boats,\nby day\"\t\"Said \"\"once\"\"\"\r\nBOAT-2\tPay with a voucher\t\r\nBOAT-3\t5\" of rain\tsee BOAT-1\r\n"

func TestImportOfRowsPastedFromASpreadsheet(t *testing.T) {
	_, p, helper := meets(t)
	p.click("header button[aria-label='Add stories']")
	p.pastes("#new-stories", pasted)
	p.sees("This looks like a table")
	p.inspect("import-offered")
	p.click("dialog button|Import it with a preview")
	p.sight("#import-file|Pasted rows")
	p.previewed(3)
	p.sight(".import-row|Show free boats, by day")
	p.shoot("import-pasted")
	p.click(".import-row|Pay with a voucher")
	p.previewed(2)
	p.click(".foot .primary")
	p.seesStories("Show free boats, by day", `5" of rain`)
	if got := helper.stories(); got[0].Key != "BOAT-1" || got[1].Key != "BOAT-3" {
		t.Errorf("the stories are %v", got)
	}
	p.pastes("body", strings.ReplaceAll(pasted, "BOAT-2", "BOAT-9")) // at the table, where nobody types
	p.sight("#import-file|Pasted rows")
	p.previewed(1)
	p.click("dialog button|Another file")
	p.wait(`document.activeElement?.id === 'import-choose' && document.getElementById('import-text').value.includes('BOAT-9')`)
	p.pastes("#import-text", "A single line")
	p.sight("#import-text")
}

func TestImportOnAPhone(t *testing.T) {
	_, p, helper := meets(t, "Pay by invoice")
	for _, size := range [][2]int64{{320, 640}, {390, 844}} {
		p.size(size[0], size[1])
		p.click("header .backlog")
		p.click("dialog button|Import")
		p.sight("#import-choose")
		p.fits()
		p.shoot(fmt.Sprintf("import-choose-%d", size[0]))
		p.audit("the import, before a file")
		p.dragsFile(".importing", jira(t))()
		p.previewed(40)
		p.fits()
		p.shoot(fmt.Sprintf("import-phone-%d", size[0]))
		p.audit("the import on a phone")
		p.click("dialog button|Another file")
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.click("header .backlog")
	p.click("dialog button|Import")
	p.dragsFile(".importing", jira(t))()
	p.previewed(40)
	p.click(".fold.filters summary")
	p.click("input[name=sprints][value='BOAT Sprint 12']")
	p.previewed(12)
	p.click(".fold.reading summary")
	p.picks("column-points", "none")
	p.wait(`!document.querySelector('.import-rows')?.innerText.includes('point')`)
	p.previewed(12)
	p.fits()
	p.click(".import-row|Draw the harbour map")
	p.previewed(11)
	p.click(".foot .primary")
	p.sight("dialog .sheeted")
	p.wait(`document.querySelectorAll('.story').length === 12`)
	if n := len(helper.stories()); n != 12 {
		t.Errorf("the list has %d stories, want 12", n)
	}
}

func TestImportByTheKeyboardAlone(t *testing.T) {
	_, p, helper := meets(t)
	p.collects(`[...document.querySelectorAll('.polite, #polite')].map((e) => e.textContent).join(' ')`)
	tabTo := func(selector string) {
		t.Helper()
		p.sight(selector)
		for range 60 {
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
	tabTo("dialog button|Import a file")
	p.presses("\r")
	p.wait(`document.activeElement?.id === 'import-choose'`)
	tabTo("#import-text")
	p.presses("Id;Summary;Other;State;SP\rB-1;Row;Show free boats;Open;3\rB-2;Row;Pay with a voucher;Open;5\rB-3;Row;Cancel a booking;Open;\rB-4;Row;Draw the map;Done;8")
	tabTo("dialog button|Look what is in it")
	p.presses("\r")
	p.previewed(4)
	p.saw(`v.includes('4 stories would be added.')`)
	p.wait(`document.activeElement?.id === 'import-file'`)
	tabTo(".fold.reading summary")
	p.presses("\r")
	tabTo("select[name=column-title]")
	p.presses("O") // the column is found by its name
	p.sight(".import-row|Pay with a voucher")
	p.previewed(4)
	tabTo("input[name=open]")
	p.presses(" ")
	p.previewed(3)
	tabTo("input[name=estimates]")
	p.presses(" ")
	p.sight(".import-row|estimate 5")
	tabTo(".import-rows input")
	eval[any](p, `(() => { for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })) })(), null`)
	p.wait(`document.activeElement?.value === '3'`)
	p.presses(" ")
	p.previewed(2)
	p.presses("\t")
	tabTo(".foot .primary")
	p.presses("\r")
	p.seesStories("Show free boats", "Cancel a booking")
	p.saw(`v.includes('2 stories have been added.')`)
	if got := helper.stories(); got[0].Estimate == nil || *got[0].Estimate != "3" || got[1].Estimate != nil {
		t.Errorf("the estimates are %v and %v", got[0].Estimate, got[1].Estimate)
	}
}

func TestImportOfWhatIsNoListSaysWhatToExport(t *testing.T) {
	_, p, helper := meets(t)
	p.pardon("422")
	for name, content := range map[string]string{"plan.pdf": "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "plan.png": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"} {
		p.dragsFile(".room", written(t, name, content))()
		p.sight("#import-file|" + name)
		p.sight(".wrong[role=alert] .error")
		p.sight("dialog details[open] .trackers|Jira")
		p.gone(".foot")
		p.inspect("import-wrong-" + name[5:])
		p.click("dialog button|Another file")
		p.presses("\x1b")
		p.gone("dialog")
	}
	p.dragsFile(".room", written(t, "cut.csv", "Key,Title\nB-1,\"Show free boats\nB-2,Pay"))()
	p.sight(".wrong[role=alert] .error")
	p.wait(`/row 2/i.test(document.querySelector('.wrong').innerText)`)
	p.sight("select[name=delimiter]") // it can be read otherwise
	if n := len(helper.stories()); n != 0 {
		t.Errorf("the list has %d stories", n)
	}
}
