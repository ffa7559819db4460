package cluster_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	// crowd is how many calls are made at once.
	crowd = 200
	// late is how many more there are from the moment on in which a node is killed: on a busy machine all others may be answered by then.
	late = 20
)

// rush makes calls through all nodes at once, of which one is killed when some are answered, and started again. It returns those who got what they wanted.
func (c *cluster) rush(t *testing.T, killed int, call func(i int) (methodPath, body string)) (winners []person, refused int) {
	t.Helper()
	var mu sync.Mutex
	var answered atomic.Int32
	var calls sync.WaitGroup
	killing := make(chan struct{})
	for i := range crowd + late {
		calls.Go(func() {
			if i >= crowd {
				<-killing
			}
			methodPath, body := call(i)
			a, _, err := c.persist(i, methodPath, body, "")
			answered.Add(1)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && a.status == http.StatusOK:
				winners = append(winners, person{session: a.text("session_id"), id: a.text("user_id"), token: a.text("token")})
			case err == nil && a.status == http.StatusConflict:
				refused++
			default:
				t.Errorf("%s: %d %s %v", methodPath, a.status, a.raw, err)
			}
		})
	}
	eventually(t, "some are answered", func() bool { return answered.Load() > 0 })
	n := c.nodes[killed]
	close(killing)
	n.kill()
	calls.Wait()
	n.start(t)
	n.awaitReady(t)
	return winners, refused
}

// TestLimitsHoldWhileANodeIsKilled counts sessions and seats, and who can have one when another is given back.
func TestLimitsHoldWhileANodeIsKilled(t *testing.T) {
	t.Parallel()
	const sessions, seats = 3, 16
	c := startCluster(t)
	made, refused := c.rush(t, c.leads(t), func(int) (string, string) { return "POST /api/sessions/", creation })
	if len(made) != sessions || refused != crowd+late-sessions {
		t.Fatalf("%d sessions made, %d refused", len(made), refused)
	}
	for i, n := range c.nodes {
		if listed := strings.Count(n.must(t, "GET /api/sessions/", "", "").raw, `"id"`); listed != sessions {
			t.Errorf("node %d lists %d sessions", i, listed)
		}
	}
	c.nodes[1].must(t, "DELETE /api/sessions/"+made[2].session+"?user_id="+made[2].id, "", made[2].token)
	c.oneMore(t, "a session", func() (string, string) { return "POST /api/sessions/", creation })

	session := made[0].session
	join := func(i int) (string, string) {
		return "POST /api/sessions/" + session + "/join", fmt.Sprintf(`{"user_name":"Person %d","user_avatar":""}`, i)
	}
	joined, full := c.rush(t, (c.leads(t)+1)%size, join)
	if len(joined) != seats-1 || full != crowd+late-(seats-1) {
		t.Errorf("%d joined, %d refused", len(joined), full)
	}
	for i, n := range c.nodes {
		var there struct{ Participants []struct{ ID string } }
		n.get(t, "/api/sessions/"+session, made[0].token, &there)
		if len(there.Participants) != seats {
			t.Errorf("node %d has %d people", i, len(there.Participants))
		}
	}
	gone := joined[0]
	c.nodes[2].must(t, "POST /api/sessions/"+session+"/leave?user_id="+gone.id, "", gone.token)
	c.oneMore(t, "a seat", func() (string, string) { return join(crowd + late) })
}

// oneMore makes sure that what was given back can be had again by one, and by one only.
func (c *cluster) oneMore(t *testing.T, what string, call func() (methodPath, body string)) {
	t.Helper()
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		methodPath, body := call()
		if a, _, err := c.persist(i, methodPath, body, ""); err != nil || a.status != want {
			t.Errorf("%s given back, call %d for it: %d %s %v", what, i, a.status, a.raw, err)
		}
	}
}
