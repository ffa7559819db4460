package browser_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// backlogFile is what Jira Server exports, as Excel leaves it: a byte order mark, semicolons, CR LF between rows, a line break and quotes in a cell, two rows with points and two without.
const backlogFile = "\ufeffSummary;Issue key;Issue id;Issue Type;Status;Description;Custom field (Story Points);Sprint\r\n" +
	"\"Show free boats; by day\";BOAT-7;10407;Story;Open;\"As a guest\nI \"\"see\"\" boats\";3.0;Sprint 4\r\n" +
	"Draw the map;BOAT-8;10408;Story;Open;;;Sprint 4\r\n" +
	"Rent a boat für zwei;BOAT-9;10409;Story;Open;;5.0;\r\n" +
	"Leave a review;BOAT-10;10410;Story;Open;;;\r\n"

// filledIn is the same file after the first story was estimated at 8 and the second at 2.
var filledIn = strings.NewReplacer(";3.0;Sprint 4", ";8.0;Sprint 4", "BOAT-8;10408;Story;Open;;;", "BOAT-8;10408;Story;Open;;2.0;").Replace(backlogFile)

// bringsFile imports a file by the API.
func (g guest) bringsFile(name, content string) {
	g.s.t.Helper()
	path := fmt.Sprintf("%s/api/sessions/%s/stories/import?user_id=%s&name=%s", g.s.url, g.session, g.id, url.QueryEscape(name))
	req, err := http.NewRequest(http.MethodPost, path, strings.NewReader(content))
	if err != nil {
		g.s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	resp, err := g.s.http.Do(req)
	if err != nil {
		g.s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		g.s.t.Fatalf("import: status %d (%v): %s", resp.StatusCode, err, answer)
	}
}

// estimated opens a session whose stories are those of a file, of which two are estimated.
func estimated(t *testing.T, name string, settings ...string) (*server, *person, guest) {
	t.Helper()
	s, p, helper := meetsWith(t, settings...)
	helper.bringsFile(name, backlogFile)
	helper.estimates(helper.stories(), "8", "2")
	p.wait(`document.querySelectorAll('.story.estimated').length === 2`)
	return s, p, helper
}

// downloads lets the browser of a person keep files, and returns where.
func (p *person) downloads() (dir string) {
	p.t.Helper()
	dir = p.t.TempDir()
	p.do(command(cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}))
	return dir
}

// file waits until a download is there, whole, and takes it away. Its parts have other names until then.
func file(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	var content []byte
	eventually(t, name+" is downloaded", func() bool {
		var err error
		content, err = os.ReadFile(path)
		parts, _ := filepath.Glob(filepath.Join(dir, "*.*download"))
		return err == nil && len(content) > 0 && len(parts) == 0
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return string(content)
}

const toExport = "button[aria-label=Export]"

// asks clicks what makes a file of that format.
func (p *person) asks(format string) { p.t.Helper(); p.click("dialog [data-format=" + format + "]") }

func TestExportGivesTheImportedFileBackWithTheEstimates(t *testing.T) {
	s, p, helper := estimated(t, "boats für Ada.csv")
	dir := p.downloads()
	p.click(toExport)
	p.sight("dialog [data-format=original]|boats für Ada.csv")
	if got := eval[string](p, `[...document.querySelectorAll('dialog [data-format]')].map((b) => b.dataset.format).join()`); got != "original,jira,csv,markdown,json,azure" {
		t.Errorf("the formats are offered in the order %s", got)
	}
	p.inspect("export")
	p.asks("original")
	if got := file(t, dir, "boats für Ada.csv"); got != filledIn || filledIn == backlogFile {
		t.Errorf("the file is\n%q\nwant\n%q", got, filledIn)
	}
	p.sees("boats für Ada.csv has been downloaded.")
	p.wait(`document.querySelector('dialog .polite').textContent.includes('has been downloaded')`)
	p.click("dialog details summary|into Jira")
	p.sees("An administrator opens Settings › System › External system import › CSV")
	p.inspect("export-back")

	lisa := s.person("Lisa") // who may do nothing with stories may read them, and so take them along
	lisa.settles("/session/"+helper.session, "fox")
	lisas := lisa.downloads()
	lisa.click(toExport)
	lisa.asks("original")
	if got := file(t, lisas, "boats für Ada.csv"); got != filledIn {
		t.Errorf("for another participant the file is\n%q", got)
	}
}

func TestExportHasAFileOfEachFormat(t *testing.T) {
	_, p, helper := estimated(t, "boats.csv")
	helper.do("POST", "/stories/"+helper.stories()[0].ID, map[string]any{"key": "7"}) // as a work item is called
	dir := p.downloads()
	p.click(toExport)
	for _, tt := range []struct{ format, name, content string }{
		{"csv", "Checkout squad estimates.csv", "key,title,type,estimate,average,votes,rounds,seconds,url\r\n7,Show free boats; by day,Story,8,8,1,1,"},
		{"markdown", "Checkout squad estimates.md", "## Checkout squad\n\n2 of 4 stories estimated, 10 points.\n"},
		{"jira", "Checkout squad estimates for Jira.csv", "Issue Key,Summary,Story Points\r\n7,Show free boats; by day,8\r\nBOAT-8,Draw the map,2\r\n"},
		{"azure", "Checkout squad estimates for Azure DevOps.csv", "ID,Work Item Type,Title,Story Points\r\n7,Story,Show free boats; by day,8\r\n"},
		{"json", "Checkout squad estimates.json", "{\n \"session_id\": \"" + helper.session},
	} {
		p.asks(tt.format)
		if got := file(t, dir, tt.name); !strings.HasPrefix(got, tt.content) || tt.format == "json" && !json.Valid([]byte(got)) {
			t.Errorf("%s begins with %.200q, want %q", tt.name, got, tt.content)
		}
		p.sees(tt.name + " has been downloaded.")
	}
	eval[any](p, `(() => { const f = document.getElementById('azure-field'); f.value = 'Effort'; f.dispatchEvent(new Event('change', { bubbles: true })) })(), null`)
	p.asks("azure")
	if got := file(t, dir, "Checkout squad estimates for Azure DevOps.csv"); !strings.HasPrefix(got, "ID,Work Item Type,Title,Effort\r\n") {
		t.Errorf("with Effort as the field: %q", got)
	}
}

func TestExportGoesOnAfterTheEnd(t *testing.T) {
	s, p, helper := estimated(t, "boats.csv")
	dir := p.downloads()
	p.click("header button[aria-label=Menu]")
	p.click("dialog button|End session for all")
	p.click("dialog button|End session")
	p.sight("[data-ending=ended]")
	p.fits()
	p.audit("the page of a session that is over, with its export")
	p.shoot("export-over")
	p.click("main button|Export")
	p.asks("original")
	if got := file(t, dir, "boats.csv"); got != filledIn {
		t.Errorf("from the page of the session that is over: %q", got)
	}
	p.presses("\x1b")
	p.gone("dialog")
	p.click("a|Open the summary")
	p.sight("#takeaway")
	p.click("main button|Export")
	p.asks("original")
	if got := file(t, dir, "boats.csv"); got != filledIn {
		t.Errorf("from the summary: %q", got)
	}
	p.inspect("export-summary")
	p.presses("\x1b")
	p.gone("dialog")
	p.wait(`document.activeElement?.innerText === 'Export'`)

	stranger := s.person("Ole") // by the link, since the session had no password
	others := stranger.downloads()
	stranger.visit("/session/" + helper.session + "/summary")
	stranger.click("main button|Export")
	stranger.asks("csv")
	if got := file(t, others, "Checkout squad estimates.csv"); !strings.Contains(got, "BOAT-7,") {
		t.Errorf("for somebody with the link: %q", got)
	}
}

func TestExportSaysInTheDialogWhyThereIsNoFile(t *testing.T) {
	s, p, helper := estimated(t, "boats.csv")
	lost := &fault{method: "GET", ending: "/export", times: 9, status: http.StatusServiceUnavailable} // as often as the page tries
	l := s.through(lost)
	stranger := l.person("Ole").pardon("status of 503", "status of 401", "status of 404", "Failed to load resource")
	dir, own := stranger.downloads(), p.downloads()
	stranger.visit("/session/" + helper.session + "/summary")
	stranger.click("main button|Export")
	stranger.asks("csv")
	stranger.sight("dialog li [role=alert]|The server did not answer. Try again.")
	stranger.audit("a file that was not made")
	stranger.asks("csv") // now it goes through
	file(t, dir, "Checkout squad estimates.csv")
	stranger.gone("dialog [role=alert]:not(.urgent)")

	eval[any](p, fmt.Sprintf(`(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.%[1]s')).user
		const answer = await fetch('/api/sessions/%[1]s/settings?user_id=' + me, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"password":"sesame"}' }); if (!answer.ok) throw new Error(answer.status) })()`, helper.session))
	stranger.asks("original")
	stranger.sight("dialog li [role=alert]|This is for those who have a seat here.")
	p.click(toExport) // who has one brings the proof of it
	p.asks("original")
	if got := file(t, own, "boats.csv"); got != filledIn {
		t.Errorf("of a session with a password: %q", got)
	}
	p.presses("\x1b")
	eval[any](p, fmt.Sprintf(`(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.%[1]s')).user
		const answer = await fetch('/api/sessions/%[1]s?user_id=' + me, { method: 'DELETE' }); if (!answer.ok) throw new Error(answer.status) })()`, helper.session))
	stranger.asks("json")
	stranger.sight("dialog li [role=alert]|This is for those who have a seat here.")
	p.sight("[data-ending=ended]")
	p.click("main button|Export")
	p.asks("original")
	if got := file(t, own, "boats.csv"); got != filledIn {
		t.Errorf("of a session with a password, after its end: %q", got)
	}

	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("what was refused was kept: %v (%v)", left, err)
	}
}

func TestExportOfASessionThatIsForgottenSaysSo(t *testing.T) {
	s, p, helper := estimated(t, "boats.csv", "KEEP_ENDED_HOURS=0")
	stranger := s.person("Ole").pardon("status of 404", "Failed to load resource")
	stranger.visit("/session/" + helper.session + "/summary")
	stranger.click("main button|Export")
	stranger.sight("dialog [data-format=csv]")
	eval[any](p, fmt.Sprintf(`(async () => { const me = JSON.parse(localStorage.getItem('magnapp.seat.%[1]s')).user
		const answer = await fetch('/api/sessions/%[1]s?user_id=' + me, { method: 'DELETE' }); if (!answer.ok) throw new Error(answer.status) })()`, helper.session))
	stranger.asks("csv")
	stranger.sight("dialog li [role=alert]|The session is not there any more")
}

func TestExportByTheKeyboardAlone(t *testing.T) {
	_, p, _ := estimated(t, "boats.csv")
	dir := p.downloads()
	p.tabTo(toExport)
	p.presses("\r")
	p.sight("dialog [data-format=original]")
	p.wait(`document.activeElement?.dataset.format === 'original'`) // what serves best is at hand
	p.presses("\r")
	if got := file(t, dir, "boats.csv"); got != filledIn {
		t.Errorf("the file is %q", got)
	}
	p.tabTo("dialog details summary|into Jira")
	p.presses("\r")
	p.sees("An administrator opens")
	p.tabTo("dialog [data-format=markdown]")
	p.presses(" ")
	file(t, dir, "Checkout squad estimates.md")
	p.presses("\x1b")
	p.gone("dialog")
	p.wait(`document.activeElement === ` + element(toExport))
}

func TestExportOnAPhone(t *testing.T) {
	_, p, _ := estimated(t, "a-file-with-a-name-that-is-far-too-long-for-any-phone-and-has-no-blank-where-it-could-be-broken.csv")
	dir := p.downloads()
	for _, size := range [][2]int64{{320, 480}, {320, 640}, {390, 844}, {844, 390}} {
		p.size(size[0], size[1])
		p.fits()
		p.click("header .backlog")
		p.click("dialog " + toExport)
		p.sight("dialog [data-format=original]")
		p.fits()
		p.wait(`(() => { const d = document.querySelector('dialog'); return d.scrollWidth <= d.clientWidth })()`)
		p.shoot(fmt.Sprintf("export-phone-%d", size[0]))
		p.audit("the export on a phone")
		p.asks("csv")
		file(t, dir, "Checkout squad estimates.csv")
		p.presses("\x1b")
		p.gone("dialog")
	}
}

func TestExportWithoutAFileSaysHowToExportFromATracker(t *testing.T) {
	_, p, _ := meets(t, "Pay by invoice", "Empty basket")
	p.click(toExport)
	p.sight("dialog [data-format=csv]")
	p.gone("dialog [data-format=original]")
	p.click("dialog summary|How to export from your tracker")
	p.click("dialog .trackers summary|GitLab")
	p.sees("Choose Actions (⋮) › Export as CSV › Export issues.")
	p.inspect("export-how")
	for _, lang := range []string{"de", "fr", "es"} {
		t.Run(lang, func(t *testing.T) {
			eval[any](p, fmt.Sprintf(`(localStorage.setItem('magnapp.prefs', JSON.stringify({ lang: %q })), null)`, lang))
			p.visit(eval[string](p, `location.pathname`))
			p.click(".stories .bar button:last-child")
			p.click("dialog .sheet > details > summary")
			p.wait(`document.querySelectorAll('dialog .trackers details').length > 20`)
			eval[any](p, `document.querySelectorAll('dialog details').forEach((d) => { d.name = ''; d.open = true }), null`)
			p.size(360, 800)
			p.fits()
			p.audit("the export in " + lang)
			p.shoot("export-how-" + lang)
			p.size(1440, 900)
			if got := eval[string](p, `document.querySelector('dialog').innerText`); strings.Contains(got, "undefined") || strings.ContainsAny(got, "{}[]") {
				t.Errorf("a text is not filled in: %s", got)
			}
		})
	}
}

func TestExportInBothBrowsers(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		s := serve(t)
		master := s.create("Checkout squad", "Mike", "bear")
		name := fmt.Sprintf("boats in %s.csv", filepath.Base(t.Name()))
		master.bringsFile(name, backlogFile)
		master.estimates(master.stories(), "8", "2")
		r := open(s)
		dir := r.keeps()
		r.joins(master.session)
		r.click(toExport)
		r.click("dialog [data-format=original]")
		if got := file(t, dir, name); !bytes.Equal([]byte(got), []byte(filledIn)) {
			t.Errorf("the file is\n%q\nwant\n%q", got, filledIn)
		}
		r.sees(name + " has been downloaded.")
	})
}
