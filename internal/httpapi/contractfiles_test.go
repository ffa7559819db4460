package httpapi_test

import "strings"

// backlogFile is a file with stories of which the first is on the list.
const backlogFile = "Title,Issue key,Story Points\nLog in,p-1,3\nLog out,P-2,\n"

// ofFiles are what files need besides what every call has.
var ofFiles = []row{
	{name: "import of a dry run or not, who knows", call: "POST /api/sessions/{s}/stories/import?user_id={master}&dry_run=1", as: "master", body: backlogFile, want: 422, field: "dry_run"},
	{name: "import before an unknown story", given: "stories", call: "POST /api/sessions/{s}/stories/import?user_id={master}&before={nobody}", as: "master", body: backlogFile, want: 404, title: "Story not found"},
	{name: "import by a facilitator", given: "facilitated", call: "POST /api/sessions/{s}/stories/import?user_id={guest}", as: "guest", body: backlogFile, want: 200, has: "added"},
	{name: "import while a story is voted on", given: "story voted", call: "POST /api/sessions/{s}/stories/import?user_id={master}", as: "master", body: backlogFile, want: 200},
	{name: "export without stories", call: "GET /api/sessions/{s}/export", want: 200},
	{name: "export", given: "story results", call: "GET /api/sessions/{s}/export?format=csv", want: 200},
	{name: "export as JSON", given: "story results", call: "GET /api/sessions/{s}/export/?format=json", want: 200, has: "session_id name exported_at version stories rounds"},
	{name: "export as Markdown", given: "story results", call: "GET /api/sessions/{s}/export?format=markdown", want: 200},
	{name: "export for Jira", given: "story results", call: "GET /api/sessions/{s}/export?format=jira", want: 200},
	{name: "export for Azure DevOps", given: "story results", call: "GET /api/sessions/{s}/export?format=azure&field=Effort", want: 200},
	{name: "export of an unknown field", call: "GET /api/sessions/{s}/export?format=azure&field=a", want: 422, field: "field"},
	{name: "export of an unknown format", call: "GET /api/sessions/{s}/export?format=docx", want: 422, field: "format"},
	{name: "export of the original when there is none", given: "stories", call: "GET /api/sessions/{s}/export?format=original", want: 409, title: "No file to give back"},
	{name: "export for another", given: "stories", call: "GET /api/sessions/{s}/export?user_id={guest}", as: "master", want: 401},
	{name: "export of an unknown session", call: "GET /api/sessions/{nobody}/export", want: 404, title: "Session not found"},
	{name: "export of an ended session", given: "ended", call: "GET /api/sessions/{s}/export", want: 404, title: "Session not found"},
	{name: "export with another method", call: "POST /api/sessions/{s}/export", want: 405},
}

// rowsOfFile are what every call that takes a file has in common.
func (a action) rowsOfFile(change func(name string, want int, title string, edit func(*row)) row) []row {
	title := func(r *row) { r.title = "File not understood" }
	file := func(name string, body string) row {
		return change("with "+name, 422, "", func(r *row) { title(r); r.body = body })
	}
	return []row{
		change("with a file longer than other bodies", 200, "", func(r *row) { r.body += strings.Repeat("Filler,F-1,\n", 8<<10) }),
		change("with a file over the limit", 413, "Body too large", func(r *row) { r.body = a.body + strings.Repeat("x,y,\n", 2<<20+1) }),
		change("with a column that is not there", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&points=99", "points" }),
		change("with a column that is no number", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&title=a", "title" }),
		change("with an unknown encoding", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&encoding=runes", "encoding" }),
		change("with an unknown delimiter", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&delimiter=ab", "delimiter" }),
		change("with rows that are none", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&rows=0", "rows" }),
		change("with estimates or not, who knows", 422, "Invalid input", func(r *row) { r.call, r.field = r.call+"&estimates=1", "estimates" }),
		file("nothing", ""), file("a header only", "Title,Issue key\n"), file("a picture", "\x89PNG\r\n\x1a\n\x00\x00"),
	}
}
