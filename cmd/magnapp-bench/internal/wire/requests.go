package wire

import "fmt"

// A Seat is a participant's place in a session and the credential for it, in the fields of the public API.
type Seat struct {
	UserID string `json:"user_id"`
	Token  string `json:"token"`
}

// cards are the values that are voted: one byte each, so that a request can be changed in place.
const cards = "12358"

// Card is the k-th of the cards that are played, over and over.
func Card(k int) string { return cards[k%len(cards) : k%len(cards)+1] }

// Requests builds the bytes of a session's requests ahead of time.
type Requests struct {
	Host    string // what the requests name
	Session string // id
}

// Stream asks for the session's events, as the participant at a seat.
func (r Requests) Stream(s Seat) []byte { return r.stream(s, "") }

// StreamWithPings asks for them with pings in between. The place is what [Requests.Here] calls this stream.
func (r Requests) StreamWithPings(s Seat, place string) []byte {
	return r.stream(s, "&ping=true&place="+place)
}

func (r Requests) stream(s Seat, parameters string) []byte {
	return fmt.Appendf(nil, "GET /api/sse/%s?user_id=%s%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n",
		r.Session, s.UserID, parameters, r.Host, s.Token)
}

// Here answers the pings of the stream that was opened with that place.
func (r Requests) Here(s Seat, place string) []byte { return r.post("here", s, "&place="+place, "") }

// Vote plays a card; see [SetCard].
func (r Requests) Vote(s Seat) []byte { return r.post("vote", s, "", `{"vote":"1"}`) }

// SetCard makes a vote request the k-th card.
func SetCard(vote []byte, k int) { vote[len(vote)-len(`1"}`)] = cards[k%len(cards)] }

// Act is a call without a body: reveal or start.
func (r Requests) Act(verb string, s Seat) []byte { return r.post(verb, s, "", "") }

func (r Requests) post(verb string, s Seat, parameters, body string) []byte {
	contentType := ""
	if body != "" {
		contentType = "Content-Type: application/json\r\n"
	}
	return fmt.Appendf(nil, "POST /api/sessions/%s/%s?user_id=%s%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sContent-Length: %d\r\n\r\n%s",
		r.Session, verb, s.UserID, parameters, r.Host, s.Token, contentType, len(body), body)
}
