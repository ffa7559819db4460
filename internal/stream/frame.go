package stream

import (
	"bytes"
	"iter"
	"strconv"
)

// What is sent to a stream is always whole chunks, as HTTP/1.1 frames a body whose length nobody knows (RFC 9112, section 7.1): made once, they go to most readers as they are. Where HTTP
// does the framing otherwise, what is in them is taken out again, without a copy.

// idField begins every event.
var idField = []byte("id: ")

var lineEnd = []byte("\r\n")

// frameEnd ends every event: its empty line, and its chunk.
var frameEnd = []byte("\n\n\r\n")

// AppendFrame appends one unnamed event with its id to b, as a chunk. The data must be a single line, as JSON is; the id must hold no line break either.
func AppendFrame(b []byte, id string, data []byte) []byte {
	b = appendHead(b, len(idField)+len(id)+len("\ndata: ")+len(data)+len("\n\n"))
	b = append(b, idField...)
	b = append(b, id...)
	b = append(b, "\ndata: "...)
	b = append(b, data...)
	return append(b, frameEnd...)
}

// Chunk makes a chunk of lines that are no event of a session. Nothing must not be sent: it would be the last chunk.
func Chunk(lines string) []byte {
	return append(append(appendHead(nil, len(lines)), lines...), lineEnd...)
}

func appendHead(b []byte, length int) []byte {
	return append(strconv.AppendInt(b, int64(length), 16), lineEnd...)
}

// Contents returns what is in each of the chunks, in order. Chunks that Chunk or AppendFrame has not made end it.
func Contents(chunks []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(chunks) > 0 {
			head, rest, _ := bytes.Cut(chunks, lineEnd)
			length, err := strconv.ParseUint(string(head), 16, 31)
			end := int(length) + len(lineEnd)
			if err != nil || end > len(rest) || !yield(rest[:length:length]) {
				return
			}
			chunks = rest[end:]
		}
	}
}

// greeting is what every stream begins with, at once: Firefox takes a stream for open when its body begins, and one that has missed nothing would have no body until the first sign of
// life. The retry, in milliseconds, is in the block of the first event: where it is a block of its own, some clients hand on an empty message.
var greeting = Chunk(": welcome\nretry: 1000\n")

// keepAlive is a comment: clients ignore it, and what lies between keeps the connection open. No empty line follows, which some clients take for the end of an empty message.
var keepAlive = Chunk(": keep-alive\n")

// ping is an event that a page hears only if it listens for its name: it has no id, so that clients resume after the last event of the session. Without data it would be no event.
var ping = Chunk("event: ping\ndata: {}\n\n")

// lastChunk ends a body.
var lastChunk = []byte("0\r\n\r\n")
