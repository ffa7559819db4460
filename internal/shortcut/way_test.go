package shortcut

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tellWay answers with the way that the request came.
func tellWay(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, wayOf(w))
}

func wayOf(w http.ResponseWriter) string {
	if _, ok := w.(*answer); ok {
		return "shortcut"
	}
	return "net/http"
}

func TestWaysOfRequests(t *testing.T) {
	const (
		usual    = "net/http"
		shortcut = "shortcut"
	)
	short, chunked := post("/", "abc"), head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")+"3\r\nabc\r\n0\r\n\r\n"
	long := func(n int) string { return post("/", strings.Repeat("x", n-len(post("/", ""))-len("10000")+len("0"))) }
	tests := map[string]struct {
		pieces []string
		want   []string
	}{
		"the first goes to net/http, the others not":         {[]string{short, short, short}, []string{usual, shortcut, shortcut}},
		"what is not wanted goes to net/http":                {[]string{get("/"), get("/"), get("/")}, []string{usual, usual, usual}},
		"what is not wanted changes nothing":                 {[]string{get("/"), short, get("/"), get("/"), short}, []string{usual, shortcut, usual, usual, shortcut}},
		"what is wanted but not plain changes nothing":       {[]string{short, post("/%61", ""), short}, []string{usual, usual, shortcut}},
		"a HEAD changes nothing":                             {[]string{short, head("HEAD / HTTP/1.1", "Host: a"), short}, []string{usual, "", shortcut}},
		"HTTP/1.0 changes nothing":                           {[]string{head("GET / HTTP/1.0", "Host: a", "Connection: keep-alive"), get("/"), short}, []string{usual, usual, shortcut}},
		"a request in two pieces goes to net/http":           {[]string{short, short[:30], short[30:], short}, []string{usual, usual, shortcut}},
		"so does the first":                                  {[]string{short[:30], short[30:], short}, []string{usual, shortcut}},
		"so does a head and then its body":                   {[]string{short, strings.TrimSuffix(short, "abc"), "abc", short}, []string{usual, usual, shortcut}},
		"so does a request longer than a buffer":             {[]string{short, long(10_000), short}, []string{usual, usual, shortcut}},
		"the longest after which there is a shortcut":        {[]string{short, long(maxGiven), short}, []string{usual, usual, shortcut}},
		"no shortcut after a longer one":                     {[]string{short, long(maxGiven + 1), short, short}, []string{usual, usual, usual, usual}},
		"no shortcut after a longer one at first":            {[]string{long(maxGiven + 1), short, short}, []string{usual, usual, usual}},
		"no shortcut after two in one piece":                 {[]string{short, short + short, short, short}, []string{usual, usual, usual, usual, usual}},
		"no shortcut after two in the first piece":           {[]string{get("/") + short, short, short}, []string{usual, usual, usual, usual}},
		"no shortcut after one and two bytes more":           {[]string{short, short + short[:2], short[2:], short}, []string{usual, usual, usual, usual}},
		"no shortcut after one and a half":                   {[]string{short, short + short[:len(short)-1], short[len(short)-1:], short}, []string{usual, usual, usual, usual}},
		"no shortcut after half and one":                     {[]string{short, short[:30], short[30:] + short, short}, []string{usual, usual, usual, usual}},
		"no shortcut after chunks":                           {[]string{short, chunked, short, short}, []string{usual, usual, usual, usual}},
		"no shortcut after chunks at first":                  {[]string{chunked, short, short}, []string{usual, usual, usual}},
		"no shortcut after an empty line":                    {[]string{short, short + "\r\n", short, short}, []string{usual, usual, usual, usual}},
		"no shortcut after an empty line after net/http's":   {[]string{short, "\r\n" + short, short}, []string{usual, usual, usual}},
		"no shortcut after a client that expects":            {[]string{post("/", "abc", "Expect: 100-continue"), short, short}, []string{"", usual, usual, usual}},
		"the shortcut follows the answer, not the reading":   {[]string{short, short[:30], short[30:], short, short[:30], short[30:], short}, []string{usual, usual, shortcut, usual, shortcut}},
		"a body like a request is no request":                {[]string{short, post("/", short), short}, []string{usual, shortcut, shortcut}},
		"a body like a request in its own piece is none too": {[]string{short, strings.TrimSuffix(post("/", short), short), short, short}, []string{usual, usual, shortcut}},
	}
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(tellWay)}, way{pipes: true})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := h.converse(t, split(test.pieces))
			var ways []string
			for _, a := range got.Answers {
				ways = append(ways, a.Body)
			}
			if diff := cmp.Diff(test.want, ways); diff != "" || got.End != "" {
				t.Errorf("%q went other ways (%s):\n%s", test.pieces, got.End, diff)
			}
		})
	}
}

// TestQuickClientKeepsTheShortcut has a client that sends the first byte of its next request while net/http still answers the one before, and reads ahead.
func TestQuickClientKeepsTheShortcut(t *testing.T) {
	handler := newSlow()
	h := newHouse(t, &http.Server{Handler: handler}, way{pipes: true})
	g := h.guest(t)
	next := post("/", "abc")
	g.say(t, get("/slow"))
	<-handler.begun
	g.say(t, next[:1]) // returns when it has been read
	close(handler.finish)
	if way := g.hear(t); way != "net/http" {
		t.Errorf("the slow request went by %s", way)
	}
	if way := g.ask(t, next[1:]); way != "net/http" {
		t.Errorf("the request that was read ahead went by %s", way)
	}
	h.busy.wait()
	if way := g.ask(t, next); way != "shortcut" {
		t.Errorf("the request after it went by %s", way)
	}
}

// TestAnEmptyLineIsNotOverlookedAfterTheShortcut holds the one thing in which the two ways differ: net/http overlooks an empty line after a POST, and has not seen this one.
func TestAnEmptyLineIsNotOverlookedAfterTheShortcut(t *testing.T) {
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(tellWay)}, way{})
	conn := h.connect(t)
	g := &guest{house: h, conn: conn, answers: bufio.NewReader(conn)}
	if way := g.ask(t, get("/")); way != "net/http" {
		t.Fatalf("the first request went by %s", way)
	}
	h.busy.wait()
	if way := g.ask(t, post("/", "")); way != "shortcut" {
		t.Fatalf("the second request went by %s", way)
	}
	g.say(t, "\r\n"+post("/", ""))
	answer, err := http.ReadResponse(g.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusBadRequest || !answer.Close {
		t.Errorf("answered %s, and the connection ends: %t", answer.Status, answer.Close)
	}
}
