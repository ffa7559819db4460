package tracker

// format is what is known about the files of one tracker. Reading one is a matter of this table: a new tracker is a new entry.
//
// Names of columns are compared without regard to case and white space. In a pattern, "*" at the start stands for anything before, "#" at the end
// for a number, and "^" at the start means that it has to be the first column.
type format struct {
	id      string // what it is called in the API
	tracker string // what people call it
	source  string // where the knowledge is from, with version or date
	menu    string // how to export such a file

	// signature is what the header must have: all names of one of the lists. Alternatives within a name are separated by "|".
	signature [][]string
	container string // "" for a table, or the only container in which it occurs
	nameHint  string // "hex32": the file's name ends in 32 hexadecimal digits

	columns  map[Meaning][]string // which names have which meaning; the first that is present and filled wins
	anyTitle bool                 // the first column is the title, whatever its name
	own      []Meaning            // meanings whose columns teams name themselves: the general names are tried too

	addPoints  string            // the name of the points column where the file has none
	markup     markup            // what descriptions are written in
	guards     []guard           // what was put before a text that a spreadsheet would run
	noPoints   []string          // points that mean none
	absent     []string          // words that mean nothing, besides those of all trackers
	done       map[string]string // column and the value that says that a story is done; "*" is any
	urlKey     bool              // the key is the tail of the URL
	tree       bool              // a title's column is its depth
	pathOf     string            // what separates the parts of a sprint's path, of which the last counts
	splitOf    string            // what separates several sprints in one cell, of which the last counts
	braced     bool              // values are written {Id=1, Name=x}
	escapes    bool              // line breaks are written \n
	plain      bool              // cells stand as they are, without quotes
	pointsIn   string            // the column with labels that may hold the points
	typeOfKey  map[string]string // what the letters of a key say about the type
	groups     bool              // rows are in groups that repeat the header
	parentTail bool              // the parent is the tail of an address
	inTitle    bool              // points may stand before a title: (5) Title
}

// guard is a mark before a text that begins with one of the characters.
type guard struct{ mark, before string }

// markup is what a description is written in.
type markup string

const (
	plainText markup = ""
	html      markup = "html"
	wiki      markup = "wiki"     // Jira
	markdown  markup = "markdown" // and what is like it
	textile   markup = "textile"
	remarkup  markup = "remarkup" // Phabricator
	anyMarkup markup = "any"      // HTML if it looks so, else Markdown
)

// apostrophe guards what spreadsheets run, in most trackers that guard at all.
var apostrophe = []guard{{"'", "=+-@\t\r"}}

// general names columns in spreadsheets that people write by hand, and the columns that they add to a tracker's.
var general = map[Meaning][]string{
	Key:         {"key", "issue key", "identifier", "idreadable", "custom_id", "id", "issue id", "ticket", "ticket id", "story id", "task id", "us id", "story no", "story no.", "story number", "ticket no", "ticket no.", "ticket number", "issue number", "item id", "feature id", "work item id", "workitemid", "pbi id", "requirement id", "req id", "jira id", "jira key", "ref", "nr", "nr.", "no.", "number", "nummer", "#", "^no", "s.no", "s.no.", "s. no.", "sl no", "sl no.", "sr no", "sr no.", "lfd. nr.", "lfd.nr.", "clé", "clave", "chave", "klucz", "schlüssel"},
	Title:       {"title", "summary", "name", "subject", "story", "user story", "task", "issue", "feature", "backlog item", "product backlog item", "item", "story name", "story title", "user story name", "user story title", "issue title", "issue summary", "ticket title", "ticket summary", "task title", "feature title", "feature name", "item name", "task name", "headline", "titel", "thema", "zusammenfassung", "betreff", "aufgabe", "titre", "sujet", "résumé", "título", "titulo", "asunto", "resumen", "resumo", "assunto", "titolo", "oggetto", "tytuł", "temat", "podsumowanie", "název", "тема", "название", "заголовок", "i want...", "i want", "タイトル", "件名", "标题", "主题", "제목", "short description", "requirement"},
	Description: {"description", "details", "body", "notes", "acceptance criteria", "long description", "beschreibung", "descripción", "descrição", "descrizione", "opis", "popis", "описание", "説明", "描述", "설명"},
	Type:        {"type", "issue type", "issuetype", "work item type", "workitemtype", "kind", "category", "typ", "tipo"},
	Status:      {"status", "state", "state name", "estado", "état", "stato", "stan", "stav", "статус"},
	Points:      {"story points", "points", "estimate", "story point estimate", "storypoints", "story point", "sp", "size", "effort", "estimation", "sp estimate", "estimated points", "estimated story points", "story pts", "pts", "est", "est.", "schätzung", "aufwand", "punkte", "story-points", "puntos", "puntos de historia", "points d'histoire", "pontos", "punti", "punkty", "оценка", "sprint points", "weight", "total_points"},
	URL:         {"html_url", "url", "link", "issue url", "web url", "href"},
	Parent:      {"parent", "parent key", "parent id", "epic", "epic link", "epic name"},
	Sprint:      {"sprint", "sprints", "iteration", "milestone", "target version", "version", "fix version"},
}

// lookup finds a format by its identifier.
func lookup(id string) *format {
	for i := range formats {
		if formats[i].id == id {
			return &formats[i]
		}
	}
	return nil
}

// Known is what is known about the files of one tracker, for people.
type Known struct {
	Format  string `json:"format"`  // Format is the identifier, as in [File].
	Tracker string `json:"tracker"` // Tracker is its name.
	Menu    string `json:"menu"`    // Menu says how to export such a file.
	Source  string `json:"source"`  // Source is where the knowledge is from, with version or date.
}

// Formats are all that are recognised, in the order in which they are tried.
func Formats() []Known {
	known := make([]Known, 0, len(formats))
	for _, f := range formats {
		known = append(known, Known{Format: f.id, Tracker: f.tracker, Menu: f.menu, Source: f.source})
	}
	return known
}
