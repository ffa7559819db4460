package room

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

// state is a session's state, which may be packed while nobody needs it: most sessions are idle for most of their time, and packed they need a third of the memory. Reading takes no
// lock, unless the state has to be unpacked. It is changed by one goroutine at a time.
type state struct {
	live   atomic.Pointer[poker.Session]
	packed atomic.Pointer[packed]
	unpack sync.Mutex
}

// packed is a state as it would be stored.
type packed struct {
	brief
	data    []byte
	stories *poker.Backlog // as it is: there is little to be won by packing texts, and they may be long
	file    *poker.File    // as it is: it is compressed already, and may be long
}

// brief is what must be known of every session at any time.
type brief struct {
	ID        string
	Ended     poker.EndReason
	ExpiresAt time.Time
	CreatedAt time.Time
	People    int
	Unlisted  bool
	Summary   view.Summary
}

func briefOf(s *poker.Session) brief {
	return brief{ID: s.ID, Ended: s.Ended, ExpiresAt: s.ExpiresAt, CreatedAt: s.CreatedAt, People: len(s.Participants), Unlisted: bool(s.Settings.Unlisted), Summary: view.OfSummary(s)}
}

func (b brief) alive(now time.Time) bool {
	return b.ID != "" && b.Ended == "" && now.Before(b.ExpiresAt)
}

// Load returns the state.
func (s *state) Load() *poker.Session {
	if live := s.live.Load(); live != nil {
		return live
	}
	s.unpack.Lock()
	defer s.unpack.Unlock()
	if live := s.live.Load(); live != nil { // another was first
		return live
	}
	p := s.packed.Load()
	live, err := poker.DecodeStored(p.data)
	if err != nil { // cannot happen: pack has tried it
		panic(fmt.Sprintf("unpack session: %v", err))
	}
	live.Stories, live.File = p.stories, p.file
	s.live.Store(live)
	s.packed.Store(nil)
	return live
}

// Store replaces the state.
func (s *state) Store(next *poker.Session) {
	s.live.Store(next)
	s.packed.Store(nil)
}

// brief returns what must be known at any time, without unpacking the state.
func (s *state) brief() brief {
	if p := s.packed.Load(); p != nil {
		return p.brief
	}
	if live := s.live.Load(); live != nil {
		return briefOf(live)
	}
	return briefOf(s.Load()) // packed, or unpacked, in between
}

// alive reports whether the session exists for its users at that moment.
func (s *state) alive(now time.Time) bool {
	if live := s.live.Load(); live != nil {
		return live.Alive(now)
	}
	return s.brief().alive(now)
}

var packing = sync.Pool{New: func() any { return new([]byte) }}

// pack lets go of the state but for what is needed to have it again. An error leaves it as it is.
func (s *state) pack() error {
	live := s.live.Load()
	if live == nil {
		return nil
	}
	room := packing.Get().(*[]byte) // so that what is kept is all that is allocated of its size: what lies between would stay with it
	defer packing.Put(room)
	rest := *live
	rest.Stories, rest.File = nil, nil
	data, err := rest.AppendStored((*room)[:0])
	if err != nil {
		return err
	}
	*room = data
	if _, err := poker.DecodeStored(data); err != nil {
		return err
	}
	s.unpack.Lock()
	defer s.unpack.Unlock()
	s.packed.Store(&packed{brief: briefOf(live), data: bytes.Clone(data), stories: live.Stories, file: live.File})
	s.live.Store(nil)
	return nil
}
