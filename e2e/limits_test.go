package e2e_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// statuses sends the same request many times at once and counts the answers by status.
func statuses(t *testing.T, p *process, n int, call, body string) map[int]int {
	t.Helper()
	var (
		mu    sync.Mutex
		count = map[int]int{}
		wg    sync.WaitGroup
		begin = make(chan struct{})
	)
	for range n {
		wg.Go(func() {
			<-begin
			a, err := p.request(call, body, "")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			count[a.status]++
		})
	}
	close(begin)
	wg.Wait()
	return count
}

func TestExactlyThreeOf24CreationsSucceed(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR="+t.TempDir())
	got := statuses(t, p, 24, "POST /api/sessions/", creation)
	if fmt.Sprint(got) != fmt.Sprint(map[int]int{http.StatusOK: 3, http.StatusConflict: 21}) {
		t.Errorf("answers by status: %v", got)
	}
}

func TestExactly15Of24JoinsSucceed(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR="+t.TempDir())
	master := p.create(t)
	got := statuses(t, p, 24, "POST /api/sessions/"+master.session+"/join", `{"user_name":"Grace","user_avatar":""}`)
	if fmt.Sprint(got) != fmt.Sprint(map[int]int{http.StatusOK: 15, http.StatusConflict: 9}) {
		t.Errorf("answers by status: %v", got)
	}
	if n := len(p.must(t, "GET /api/sessions/"+master.session, "", "").body["participants"].([]any)); n != 16 {
		t.Errorf("%d participants", n)
	}
}
