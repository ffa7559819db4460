package e2e_test

import (
	"slices"
	"testing"
)

func TestAcknowledgedVoteSurvivesAKill(t *testing.T) {
	t.Parallel()
	data := "DATA_DIR=" + t.TempDir()
	p := serve(t, data)
	master := p.create(t)
	guest := p.join(t, master.session, 1)
	master.does(t, "start", "")
	guest.votes(t, "13")
	p.Kill()

	master.at = serve(t, data)
	votes := master.does(t, "reveal", "").body["votes"].(map[string]any)
	if v, _ := votes[guest.id].(map[string]any); v["value"] != "13" {
		t.Errorf("votes %v", votes)
	}
}

// TestResumedStreamMissesNothing cuts a stream for ten rounds, and compares what it gets afterwards with a stream that stayed.
func TestResumedStreamMissesNothing(t *testing.T) {
	t.Parallel()
	stop := func(t *testing.T, p *process) {
		t.Helper()
		p.terminate(t)
		if code := p.exit(t); code != 0 {
			t.Fatalf("exit code %d: %s", code, p.Stderr)
		}
	}
	for name, end := range map[string]func(*testing.T, *process){
		"by the same server":           nil,
		"by a server that was stopped": stop,
		"by a server that was killed":  func(t *testing.T, p *process) { t.Helper(); p.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := "DATA_DIR=" + t.TempDir()
			p := serve(t, data)
			master := p.create(t)
			guest := p.join(t, master.session, 1)
			stayed := p.listen(t, "/api/sse/"+master.session, "", "")
			cut := p.listen(t, "/api/sse/"+master.session, "", "")
			begin := cut.until(t, "session_updated")[0]
			cut.close()

			all := playRounds(t, stayed, master, guest, 5)
			if end != nil {
				end(t, p)
				p = serve(t, data)
				master.at, guest.at = p, p
				stayed = p.listen(t, "/api/sse/"+master.session, "", all[len(all)-1].id)
			}
			all = append(all, playRounds(t, stayed, master, guest, 5)...)

			resumed := p.listen(t, "/api/sse/"+master.session, "", begin.id)
			half := p.listen(t, "/api/sse/"+master.session, "", all[len(all)/2].id)
			p.must(t, "DELETE /api/sessions/"+master.session+"?user_id="+master.id, "", master.token)
			all = append(all, stayed.rest()...)
			if got := resumed.rest(); !slices.Equal(got, all[1:]) {
				t.Errorf("resumed: %d events, the stream that stayed had %d", len(got), len(all)-1)
			}
			if got, want := half.rest(), all[(len(all)-1)/2+1:]; !slices.Equal(got, want) {
				t.Errorf("resumed from the middle: %d events, want %d", len(got), len(want))
			}
		})
	}
}

// playRounds plays, and returns what a stream sent meanwhile.
func playRounds(t *testing.T, stream *listener, master, guest person, n int) (all []event) {
	t.Helper()
	for range n {
		round(t, master, []person{master, guest}, func(i int) string { return []string{"5", "8"}[i] })
		all = append(all, stream.until(t, "votes_revealed")...)
	}
	return all
}

func TestMemoryForgets(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR=memory")
	master := p.create(t)
	master.does(t, "start", "")
	p.terminate(t)
	if code := p.exit(t); code != 0 {
		t.Fatalf("exit code %d: %s", code, p.Stderr)
	}
	if got := serve(t, "DATA_DIR=memory").must(t, "GET /api/sessions/", "", ""); got.raw != "[]\n" {
		t.Errorf("sessions after a restart: %s", got.raw)
	}
}
