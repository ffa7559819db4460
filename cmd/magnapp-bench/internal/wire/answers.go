package wire

import (
	"bytes"
	"strconv"
)

// HeaderEnd is what a request's or an answer's header ends with.
var HeaderEnd = []byte("\r\n\r\n")

// StatusOf is the status in the first line of an HTTP/1 answer; 0 if there is none.
func StatusOf(b []byte) int {
	if len(b) < len("HTTP/1.1 200") || !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return 0
	}
	status, err := strconv.Atoi(string(b[9:12]))
	if err != nil {
		return 0
	}
	return status
}

// NoContent is the status of an answer that never has a body.
const NoContent = 204

// AnswerComplete reports whether b holds a whole answer: its header, and the body as long as Content-Length says, or up to the
// last chunk.
func AnswerComplete(b []byte) bool {
	header, body, found := bytes.Cut(b, HeaderEnd)
	if !found {
		return false
	}
	if length, ok := contentLength(header); ok {
		return len(body) >= length
	}
	return StatusOf(b) == NoContent || bytes.HasSuffix(body, []byte("0\r\n\r\n"))
}

// RequestComplete reports whether b holds a whole request; without Content-Length it has no body.
func RequestComplete(b []byte) bool {
	header, body, found := bytes.Cut(b, HeaderEnd)
	if !found {
		return false
	}
	length, _ := contentLength(header)
	return len(body) >= length
}

// contentLength finds the field of that name, in its usual spellings.
func contentLength(header []byte) (int, bool) {
	for _, name := range [...]string{"\r\nContent-Length:", "\r\ncontent-length:"} {
		at := bytes.Index(header, []byte(name))
		if at < 0 {
			continue
		}
		n, digits := 0, false
		for _, c := range header[at+len(name):] {
			if c >= '0' && c <= '9' {
				n, digits = n*10+int(c-'0'), true
			} else if c != ' ' {
				break
			}
		}
		return n, digits
	}
	return 0, false
}
