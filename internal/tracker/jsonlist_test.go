package tracker_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/tracker"
)

// TestAListWithinAnObjectIsRead holds that what a tracker's command or interface prints is not one story named after all of them.
func TestAListWithinAnObjectIsRead(t *testing.T) {
	for name, text := range map[string]string{
		"Jira's interface":    `{"expand":"names","startAt":0,"total":2,"issues":[{"id":"10401","key":"BOAT-7","fields":{"summary":"Free boats","status":{"name":"Done"}}},{"id":"10402","key":"BOAT-8","fields":{"summary":"Voucher"}}]}`,
		"Redmine's interface": `{"issues":[{"id":7,"tracker":{"id":2,"name":"Bug"},"subject":"Free boats"},{"id":8,"subject":"Voucher"}],"total_count":2,"limit":25}`,
		"two pages":           `{"issues":[{"id":7,"subject":"Free boats"}]}` + "\n" + `{"issues":[{"id":8,"subject":"Voucher"}]}`,
		"two lists":           `[{"number":7,"title":"Free boats"}][{"number":8,"title":"Voucher"}]`,
		"a list, an object":   `[{"number":7,"title":"Free boats"}] {"number":8,"title":"Voucher"}`,
		"an object, a list":   `{"number":7,"title":"Free boats"} [{"number":8,"title":"Voucher"}]`,
		"lists of nothing":    `{"warnings":[],"issues":[{"id":7,"subject":"Free boats"},{"id":8,"subject":"Voucher"}],"errors":[]}`,
		"stories in German":   `{"Nr":7,"Titel":"Free boats","Labels":[{"name":"a"}]}{"Nr":8,"Titel":"Voucher","Labels":[{"name":"a"}]}`,
		"documents":           `[{"id":7,"title":"Free boats","content":{"type":"doc","text":"a"}},{"id":8,"title":"Voucher","content":{"type":"doc"}}]`,
		"objects with lists":  `{"number":7,"title":"Free boats","labels":[{"name":"a"}]}{"number":8,"title":"Voucher","labels":[{"name":"a"}]}`,
	} {
		f := read(t, "", []byte(text))
		var titles, keys []string
		for _, s := range f.Stories {
			titles, keys = append(titles, s.Title), append(keys, s.Key)
		}
		if !slices.Equal(titles, []string{"Free boats", "Voucher"}) || slices.Contains(keys, "") {
			t.Errorf("%s: %q with keys %q", name, titles, keys)
		}
		if len(f.Warnings) > 0 {
			t.Errorf("%s: %q", name, f.Warnings)
		}
	}
}

func TestAListThatHasLessThanItSaysIsRemarkedOn(t *testing.T) {
	f := read(t, "", []byte(`{"items":[{"content":{"title":"Free boats"}}],"totalCount":61}`))
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "61") {
		t.Errorf("warnings: %q", f.Warnings)
	}
	f = read(t, "", []byte(`{"issues":[{"id":"1","key":"BOAT-7","fields":{"summary":"Free boats"}}],"nextPageToken":"x","isLast":false}`))
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "page") {
		t.Errorf("warnings of one page: %q", f.Warnings)
	}
	f = read(t, "", []byte(`{"issues":[{"id":"1","key":"BOAT-7","fields":{"summary":"Free boats"}}],"isLast":true}`))
	if len(f.Warnings) != 0 {
		t.Errorf("warnings of the last page: %q", f.Warnings)
	}
	for _, text := range []string{`{"items":[],"totalCount":0}`, `{"issues":[],"total":0}`} {
		var e *tracker.Error
		if _, err := tracker.Read([]byte(text), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.Empty {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestAddressesForPeopleArePreferred holds that a story does not lead to what programs read, which GitHub's interface calls url.
func TestAddressesForPeopleArePreferred(t *testing.T) {
	f := read(t, "", []byte(`[{"url":"https://api.github.com/repos/rowing/boats/issues/7","html_url":"https://github.com/rowing/boats/issues/7","number":7,"title":"Free boats","state":"open"}]`))
	if want := "https://github.com/rowing/boats/issues/7"; f.Stories[0].URL != want || f.Format != "github-issues" {
		t.Errorf("%s: %s, want %s", f.Format, f.Stories[0].URL, want)
	}
}

// TestTheFaultInAListWithinAnObjectIsFound holds that the place is that of the fault, not of the object's end.
func TestTheFaultInAListWithinAnObjectIsFound(t *testing.T) {
	_, err := tracker.Read([]byte("{\"total\":2,\n\"issues\": [\n{\"id\":7},\n1\n],\n\"a\":1\n}\n"), tracker.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "line 4, character 1: 1 stands where") {
		t.Error(err)
	}
}

// TestListsAsHALHasThemAreRead holds for OpenProject's interface, and for others that answer so.
func TestListsAsHALHasThemAreRead(t *testing.T) {
	f := read(t, "", []byte(`{"_type":"WorkPackageCollection","total":61,"count":2,"groups":[{"value":"New","count":2}],"_embedded":{"elements":[{"_type":"WorkPackage","id":7,"subject":"Free boats","storyPoints":3,"_links":{"type":{"href":"/api/v3/types/6","title":"User story"},"status":{"title":"New"},"parent":{"href":"/api/v3/work_packages/41","title":"Booking"}}},{"_type":"WorkPackage","id":8,"subject":"Voucher","_links":{"status":{"href":null,"title":null}}}]}}`))
	if diff := cmp.Diff([]string{"7 Free boats 3", "8 Voucher "}, short(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := f.Stories[0]; f.Format != "openproject-json" || s.Type != "User story" || s.Status != "New" || s.Parent != "41" {
		t.Errorf("%s, %+v", f.Format, s)
	}
	if len(f.Warnings) != 1 || f.Warnings[0].Code != "not_whole" || f.Warnings[0].Max != 61 {
		t.Errorf("%q", f.Warnings)
	}
	readsAs(t, "one of them", `{"_type":"WorkPackage","id":7,"subject":"Free boats","_embedded":{"relations":{"_embedded":{"elements":[{"id":1,"name":"a"}]}},"watchers":[{"name":"Ada"}]},"_links":{"type":{"title":"Bug"}}}`, "7 Free boats ")
	readsAs(t, "Spring", `{"_embedded":{"stories":[{"key":"A-7","title":"Free boats","_links":{"self":{"href":"http://localhost/stories/7"}}}]},"_links":{"self":{"href":"http://localhost/stories"}},"page":{"size":20,"totalElements":1}}`, "A-7 Free boats ")
	var e *tracker.Error
	if _, err := tracker.Read([]byte(`{"total":0,"_embedded":{"elements":[]},"_links":{}}`), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.Empty {
		t.Errorf("no stories: %v", err)
	}
	text := "{\"total\":2,\n\"_embedded\":{\"elements\":[{\"id\":7,\"subject\":\"Free boats\"},\n{\"id\":8} 5]}}"
	if _, err := tracker.Read([]byte(text), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.Broken || !strings.HasPrefix(e.Problem, "line 3, ") {
		t.Errorf("the fault is in line 3: %v", err)
	}
}

// TestWhatAnObjectSaysItselfIsKept holds for interfaces that have something else beside the story under the names by which others bring the story itself, as Salesforce has.
func TestWhatAnObjectSaysItselfIsKept(t *testing.T) {
	f := readsAs(t, "Salesforce", `[{"attributes":{"type":"agf__ADM_Work__c","url":"/services/data/v60.0/sobjects/agf__ADM_Work__c/a07"},"key":"W-7","title":"Free boats","type":"Bug","url":"https://example.com/a07"}]`, "W-7 Free boats ")
	if s := f.Stories[0]; s.Type != "Bug" || s.URL != "https://example.com/a07" {
		t.Errorf("%+v", s)
	}
	readsAs(t, "a page's element", `[{"key":"A-7","title":"Free boats","node":{"title":"li","key":"x"}}]`, "A-7 Free boats ")
	readsAs(t, "JSON:API", `{"data":[{"type":"stories","id":"7","attributes":{"title":"Free boats","points":3}}]}`, "7 Free boats 3")
}
