package wire

import "testing"

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer   string
		status   int
		complete bool
	}{
		"nothing":                {"", 0, false},
		"half a header":          {"HTTP/1.1 200 OK\r\nContent-Le", 200, false},
		"header without body":    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 200, false},
		"with its body":          {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, true},
		"never a body":           {"HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n", 204, true},
		"no body":                {"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n", 503, true},
		"half of a chunked body": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", 200, false},
		"a chunked body":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200, true},
		"something else":         {"SSH-2.0-OpenSSH_9.9\r\n\r\n", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := []byte(c.answer)
			if got := StatusOf(b); got != c.status {
				t.Errorf("status %d, want %d", got, c.status)
			}
			if got := AnswerComplete(b); got != c.complete {
				t.Errorf("complete: %v, want %v", got, c.complete)
			}
		})
	}
}

func TestRequestsAreCompleteAtTheirEndOnly(t *testing.T) {
	r, seat := Requests{Host: "h", Session: "s"}, Seat{UserID: "u", Token: "t"}
	for _, request := range [][]byte{r.Stream(seat), r.StreamWithPings(seat, "p"), r.Here(seat, "p"), r.Vote(seat), r.Act("reveal", seat)} {
		for cut := range len(request) {
			if RequestComplete(request[:cut]) {
				t.Errorf("complete after %d of %d bytes: %q", cut, len(request), request)
			}
		}
		if !RequestComplete(request) {
			t.Errorf("not complete: %q", request)
		}
	}
}
