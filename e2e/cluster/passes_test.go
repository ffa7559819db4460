package cluster_test

import (
	"fmt"
	"net/http"
	"testing"
)

// wantCall makes a call and checks its status.
func (n *node) wantCall(t *testing.T, what, methodPath, body, token, key string, status int) answer {
	t.Helper()
	a, err := n.insist(methodPath, body, token, key)
	if err != nil || a.status != status {
		t.Fatalf("%s: %d %s %v, want %d", what, a.status, a.raw, err, status)
	}
	return a
}

// What lets somebody in is in the log and nowhere else, so that each node knows what another has given out a moment ago.
func TestWhatOneNodeGivesOutWorksOnAll(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for i := range size {
		here, next, last := c.nodes[i], c.nodes[(i+1)%size], c.nodes[(i+2)%size]
		master := here.create(t)
		next.must(t, master.as("settings"), `{"password":"a long one"}`, master.token)

		join := "POST /api/sessions/" + master.session + "/join"
		joining := func(password string) string {
			return fmt.Sprintf(`{"user_name":"Bo","user_avatar":"","password":%q}`, password)
		}
		last.wantCall(t, "another password", join, joining("another one"), "", "", http.StatusUnauthorized)
		first := last.wantCall(t, "the password", join, joining("a long one"), "", "a-key-of-bo", http.StatusOK)
		again := here.wantCall(t, "the join again, with its key", join, joining("a long one"), "", "a-key-of-bo", http.StatusOK)
		if first.text("user_id") != again.text("user_id") {
			t.Errorf("one key has seated two: %s and %s", first.raw, again.raw)
		}

		bo := person{session: master.session, id: again.text("user_id"), token: again.text("token")}
		code := next.must(t, bo.as("seat-link"), "", bo.token).text("code")
		moved := last.must(t, "POST /api/seats/", `{"code":"`+code+`"}`, "")
		if moved.text("user_id") != bo.id {
			t.Errorf("the seat is another's: %s", moved.raw)
		}
		here.wantCall(t, "the link for the second time", "POST /api/seats/", `{"code":"`+code+`"}`, "", "", http.StatusUnauthorized)
		here.must(t, "GET /api/sessions/"+master.session, "", moved.text("token"))
		next.wantCall(t, "a token of nobody", "GET /api/sessions/"+master.session, "", bo.token+"x", "", http.StatusUnauthorized)

		last.must(t, "DELETE /api/sessions/"+master.session+"?user_id="+master.id, "", master.token)
		here.wantCall(t, "a session that another node has ended", "GET /api/sessions/"+master.session, "", master.token, "", http.StatusNotFound)
	}
}
