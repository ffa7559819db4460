package tracker_test

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/magnapp/magnapp/internal/tracker"
)

func TestAPersonCorrectsWhatWasFoundOut(t *testing.T) {
	data := []byte("Naam;Toelichting;Waarde\nTitle?;\xCF\xEE\xEA\xE0\xE7;5\nb;c d;1\n")
	f, err := tracker.Read(data, tracker.Options{
		Encoding: "windows-1251", Delimiter: ";",
		Columns: map[tracker.Meaning]int{tracker.Title: 1, tracker.Points: 2, tracker.Key: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Stories) != 2 || f.Stories[0].Title != "Показ" || f.Stories[0].Points != "5" || f.Stories[0].Key != "" {
		t.Errorf("%+v", f.Stories)
	}
	got, err := f.Original([]tracker.Estimate{{Row: 2, Value: "8"}})
	if want := "Naam;Toelichting;Waarde\nTitle?;\xCF\xEE\xEA\xE0\xE7;8\nb;c d;1\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestColumnsThatWereTakenLoseTheirMeaning(t *testing.T) {
	f, err := tracker.Read([]byte("Summary,Issue key,Issue id,Story Points,Notes\na,A-1,1,5,other\n"), tracker.Options{Columns: map[tracker.Meaning]int{tracker.Title: 4, tracker.Description: 0, tracker.Points: -1}})
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Stories[0]; s.Title != "other" || s.Description != "a" || s.Points != "" || s.Key != "A-1" {
		t.Errorf("%+v", s)
	}
	var meanings []tracker.Meaning
	for _, c := range f.Columns {
		meanings = append(meanings, c.Meaning)
	}
	if want := []tracker.Meaning{tracker.Description, tracker.Key, "", "", tracker.Title}; !slices.Equal(meanings, want) {
		t.Errorf("%q, want %q", meanings, want)
	}
}

func TestWhatCannotBeChosen(t *testing.T) {
	for name, opts := range map[string]tracker.Options{
		"encoding":         {Encoding: "klingon"},
		"delimiter":        {Delimiter: "ab"},
		"quotes":           {Delimiter: `"`},
		"column":           {Columns: map[tracker.Meaning]int{tracker.Title: 7}},
		"negative column":  {Columns: map[tracker.Meaning]int{tracker.Title: -2}},
		"meaning":          {Columns: map[tracker.Meaning]int{"colour": 0}},
		"internal meaning": {Columns: map[tracker.Meaning]int{"identity": 0}},
	} {
		var e *tracker.Error
		if _, err := tracker.Read([]byte("Title,Key\na,A-1\n"), opts); !errors.As(err, &e) || e.Kind != tracker.BadOption || e.Advice == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryEncodingCanBeChosen(t *testing.T) {
	for _, name := range tracker.Encodings() {
		data := []byte("Title,Key\nab,A-1\n")
		if name == "utf-16le" || name == "utf-16be" {
			var wide []byte
			for _, b := range data {
				pair := []byte{b, 0}
				if name == "utf-16be" {
					slices.Reverse(pair)
				}
				wide = append(wide, pair...)
			}
			data = wide
		}
		f, err := tracker.Read(data, tracker.Options{Encoding: name})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Title != "ab" || f.Encoding != name {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestLinesCanBeChosen(t *testing.T) {
	f, err := tracker.Read([]byte("Title,Key\na,b\n"), tracker.Options{Delimiter: "lines"})
	if err != nil || f.Format != "lines" || len(f.Stories) != 2 || f.Stories[1].Title != "a,b" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestStoriesAreChosen(t *testing.T) {
	f := read(t, "", sample(t, "jira-cloud-all-fields.csv"))
	chosen := f.Select(tracker.Filter{Types: []string{"story", "bug"}, Sprints: []string{"BOAT Sprint 2"}, Open: true})
	if len(chosen) != 2 || chosen[0].Key != "BOAT-7" || chosen[1].Key != "BOAT-8" {
		t.Errorf("%+v", chosen)
	}
	if all := f.Select(tracker.Filter{}); len(all) != len(f.Stories) {
		t.Errorf("%d of %d", len(all), len(f.Stories))
	}
	if done := f.Select(tracker.Filter{Statuses: []string{"done"}}); len(done) != 1 || done[0].Key != "BOAT-9" {
		t.Errorf("%+v", done)
	}
}

func TestAdviceNamesTheMenuOfTheTracker(t *testing.T) {
	_, err := tracker.Read([]byte("<html><head><title>Jira</title></head>"), tracker.Options{Name: "Jira.doc"})
	var e *tracker.Error
	if !errors.As(err, &e) || e.Kind != tracker.WrongFile {
		t.Fatal(err)
	}
	golden(t, "advice-jira.txt", e.Error()+"\n")
	_, err = tracker.Read([]byte("%PDF-1.7"), tracker.Options{})
	golden(t, "advice-all.txt", err.Error()+"\n")
}

func TestUTF16WithoutAMarkIsFoundOut(t *testing.T) {
	for name, enc := range map[string]unicode.Endianness{"utf-16le": unicode.LittleEndian, "utf-16be": unicode.BigEndian} {
		data, err := unicode.UTF16(enc, unicode.IgnoreBOM).NewEncoder().Bytes([]byte("Summary,Issue key,Issue id,Story Points\r\nZażółć 🚤,A-1,1,\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		f := read(t, "", data)
		if f.Encoding != name || f.Stories[0].Title != "Zażółć 🚤" {
			t.Errorf("%s is read as %s: %+v", name, f.Encoding, f.Stories)
		}
		got, err := f.Original([]tracker.Estimate{{Key: "A-1", Value: "5"}})
		if again := read(t, "", got); err != nil || again.Encoding != name || again.Stories[0].Points != "5" || len(got) != len(data)+2 {
			t.Errorf("%s comes back as %s: %+v, %v", name, again.Encoding, again.Stories, err)
		}
	}
}

// TestNothingIsReadByHalves cuts samples at hundreds of places: what is read then is a story that was there, or the file is refused.
func TestNothingIsReadByHalves(t *testing.T) {
	for _, name := range []string{"jira-cloud-current-fields-es.csv", "youtrack.csv", "azure-devops-query.csv", "gh-issue-list.json", "jira-data-center.xml", "monday.xlsx"} {
		data := sample(t, name)
		whole := read(t, name, data)
		for n := 0; n < len(data); n += 1 + len(data)/500 {
			f, err := tracker.Read(data[:n], tracker.Options{Name: name})
			if err != nil {
				continue
			}
			if f.Format != whole.Format { // the header was cut
				continue
			}
			for i := range len(f.Stories) - 1 { // the last may have lost what follows a cell
				if f.Stories[i].Title != whole.Stories[i].Title || f.Stories[i].Points != whole.Stories[i].Points && len(f.Columns) == len(whole.Columns) {
					t.Fatalf("%s cut at %d has %+v, want %+v", name, n, f.Stories[i], whole.Stories[i])
				}
			}
		}
	}
}

func TestWhatIsATableAndWhereItsHeaderIs(t *testing.T) {
	for name, c := range map[string]struct {
		text, format string
		titles       []string
	}{
		"names of no language we know":     {"Avain;Otsikko;Tyyppi\nA-1;Free boats;Story\nA-2;A voucher;Feature\n", "table", []string{"Free boats", "A voucher"}},
		"two columns of such":              {"Avain;Otsikko\nA-1;Free boats\nA-2;A voucher\n", "table", []string{"Free boats", "A voucher"}},
		"no header":                        {"A-1,Free boats\nA-2,A voucher\n", "table", []string{"Free boats", "A voucher"}},
		"a header below a title":           {"Our boats,,\n,,\nNr,Story,Estimate\n1,Free boats,3\n", "table", []string{"Free boats"}},
		"sentences with commas":            {"As a guest, I want boats\nAs a guest, I want vouchers\n", "lines", []string{"As a guest, I want boats", "As a guest, I want vouchers"}},
		"sentences with as many commas":    {"One, two, three\nFour, five, six\n", "lines", []string{"One, two, three", "Four, five, six"}},
		"a title of the words of a header": {"Title,Key\nTitle,A-1\nStory,A-2\n", "table", []string{"Title", "Story"}},
		"one line":                         {"Show free boats", "lines", []string{"Show free boats"}},
	} {
		f := read(t, "", []byte(c.text))
		var titles []string
		for _, s := range f.Stories {
			titles = append(titles, s.Title)
		}
		if f.Format != c.format || !slices.Equal(titles, c.titles) {
			t.Errorf("%s: %s with %q, want %s with %q", name, f.Format, titles, c.format, c.titles)
		}
	}
}
