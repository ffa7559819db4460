package room

import (
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/view"
)

// historyBytes is how much of a session's latest events a room keeps encoded for readers that come back. What is older is read from the log.
const historyBytes = 64 << 10

// frame is one event as it goes to readers.
type frame struct {
	at    position
	bytes []byte
}

func newFrame(at position, event view.Event) (frame, error) {
	var short [512]byte // for nearly every event
	data, err := event.AppendJSON(short[:0])
	if err != nil {
		return frame{}, err
	}
	return frame{at: at, bytes: stream.AppendFrame(make([]byte, 0, len(data)+64), at.String(), data)}, nil
}

// history is the latest frames of a session, in order and without a gap.
type history struct {
	frames []frame
	size   int
	// base is the event that the first frame follows, or will; zero if that is not known.
	base position
}

func (h *history) push(f frame) {
	h.frames = append(h.frames, f)
	h.size += len(f.bytes)
	for h.size > historyBytes && len(h.frames) > 1 {
		h.size -= len(h.frames[0].bytes)
		h.base = h.frames[0].at
		h.frames[0] = frame{} // let go of the bytes
		h.frames = h.frames[1:]
	}
}

// after returns the frames that follow the position; false if the history does not reach back to it, or knows another event there.
func (h *history) after(p position) ([]frame, bool) {
	for i := len(h.frames) - 1; i >= 0; i-- {
		if h.frames[i].at == p {
			return h.frames[i+1:], true
		}
	}
	if p == h.base {
		return h.frames, true
	}
	return nil, false
}
