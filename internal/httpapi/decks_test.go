package httpapi_test

import "testing"

// What a card weighs: what is said, nothing where null is said, and what its value says where nothing is.
func TestDeckOfOnesOwn(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	s.act(t, who, "deck", `{"name":"own","cards":[{"value":"½"},{"value":"XL","number":7},{"value":"9","number":null},{"value":"∞"}]}`)
	deck, _ := s.must(t, "GET /api/sessions/"+who.session, "").json["deck"].(map[string]any)
	for i, want := range []any{0.5, 7.0, nil, nil} {
		if got := deck["cards"].([]any)[i].(map[string]any)["number"]; got != want {
			t.Errorf("card %d weighs %v, want %v", i, got, want)
		}
	}
	s.act(t, who, "start", "")
	s.act(t, who, "vote", `{"vote":"½"}`)
	if got := s.act(t, who, "reveal", ""); got.json["statistics"].(map[string]any)["average"] != 0.5 {
		t.Errorf("statistics %s", got.body)
	}
}
