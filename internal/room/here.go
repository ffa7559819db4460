package room

import (
	"context"
	"errors"

	"github.com/magnapp/magnapp/internal/poker"
)

// Here is what the client of a stream with pings says from time to time.
type Here struct {
	SessionID string
	UserID    string // whose stream it is
	Proof     Proof  // that it is their stream
	Place     string // the stream's name, as Watch has it; empty: those without one
	Gone      bool   // it goes: the stream counts as closed, however long it stays open
}

// Here notes that somebody is there, or goes. It is no command: it costs nothing of CommandRate, and changes nothing in the session but who is online. In a session that is over, and for
// a stream that is not open here, nothing happens. The error is a refusal.
func (rs *Rooms) Here(ctx context.Context, h Here) error {
	r, err := rs.find(ctx, h.SessionID)
	if err == nil {
		err = r.answered(context.WithoutCancel(ctx), h)
	}
	var refusal *poker.Refusal
	if errors.As(err, &refusal) && refusal.Reason == poker.SessionGone {
		return nil
	}
	return err
}

func (r *Room) answered(ctx context.Context, h Here) error {
	r.lock()
	defer r.unlock()
	r.passTime(ctx)
	defer r.arm()
	if err := r.admit(h.UserID, h.Proof); err != nil {
		return err
	}
	p, ok := r.state.Load().Participant(h.UserID)
	if !ok {
		return Refuse(poker.NotParticipant)
	}
	if h.Gone {
		r.presence.goodbye(p.ID, h.Place, r.now().Add(reloadGrace))
		return nil
	}
	r.presence.heard(p.ID, h.Place, r.now())
	if r.here(p) || r.presence.counting(p.ID) == 0 {
		return nil
	}
	_, err := r.commit(ctx, poker.Arrive{By: poker.By{UserID: p.ID}}, poker.Key{})
	return err
}
