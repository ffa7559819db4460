package stream

import "strconv"

// idField begins every event.
var idField = []byte("id: ")

// AppendFrame appends one unnamed event with its id to b. The data must be a single line, as JSON is; the id must hold no line break either.
func AppendFrame(b []byte, id string, data []byte) []byte {
	b = append(b, idField...)
	b = append(b, id...)
	b = append(b, "\ndata: "...)
	b = append(b, data...)
	return append(b, "\n\n"...)
}

// keepAlive is a comment: clients ignore it, and what lies between keeps the connection open.
var keepAlive = []byte(": keep-alive\n\n")

// ping is an event that a page hears only if it listens for its name: it has no id, so that clients resume after the last event of the session. Without data it would be no event.
var ping = []byte("event: ping\ndata: {}\n\n")

// comeBack says how long the client is to wait, in milliseconds, before it connects again.
func comeBack(ms int) []byte {
	return append(strconv.AppendInt([]byte("retry: "), int64(ms), 10), "\n\n"...)
}
