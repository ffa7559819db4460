package room

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is read quickly is read as by the decoder of JSON; what is written in another way is left to that.
func TestHead_is_read_quickly_as_it_is_written(t *testing.T) {
	for name, c := range map[string]struct {
		head  head
		value string
	}{
		"of the first entry":          {head{Change: "q1_-"}, `[{"kind":"x"}]`},
		"of one after a snapshot":     {head{Change: "q1", Base: 12}, "[]"},
		"of a snapshot":               {head{Change: "q1", Base: 12, Last: "12.0.q1", Snapshot: true}, `{"a":{}}`},
		"of the first snapshot":       {head{Change: "q1", Snapshot: true}, "{}"},
		"of the last sequence of all": {head{Change: "q1", Base: 1<<64 - 1}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			member := `,"events":`
			if c.head.Snapshot {
				member = `,"state":`
			}
			data := append(append(c.head.append(nil), member+c.value...), '}')
			got, body, ok := plainHead(data)
			if diff := cmp.Diff(c.head, got); diff != "" || string(body) != c.value || !ok {
				t.Errorf("read %s, %v (-want +got):\n%s", body, ok, diff)
			}
			slowly, slowBody, err := headOf(append([]byte(" "), data...))
			if err != nil || slowly != got || string(slowBody) != string(body) {
				t.Errorf("the decoder reads %+v and %s, %v", slowly, slowBody, err)
			}
		})
	}
}

func TestHead_in_another_form_is_left_to_the_decoder(t *testing.T) {
	for _, data := range []string{
		"", "{}", `{"change":`, `{"change":"`, `{"change":"a\"b","events":[]}`, `{"change":"a"}`, `{"change":"a","base":}`, `{"change":"a","base":12`,
		`{"change":"a","base":-1,"events":[]}`, `{"change":"a","base":12}`, `{"change":"a","later":1,"events":[]}`, `{"change":"a" ,"events":[]}`, `{"change":"a","last":"b`,
	} {
		if h, _, ok := plainHead([]byte(data)); ok {
			t.Errorf("%s: read %+v", data, h)
		}
	}
	h, body, err := headOf([]byte(`{"change":"a\u0062","later":{"x":[1]},"base":7,"events":[1]}`))
	if err != nil || h != (head{Change: "ab", Base: 7}) || string(body) != "[1]" {
		t.Errorf("the decoder reads %+v and %s, %v", h, body, err)
	}
}

// A snapshot's state is not looked for in what other people wrote.
func FuzzHead(f *testing.F) {
	f.Add([]byte(`{"change":"q1","base":12,"last":"12.0.q1","state":{}}`))
	f.Add([]byte(`{"change":"q1","events":[{"kind":"x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, body, ok := plainHead(data)
		if !ok {
			return
		}
		slowly, slowBody, err := headOf(append([]byte(" "), data...))
		if err == nil && (slowly != h || string(slowBody) != string(body)) {
			t.Errorf("read %+v and %s, the decoder %+v and %s", h, body, slowly, slowBody)
		}
	})
}
