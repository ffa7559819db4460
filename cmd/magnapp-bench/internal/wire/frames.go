package wire

import (
	"bytes"
	"fmt"
)

// A FrameCounter counts the events that arrive on one stream, with as little work for each as possible: a frame ends with an
// empty line and is an event if it has data (a keep-alive comment has none) and is no ping. The chunks of HTTP/1.1 need no decoding for
// that, as their lines end with CR LF and a server writes whole frames; what is cut by the end of a read waits in rest. The zero value is ready for a stream's first byte.
type FrameCounter struct {
	Pings int // those that have arrived

	opened bool   // the header of the answer is complete
	rest   []byte // an incomplete header or frame; nil nearly always
}

// Feed takes what was read and returns how many events it completed. The error is an answer that is no stream.
func (f *FrameCounter) Feed(b []byte) (int, error) {
	if len(f.rest) > 0 {
		f.rest = append(f.rest, b...)
		b = f.rest
	}
	if !f.opened {
		end := bytes.Index(b, HeaderEnd)
		if end < 0 {
			f.keep(b)
			return 0, nil
		}
		if status := StatusOf(b); status != 200 {
			return 0, fmt.Errorf("the stream was refused: %.500q", b)
		}
		f.opened = true
		b = b[end+len(HeaderEnd):]
	}
	events := 0
	for {
		end := bytes.Index(b, frameEnd)
		if end < 0 {
			break
		}
		switch before, _, hasData := bytes.Cut(b[:end], dataField); {
		case hasData && bytes.Contains(before, pingField):
			f.Pings++
		case hasData:
			events++
		}
		b = b[end+len(frameEnd):]
	}
	f.keep(bytes.TrimLeft(b, "\r\n")) // a chunk ends with CR LF
	return events, nil
}

// keep remembers b, which may be a part of rest, for the next read. A stream whose frames come whole never has a buffer.
func (f *FrameCounter) keep(b []byte) {
	if len(b) == 0 {
		f.rest = nil
		return
	}
	f.rest = append([]byte(nil), b...)
}

var (
	frameEnd  = []byte("\n\n")
	dataField = []byte("data:")
	pingField = []byte("event: ping\n")
)
