package poker

import (
	"strings"
	"testing"
)

// fromFile is what a file has: each text is a key, a bar and a title. All are wanted.
func fromFile(prefix string, stories ...string) []Candidate {
	candidates := make([]Candidate, len(stories))
	for i, text := range stories {
		key, title, _ := strings.Cut(text, "|")
		candidates[i] = Candidate{Row: i + 2, Wanted: true, Story: Story{ID: prefix + string(rune('a'+i)), Key: key, Title: title}}
	}
	return candidates
}

// rowsOf are the rows of the file, with the story of each.
func rowsOf(f *File) string {
	var b strings.Builder
	for _, row := range f.Rows {
		b.WriteString(string(rune('0'+row.Row)) + row.StoryID + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestImport_adds_what_is_not_on_the_list(t *testing.T) {
	g := newGame(t)
	file := File{Name: "a.csv", Data: []byte("compressed")}
	g.do(&ImportStories{By: by("sm"), Candidates: fromFile("f", "P-1|Log in", "|Same", "|Same", "P-2|Log out"), File: file})
	equal(t, "all", g.order(), "fa fb fc fd")
	equal(t, "rows", rowsOf(g.s.File), "2fa 3fb 4fc 5fd")
	again := fromFile("n", "p-2|Renamed there", "|Same", "|Same", "|Same", "P-3|New")
	again[4].Wanted = false
	g.do(&ImportStories{By: by("sm"), Candidates: again, File: file, Before: ptr("fa")})
	equal(t, "only the third of the same title is new", g.order(), "nd fa fb fc fd")
	equal(t, "rows of the list", rowsOf(g.s.File), "2fd 3fb 4fc 5nd")
	equal(t, "title of what was there", g.s.Stories.Story("fd").Title, "Log out")
}

func TestImport_takes_points_that_are_cards_for_estimates(t *testing.T) {
	g := newGame(t)
	candidates := fromFile("f", "|a", "|b", "|c", "|d")
	for i, points := range []string{"5.0", "4", "coffee", ""} {
		candidates[i].Points = points
	}
	g.do(&ImportStories{By: by("sm"), Candidates: candidates})
	var estimates []string
	for _, s := range g.s.Stories.Stories {
		estimates = append(estimates, string(s.Status))
	}
	equal(t, "statuses", strings.Join(estimates, " "), "estimated todo estimated todo")
	equal(t, "estimate", *g.s.Stories.Stories[0].Estimate, "5")
}

func TestImport_is_whole_or_not_at_all(t *testing.T) {
	g := newGame(t)
	many := make([]string, MaxStories)
	for i := range many {
		many[i] = "|x" + strings.Repeat("y", i)
		many[i] = many[i][:min(len(many[i]), 400)]
	}
	g.do(&AddStories{By: by("sm"), Stories: someStories("y", 1)})
	before := g.s
	equal(t, "one too many", g.try(&ImportStories{By: by("sm"), Candidates: fromFile("f", many...)}), TooManyStories)
	equal(t, "before what is not there", g.try(&ImportStories{By: by("sm"), Candidates: fromFile("f", "|a"), Before: ptr("none")}), NoSuchStory)
	if (&ImportStories{Candidates: fromFile("f", "|a", "|\u200b")}).Validate() == nil {
		t.Error("a title that cannot be seen is taken")
	}
	equal(t, "state", g.s, before)
}

func TestImport_keeps_a_file_that_has_room(t *testing.T) {
	g := newGame(t)
	do := func(c Command) string { // without the looks of game, which take minutes with so many bytes
		decision, err := g.rules.Decide(g.s, c, Moment{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		g.s = decision.Steps[len(decision.Steps)-1].Session
		return Kind(decision.Steps[0].Event.Payload)
	}
	do(&ImportStories{By: by("sm"), Candidates: fromFile("f", "|a"), File: File{Name: "large.xlsx", Data: tooLong}})
	equal(t, "too large", g.s.File, &File{Name: "large.xlsx", Missing: FileTooLarge})
	do(&ImportStories{By: by("sm"), Candidates: fromFile("f", "|a"), File: File{Name: "kept.csv", Data: tooLong[1:]}})
	equal(t, "kept", g.s.File.Kept(), true)
	do(&ImportStories{By: by("sm"), Candidates: fromFile("g", "|b"), File: File{Name: "list.txt", Missing: FileNotWritable}})
	equal(t, "a list takes no file's place", g.s.File.Name, "kept.csv")
	equal(t, "and says that somebody is here if there is nothing new", do(&ImportStories{By: by("sm"), Candidates: fromFile("h", "|b"), File: File{Missing: FileNotWritable}}), "session_extended")
	many := someStories("z", 450)
	for i := range many {
		many[i].Description = strings.Repeat("x", 5000)
	}
	do(&AddStories{By: by("sm"), Stories: many})
	equal(t, "stories need the room", g.s.File, &File{Name: "kept.csv", Missing: FileTooLarge})
	equal(t, "stories", g.s.Stories.Len(), 452)
}

// tooLong is a file that has no room.
var tooLong = make([]byte, MaxFileBytes+1)

func TestFitted_makes_texts_that_a_list_takes(t *testing.T) {
	long := strings.Repeat("é", 20_000)
	s, ok := Story{Title: "\x01 a\u2028b\x7f " + long, Key: "\tK\x00 1", Type: "\u200b", Description: "a\x00b\n" + long, URL: "javascript:alert(1)"}.Fitted()
	equal(t, "is a story", ok, true)
	equal(t, "clean", s.clean(""), nil)
	equal(t, "key, type and link", s.Key+"|"+s.Type+"|"+s.URL, "K  1||")
	_, ok = Story{Title: "\u200b\x00 "}.Fitted()
	equal(t, "nothing to be seen", ok, false)
}
