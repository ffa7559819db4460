package bench

import (
	"bytes"
	"strconv"
)

// statusOf is the status in the first line of an HTTP/1 answer; 0 if there is none.
func statusOf(b []byte) int {
	if len(b) < len("HTTP/1.1 200") || !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return 0
	}
	status, err := strconv.Atoi(string(b[9:12]))
	if err != nil {
		return 0
	}
	return status
}

// answerComplete reports whether b holds a whole answer: its header, and the body as long as Content-Length says, or up to the
// last chunk.
func answerComplete(b []byte) bool {
	end := bytes.Index(b, headerEnd)
	if end < 0 {
		return false
	}
	header, body := b[:end], b[end+len(headerEnd):]
	if length, ok := contentLength(header); ok {
		return len(body) >= length
	}
	return bytes.HasSuffix(body, []byte("0\r\n\r\n"))
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
