package bench

import "fmt"

// cards are the values that are voted: one byte each, so that a request can be changed in place.
const cards = "12358"

// requests builds the bytes of a session's requests ahead of time.
type requests struct {
	host string
	id   string
}

// stream asks for the session's events, as the participant at a seat or, with none, as nobody in particular.
func (r requests) stream(s *seat) []byte {
	query, credential := "", ""
	if s != nil {
		query, credential = "?user_id="+s.UserID, authorization(*s)
	}
	return fmt.Appendf(nil, "GET /api/sse/%s%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n%s\r\n", r.id, query, r.host, credential)
}

// vote plays a card; see setCard.
func (r requests) vote(s seat) []byte { return r.post("vote", s, `{"vote":"1"}`) }

// setCard makes a vote request the k-th card.
func setCard(vote []byte, k int) { vote[len(vote)-len(`1"}`)] = cards[k%len(cards)] }

// act is a call without a body: reveal or start.
func (r requests) act(verb string, s seat) []byte { return r.post(verb, s, "") }

func (r requests) post(verb string, s seat, body string) []byte {
	contentType := ""
	if body != "" {
		contentType = "Content-Type: application/json\r\n"
	}
	return fmt.Appendf(nil, "POST /api/sessions/%s/%s?user_id=%s HTTP/1.1\r\nHost: %s\r\n%s%sContent-Length: %d\r\n\r\n%s",
		r.id, verb, s.UserID, r.host, authorization(s), contentType, len(body), body)
}

func authorization(s seat) string {
	if s.Token == "" {
		return ""
	}
	return "Authorization: Bearer " + s.Token + "\r\n"
}
