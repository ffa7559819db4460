package poker

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A field that is stored as a column, or should be, must not be forgotten: here every field has a value.
func TestSession_stored_whole_has_every_field(t *testing.T) {
	var n int
	var s Session
	fill(reflect.ValueOf(&s).Elem(), &n)
	s.Keys = Keys{}.with(Key{ID: "id", Body: "body", Ref: "ref"})
	for _, r := range append(s.Rounds, s.Round) {
		r.Statistics = Summarize(r.Deck, r.Votes) // which is not stored
	}
	s.RoundVotes = len(s.Rounds[0].Votes) + len(s.Rounds[1].Votes) // nor is this
	stored, err := s.AppendStored(nil)
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodeStored(stored)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&s, read); diff != "" {
		t.Errorf("stored and read back (-stored +read):\n%s", diff)
	}
}

// fill gives a value, and all in it, something that is not zero and different each time.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		fillStruct(v, n)
	}
}

func fillStruct(v reflect.Value, n *int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Second)))
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			fill(v.Field(i), n)
		}
	}
}

// A snapshot that does not hold together is an error, which costs one session: a panic would cost the server its start.
func TestSession_stored_so_that_it_does_not_hold_together_is_refused(t *testing.T) {
	stored := func(place, round string) error {
		_, err := DecodeStored(fmt.Appendf(nil, `{"ID":"s1","Voters":"ann",`+place+`}`, round))
		return err
	}
	if err := stored(`"Round":{%s}`, `"Votes":{"Voter":[0],"Value":["5"],"Submitted":[1]}`); err != nil {
		t.Fatal(err)
	}
	for what, round := range map[string]string{
		"fewer values than votes": `"Votes":{"Voter":[0],"Value":[],"Submitted":[1]}`,
		"fewer times than votes":  `"Votes":{"Voter":[0],"Value":["5"],"Submitted":[]}`,
		"a vote of nobody":        `"Votes":{"Voter":[1],"Value":["5"],"Submitted":[1]}`,
		"a vote before the first": `"Votes":{"Voter":[-1],"Value":["5"],"Submitted":[1]}`,
		"a deck after the last":   `"Deck":1`,
		"a deck before the first": `"Deck":-1`,
	} {
		for _, place := range []string{`"Round":{%s}`, `"Rounds":[{%s}]`} {
			if err := stored(place, round); err == nil {
				t.Errorf("%s in %s: no error", what, place)
			}
		}
	}
}

func TestSession_stored_by_a_version_that_knew_less_is_read(t *testing.T) {
	s, err := DecodeStored([]byte(`{"ID":"s1","Participants":{"ID":"a\nb","Joined":[1000,2000]},"Rounds":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "participants", len(s.Participants), 2)
	equal(t, "second", s.Participants[1].ID, "b")
	equal(t, "role", s.Participants[1].Role, Voter)
	equal(t, "listed", bool(s.Settings.Unlisted), false)
}
