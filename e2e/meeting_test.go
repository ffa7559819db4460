package e2e_test

import (
	"slices"
	"testing"
)

// TestMeetingOfSixteen plays a whole session and compares the streams of all who were there with that of an onlooker.
func TestMeetingOfSixteen(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR="+t.TempDir())
	master := p.create(t)
	onlooker := p.listen(t, "/api/sse/"+master.session, "", "")
	people, streams := []person{master}, []*listener{master.listens(t, "")}
	for i := range 15 {
		people = append(people, p.join(t, master.session, i))
		streams = append(streams, people[i+1].listens(t, ""))
	}
	cards := []string{"1", "2", "3", "5", "8", "13", "21"}
	for r := range 3 {
		round(t, master, people, func(i int) string { return cards[(i+r)%len(cards)] })
	}
	master.does(t, "accept", `{"estimate":"5"}`)
	round(t, master, people, func(int) string { return "coffee" })

	heir := people[1]
	p.must(t, "POST /api/sessions/"+master.session+"/transfer?new_master_id="+heir.id+"&current_master_id="+master.id, "", master.token)
	p.must(t, "POST /api/sessions/"+master.session+"/kick/"+people[15].id+"?kicker_id="+heir.id, "", heir.token)
	all := onlooker.until(t, "user_left")

	streams[1].close() // the Scrum Master drops, and comes back when that has been noticed
	all = append(all, onlooker.until(t, "session_paused")...)
	seen := len(all)
	back := heir.listens(t, all[0].id)
	for typ := ""; typ != "session_updated"; typ = all[len(all)-1].typ {
		all = append(all, onlooker.until(t, "session_updated")...)
	}
	if all[seen].typ != "user_joined" {
		t.Errorf("the return begins with %s", all[seen].typ)
	}
	round(t, heir, people[:15], func(i int) string { return cards[i%len(cards)] })
	p.must(t, "DELETE /api/sessions/"+heir.session+"?user_id="+heir.id, "", heir.token)
	all = append(all, onlooker.rest()...)

	if last := all[len(all)-1]; last.typ != "session_expired" {
		t.Errorf("the last event is %s", last.typ)
	}
	streams[1] = nil
	for i, s := range streams[:15] {
		if s != nil {
			sameFrom(t, i, s.rest(), all)
		}
	}
	if got := back.rest(); !slices.Equal(got, all[1:]) {
		t.Errorf("who came back has seen %d events, others %d", len(got), len(all)-1)
	}
	kicked := slices.IndexFunc(all, func(e event) bool { return e.typ == "user_left" })
	sameFrom(t, 15, streams[15].rest(), all[:kicked+1])
}

// sameFrom compares what a stream sent, after its beginning, with the events that followed there.
func sameFrom(t *testing.T, who int, got, all []event) {
	t.Helper()
	if len(got) == 0 || got[0].typ != "session_updated" {
		t.Fatalf("stream %d does not begin with the session: %v", who, got)
	}
	begin := slices.IndexFunc(all, func(e event) bool { return e.id == got[0].id })
	if begin < 0 || !slices.Equal(got[1:], all[begin+1:]) {
		t.Errorf("stream %d (of %d events, from %d on) has seen something else than the onlooker (of %d)", who, len(got), begin, len(all))
	}
}
