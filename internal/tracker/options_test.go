package tracker_test

import (
	"errors"
	"slices"
	"testing"

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
