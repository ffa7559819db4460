package tracker

// boardFormats are those of hosted boards.
var boardFormats = []format{
	{
		id: "linear", tracker: "Linear", source: "a file of 2024, headers of 45 files up to 2026",
		menu:      "Settings > Workspace > Import / export > Export CSV, or a view > Export issues as CSV",
		signature: [][]string{{"cycle number", "team"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"title"}, Description: {"description"}, Status: {"status"}, Points: {"estimate"}, Parent: {"parent issue", "project"},
			Sprint: {"cycle name", "cycle number"},
		},
		addPoints: "Estimate", markup: markdown, guards: []guard{{"'", "=+-@√∑<>±≤≥≠\t\r"}},
		done: map[string]string{"completed": "*", "canceled": "*", "archived": "*"},
	},
	{
		id: "trello-json", tracker: "Trello", source: "a board of 100 cards, kept by Wekan", container: containerTrello,
		menu: "Board > (…) > Print, export and share > Export as JSON",
		columns: map[Meaning][]string{
			Key: {"idshort"}, Title: {"name"}, Description: {"desc"}, Status: {"list"}, Points: {"story points", "points", "estimate"}, URL: {"shorturl", "url"},
		},
		own: []Meaning{Points}, inTitle: true, markup: markdown, done: map[string]string{"closed": "true", "list closed": "true"},
	},
	{
		id: "trello-csv", tracker: "Trello", source: "several fixtures that agree, up to 2026",
		menu:      "Board > (…) > Print, export and share > Export as CSV (Premium)",
		signature: [][]string{{"card id", "card name"}},
		columns: map[Meaning][]string{
			Title: {"card name"}, Description: {"card description"}, Status: {"list name"}, Points: {"story points"}, URL: {"card url"},
		},
		own: []Meaning{Points}, addPoints: "Story Points", inTitle: true, markup: markdown, urlKey: true, done: map[string]string{"archived": "true", "due complete": "true"},
	},
	{
		id: "shortcut", tracker: "Shortcut", source: "importers of others and fixtures, up to 2026",
		menu:      "Settings > Export > Export all data as CSV, or a list of stories > Export",
		signature: [][]string{{"is_a_blocker", "utc_offset"}, {"story_type|type", "iteration_id", "epic_id"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"name"}, Description: {"description"}, Type: {"type", "story_type"}, Status: {"state"}, Points: {"estimate"},
			Parent: {"epic", "parent_story_id"}, Sprint: {"iteration"},
		},
		addPoints: "estimate", markup: markdown, done: map[string]string{"is_completed": "true", "is_archived": "true"},
	},
	{
		id: "asana", tracker: "Asana", source: "importers of others and fixtures, up to 2026",
		menu:      "Project > the arrow beside its name > Export/Print > CSV",
		signature: [][]string{{"section/column", "name"}},
		columns: map[Meaning][]string{
			Key: {"task id"}, Title: {"name"}, Description: {"notes"}, Status: {"section/column"}, Points: {"story points", "points", "estimate"},
			Parent: {"parent task"},
		},
		own: []Meaning{Points, Sprint}, addPoints: "Story Points", done: map[string]string{"completed at": "*"},
	},
	{
		id: "clickup", tracker: "ClickUp", source: "a file of 27 columns, a measured export of 2026 with 34",
		menu:      "a view > Export view > CSV (with its custom fields), or Workspace settings > Import / export",
		signature: [][]string{{"task id", "space name"}, {"task id", "task name", "list name"}},
		columns: map[Meaning][]string{
			Key: {"task custom id", "task id"}, identity: {"task id"}, Title: {"task name"}, Description: {"task content"}, Type: {"task type"},
			Status: {"status"}, Points: {"sprint points", "story points", "points"}, URL: {"task link"}, Parent: {"parent id"}, Sprint: {"list name"},
		},
		own: []Meaning{Points}, addPoints: "Sprint Points", markup: markdown, escapes: true,
		done: map[string]string{"status": "closed|complete|done"},
	},
	{
		id: "pivotal", tracker: "Pivotal Tracker", source: "files of 2012 and 2014; it closed in 2025",
		menu:      "it closed on 30 April 2025; files exported before can be read",
		signature: [][]string{{"current state", "requested by"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"title", "story"}, Description: {"description"}, Type: {"type", "story type"}, Status: {"current state"},
			Points: {"estimate"}, URL: {"url"}, Sprint: {"iteration"},
		},
		addPoints: "Estimate", markup: markdown, guards: []guard{{"'", "="}}, noPoints: []string{"-1"}, done: map[string]string{"current state": "accepted", "accepted at": "*"},
	},
	{
		id: "monday", tracker: "monday.com", source: "two analyses of real workbooks, one importer, up to 2026",
		menu:      "Board > (…) > More actions > Export board to Excel",
		signature: [][]string{{"name", "subitems"}, {"name", "item id (auto generated)"}},
		columns: map[Meaning][]string{
			Key: {"item id (auto generated)"}, Title: {"name"}, Status: {"status"}, Points: {"story points", "estimated sp", "points", "estimate"}, Type: {"type"},
			Sprint: {"sprint", "group"},
		},
		own: []Meaning{Points}, addPoints: "Story Points", groups: true, done: map[string]string{"status": "done"},
	},
}

// otherFormats are the rest, and what people write by hand.
var otherFormats = []format{
	{
		id: "targetprocess", tracker: "Targetprocess", source: "one file",
		menu:      "a list view > Actions > Export > CSV",
		signature: [][]string{{"resourcetype", "entitystate"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"name"}, Description: {"description"}, Type: {"resourcetype"}, Status: {"entitystate"}, Points: {"effort"},
			Parent: {"feature", "epic"}, Sprint: {"teamiteration", "iteration"},
		},
		addPoints: "Effort", markup: html, braced: true,
	},
	{
		id: "rally", tracker: "Rally", source: "one file",
		menu:      "Backlog or User Stories > Actions (gear) > Export to CSV",
		signature: [][]string{{"formatted id"}},
		columns: map[Meaning][]string{
			Key: {"formatted id"}, Title: {"name"}, Description: {"description"}, Status: {"schedule state"}, Points: {"plan estimate"},
			Parent: {"feature", "parent"}, Sprint: {"iteration"},
		},
		addPoints: "Plan Estimate", markup: html, typeOfKey: map[string]string{"US": "User Story", "DE": "Defect", "TA": "Task", "F": "Feature"},
		done: map[string]string{"schedule state": "accepted|released"},
	},
	{
		id: "notion", tracker: "Notion", source: "one file",
		menu:     "a database > (…) > Export > Markdown & CSV; unpack the ZIP",
		nameHint: "hex32", anyTitle: true,
		own:       []Meaning{Description, Type, Status, Points, URL, Parent, Sprint},
		addPoints: "Story Points", markup: markdown,
	},
	{
		id: "lines", tracker: "List", source: "one story in each line; Markdown lists and check lists", container: containerLines,
		menu:    "type or paste one story in each line",
		columns: map[Meaning][]string{Key: {"key"}, Title: {"title"}, Status: {"status"}, URL: {"url"}, Points: {"points"}, Sprint: {"heading"}},
		inTitle: true, done: map[string]string{"status": "done"},
	},
	{
		id: "table", tracker: "Spreadsheet", source: "spreadsheets that people write",
		menu:      "File > Save as > CSV UTF-8, or XLSX; or copy the cells and paste them",
		own:       Meanings(),
		addPoints: "Story Points", markup: anyMarkup, guards: []guard{{"'", "=+-@\t\r\n＝＋－＠"}}, // as our own files and those of libraries have it
		done: map[string]string{"status": "done|closed|fertig|erledigt|terminé|hecho|feito|fatto|zrobione|готово"},
	},
}
