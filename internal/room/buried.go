package room

import (
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// isGone reports whether an entry says that the session's storage was freed. It takes the place of all others.
func isGone(e eventlog.Entry) bool { return eventlog.IsGone(e) }

// buried takes a session out of which the log says that it is gone. If it still lives here, it ends. The room's lock is held.
func (r *Room) buried(e eventlog.Entry) {
	r.among.gone = true
	r.journal.stored(e.Seq, "", len(e.Data))
	if s := r.state.Load(); s.ID != "" && s.Ended == "" {
		r.rs.Logger.Warn("a session has ended, and this node had not heard of it", "session_id", r.id)
		now := r.now()
		end := poker.Event{At: now, ExpiresAt: now, Payload: poker.SessionExpired{Reason: poker.EndedBy}}
		r.absorb(e.Seq, newChange(), []poker.Step{{Event: end, Session: poker.Fold(s, end)}})
	}
	r.disarm()
	r.rs.drop(r)
	r.rs.freedStorage(r.id)
}

// neverWas reports whether the room is that of a session that was not created and cannot be any more.
func (r *Room) neverWas() bool {
	return r.among != nil && r.among.gone && r.state.Load().ID == ""
}
