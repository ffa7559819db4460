package tracker

import "slices"

// formats are tried in this order: what has names of its own comes first, what has only common names last.
var formats = slices.Concat(jiraFormats, hostedFormats, openFormats, boardFormats, otherFormats)

// hostedFormats are those of trackers beside source code.
var hostedFormats = []format{
	{
		id: "azure-devops", tracker: "Azure DevOps", source: "queries of Azure DevOps Services, 2024–2026; also re-saved by Excel",
		menu:      "Boards > Queries > run a query > Export to CSV (…)",
		signature: [][]string{{"work item type"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"title", "title #"}, Description: {"description", "acceptance criteria"}, Type: {"work item type"}, Status: {"state"},
			Points: {"story points", "effort", "size"}, Parent: {"parent"}, Sprint: {"iteration path"},
		},
		addPoints: "Story Points", markup: html, tree: true, pathOf: `\`,
		done: map[string]string{"state": "closed|done|resolved|completed|removed"},
	},
	{
		id: "azure-devops-json", tracker: "Azure DevOps", source: "source of Azure's command line, 2026, and accounts of what it prints", container: containerJSON,
		menu:      "az boards query --path 'Shared Queries/NAME' --output json > items.json",
		signature: [][]string{{"system.title"}},
		columns: map[Meaning][]string{
			Key: {"id", "system.id"}, Title: {"system.title"}, Description: {"system.description", "microsoft.vsts.common.acceptancecriteria"}, Type: {"system.workitemtype"}, Status: {"system.state"},
			Points: {"microsoft.vsts.scheduling.storypoints", "microsoft.vsts.scheduling.effort", "microsoft.vsts.scheduling.size"}, Parent: {"system.parent"}, Sprint: {"system.iterationpath"},
		},
		addPoints: "Story Points", markup: html, pathOf: `\`,
		done: map[string]string{"system.state": "closed|done|resolved|completed|removed"},
	},
	{
		id: "github-projects", tracker: "GitHub Projects", source: "GitHub's own test of its export, 2026, and two fixtures of others",
		menu:      "Project > a table view > View > Export view data",
		signature: [][]string{{"title", "url", "repository"}, {"title", "url", "assignees", "status"}, {"title", "url", "linked pull requests"}},
		columns: map[Meaning][]string{
			Title: {"title"}, Type: {"type"}, Status: {"status"}, Points: {"estimate", "points", "story points", "size"}, URL: {"url"},
			Parent: {"parent issue"}, Sprint: {"iteration", "sprint", "milestone"},
		},
		own: []Meaning{Points}, addPoints: "Estimate", markup: markdown, urlKey: true, plain: true, pointsIn: "labels", parentTail: true,
		done: map[string]string{"status": "done|closed"},
	},
	{
		id: "github-projects-json", tracker: "GitHub Projects", source: "gh's source, 2026, and accounts of its output, gh 2.97", container: containerJSON,
		menu:      "gh project item-list 1 --owner NAME --format json --limit 500 > items.json",
		signature: [][]string{{contentType}},
		columns: map[Meaning][]string{
			Title: {"title"}, Description: {"body"}, Type: {"type"}, Status: {"status"}, Points: {"estimate", "points", "story points", "size"}, URL: {"url"},
			Parent: {"parent issue"}, Sprint: {"iteration", "sprint", "milestone"},
		},
		own: []Meaning{Points, Status}, addPoints: "Estimate", markup: markdown, urlKey: true, pointsIn: "labels", parentTail: true,
		done: map[string]string{"status": "done|closed"},
	},
	{
		id: "gitlab-json", tracker: "GitLab", source: "accounts of what glab prints, and GitLab's documentation of its interface, 2026", container: containerJSON,
		menu:      "glab issue list --output json --per-page 100 > issues.json",
		signature: [][]string{{"iid", "title"}},
		columns: map[Meaning][]string{
			Key: {"iid"}, Title: {"title"}, Description: {"description"}, Type: {"issue_type"}, Status: {"state"}, Points: {"weight"}, URL: {"web_url"},
			Parent: {"epic"}, Sprint: {"milestone", "iteration"},
		},
		addPoints: "Weight", markup: markdown, pointsIn: "labels", done: map[string]string{"state": "closed"},
	},
	{
		id: "github-issues", tracker: "GitHub", source: "gh issue list --json, as of 2024", container: containerJSON,
		menu:      "gh issue list --json number,title,body,state,url,labels,milestone --limit 500 > issues.json",
		signature: [][]string{{"number"}, {"title", "body"}, {"title", "state", "labels|milestone|projectitems"}},
		columns: map[Meaning][]string{
			Key: {"number"}, Title: {"title"}, Description: {"body"}, Status: {"state"}, URL: {"html_url", "url"}, Sprint: {"milestone"},
		},
		inTitle: true, markup: markdown, pointsIn: "labels", done: map[string]string{"state": "closed"},
	},
	{
		id: "gitlab", tracker: "GitLab", source: "GitLab's source and documentation, 2021–2026 (issues, work items, 18.4)",
		menu:      "Plan > Issues > Actions (⋮) > Export as CSV (it comes by e-mail)",
		signature: [][]string{{"issue id", "created at (utc)"}, {"id", "created at (utc)"}},
		columns: map[Meaning][]string{
			Key:   {"issue id", "iid", "id"}, // since 18.4 ID is the database's number
			Title: {"title"}, Description: {"description"}, Type: {"type"}, Status: {"state"}, Points: {"weight"}, URL: {"url"},
			Parent: {"epic title", "parent title", "parent"}, Sprint: {"milestone", "iteration"},
		},
		addPoints: "Weight", markup: markdown, guards: []guard{{"'", "=+-@;\t\r"}}, done: map[string]string{"state": "closed"},
	},
	{
		id: "bugzilla", tracker: "Bugzilla", source: "Bugzilla's source, 5.x",
		menu:      "a list of bugs > CSV, below the list",
		signature: [][]string{{"^bug id"}, {"^bug_id"}},
		columns: map[Meaning][]string{
			Key: {"bug id", "bug_id"}, Title: {"summary", "short_desc", "short_short_desc"}, Type: {"severity", "bug_severity", "type", "bug_type"},
			Status: {"status", "bug_status"}, Points: {"orig. est.", "estimated_time"}, Sprint: {"target milestone", "target_milestone"},
		},
		own: []Meaning{Points}, addPoints: "Orig. Est.", guards: []guard{{" ", "=+-@"}},
		done: map[string]string{"status": "resolved|verified|closed", "bug_status": "resolved|verified|closed"},
	},
	{
		id: "phabricator", tracker: "Phabricator", source: "Phorge's source, 2026",
		menu:      "Maniphest > a query > Use Results > Export Data > CSV",
		signature: [][]string{{"monogram"}},
		columns: map[Meaning][]string{
			Key: {"monogram"}, Title: {"title"}, Description: {"description"}, Type: {"subtype"}, Status: {"status name", "status"}, Points: {"points"},
			URL: {"uri"}, Sprint: {"project tags"},
		},
		addPoints: "Points", markup: remarkup, guards: []guard{{"(!) ", "=+-@"}}, splitOf: ", ", done: map[string]string{"date closed": "*"},
	},
}

// openFormats are those of trackers that people run themselves.
var openFormats = []format{
	{
		id: "redmine", tracker: "Redmine", source: "Redmine's source, 2026, with its languages",
		menu:      "Issues > Also available in: CSV (below the list); tick Description",
		signature: [][]string{{"^#", "tracker|трекер|typ zagadnienia|tipo|type|トラッカー|跟踪|유형|typ"}, {"^#", "subject|thema|sujet|asunto|тема|temat|titolo|題名|主题"}},
		columns: map[Meaning][]string{
			Key:         {"#"},
			Title:       {"subject", "thema", "sujet", "asunto", "тема", "temat", "assunto", "titolo", "oggetto", "título", "ämne", "emne", "onderwerp", "předmět", "tárgy", "subiect", "konu", "題名", "主题", "主旨", "제목"},
			Description: {"description", "beschreibung", "descripción", "описание", "opis", "descrição", "descrizione", "beskrivning", "beskrivelse", "beschrijving", "popis", "leírás", "descriere", "説明", "描述", "설명"},
			Type:        {"tracker", "трекер", "typ zagadnienia", "tipo", "トラッカー", "跟踪", "유형"},
			Status:      {"status", "statut", "estado", "статус", "situação", "stato", "stav", "stare", "ステータス", "状态", "상태"},
			Points:      {"story points", "story point"},
			Parent:      {"parent task", "übergeordnetes ticket", "tâche parente", "tarea padre", "родительская задача", "zagadnienie nadrzędne", "tarefa pai", "親チケット", "父任务"},
			Sprint:      {"target version", "zielversion", "version cible", "versión prevista", "версия", "wersja docelowa", "versão", "versione prevista", "versiune țintă", "対象バージョン", "目标版本"},
		},
		own: []Meaning{Points}, addPoints: "Story Points", markup: textile, done: map[string]string{"closed": "*", "geschlossen": "*"},
	},
	{
		id: "openproject", tracker: "OpenProject", source: "OpenProject's source, 2026",
		menu:      "Work packages > (⋮) > Export > CSV; tick the descriptions",
		signature: [][]string{{"^id", "subject", "type"}, {"^id", "thema", "typ"}, {"^id", "sujet"}, {"^id", "asunto"}, {"^id", "тема"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"subject", "thema", "sujet", "asunto", "тема"}, Description: {"description", "beschreibung", "descripción", "описание"},
			Type: {"type", "typ", "tipo", "тип"}, Status: {"status", "statut", "estado", "статус"}, Points: {"story points", "story-punkte"},
			Parent: {"parent", "übergeordnetes arbeitspaket", "übergeordnete aufgabe"}, Sprint: {"version", "sprint"},
		},
		own: []Meaning{Points}, addPoints: "Story points", markup: markdown, guards: apostrophe,
		done: map[string]string{"status": "closed|rejected|geschlossen|fermé|cerrado"},
	},
	{
		id: "openproject-json", tracker: "OpenProject", source: "OpenProject's documentation of its interface, and accounts of what it answers, 2026", container: containerJSON,
		menu:      "curl -u apikey:TOKEN 'https://HOST/api/v3/projects/NAME/work_packages?pageSize=500' > work-packages.json",
		signature: [][]string{{resourceType, "subject"}},
		columns: map[Meaning][]string{
			Key: {"id"}, Title: {"subject"}, Description: {"description"}, Type: {"type"}, Status: {"status"}, Points: {"storypoints"}, Parent: {"parent"}, Sprint: {"sprint", "version"},
		},
		own: []Meaning{Points}, addPoints: "Story points", markup: markdown, done: map[string]string{"status": "closed|rejected|geschlossen|fermé|cerrado"},
	},
	{
		id: "taiga", tracker: "Taiga", source: "Taiga's source, 2026, and a file of 2018",
		menu:      "Admin > Project > Reports > User stories > Download CSV",
		signature: [][]string{{"ref", "total-points"}},
		columns: map[Meaning][]string{
			Key: {"ref"}, Title: {"subject"}, Description: {"description"}, Status: {"status"}, Points: {"total-points"}, Parent: {"epics"}, Sprint: {"sprint"},
		},
		addPoints: "total-points", markup: markdown, guards: apostrophe, done: map[string]string{"is_closed": "true"},
	},
	{
		id: "youtrack", tracker: "YouTrack", source: "files of 2011 and 2022",
		menu:      "Issues > a query > (⋮) or Reports > Export > CSV",
		signature: [][]string{{"issue id", "project", "summary"}},
		columns: map[Meaning][]string{
			Key: {"issue id"}, Title: {"summary"}, Description: {"description"}, Type: {"type", "тип"}, Status: {"state", "stage", "состояние"},
			Points: {"story points", "story point"}, Sprint: {"sprints", "sprint", "спринты"}, Parent: {"parent", "parent for", "subtask of"},
		},
		own: []Meaning{Points}, addPoints: "Story points", markup: markdown, splitOf: ", ",
		absent: []string{
			"unassigned", "no sprint", "no sprints", "undefined", "no fix versions", "no type", "no state", "no priority", "unestimated", "не назначен",
			"нет спринта", "не определено", "нет версии исправления", "kein sprint", "nicht zugewiesen",
		},
		done: map[string]string{"resolved": "*"},
	},
}
