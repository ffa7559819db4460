package room

import (
	"context"
	"errors"
	"slices"

	"github.com/magnapp/magnapp/internal/poker"
)

// Here is what the client of a stream with pings says from time to time.
type Here struct {
	SessionID string
	UserID    string // whose stream it is
	Proof     Proof  `json:"-"` // that it is their stream
	Place     string // the stream's name, as Watch has it; empty: those without one
	Gone      bool   // it goes: the stream counts as closed, however long it stays open
}

// Here notes that somebody is there, or goes, by a stream to whichever node. It is no command: it costs nothing of CommandRate, and changes nothing in the session but who is online. In a session
// that is over, and for a stream that is not open, nothing happens. The error is a refusal.
func (rs *Rooms) Here(ctx context.Context, h Here) error {
	r, err := rs.find(ctx, h.SessionID)
	elsewhere := false
	if err == nil {
		elsewhere, err = r.answered(context.WithoutCancel(ctx), h)
	}
	if elsewhere {
		rs.passOn(h)
	}
	var refusal *poker.Refusal
	if errors.As(err, &refusal) && refusal.Reason == poker.SessionGone {
		return nil
	}
	return err
}

// answered also reports whether the stream may be open on another node.
func (r *Room) answered(ctx context.Context, h Here) (elsewhere bool, err error) {
	r.lock()
	defer r.unlock()
	r.passTime(ctx)
	defer r.arm()
	if err := r.admit(h.UserID, h.Proof); err != nil {
		return false, err
	}
	p, ok := r.state.Load().Participant(h.UserID)
	if !ok {
		return false, Refuse(poker.NotParticipant)
	}
	own := r.rs.node()
	taken := h.Gone && h.Place == "" && r.presence.mayGo(p.ID, r.now()) // it is one stream's, and not known whose: not one's on each node
	elsewhere = r.among != nil && !taken && (!r.presence.has(p.ID, h.Place) || slices.ContainsFunc(p.Nodes, func(node string) bool { return node != own }))
	return elsewhere, r.heard(ctx, h)
}

// heard notes it for the streams that are open here. The room's lock is held.
func (r *Room) heard(ctx context.Context, h Here) error {
	p, ok := r.state.Load().Participant(h.UserID)
	if !ok {
		return nil
	}
	if h.Gone {
		r.presence.goodbye(p.ID, h.Place, r.now(), r.now().Add(reloadGrace))
		return nil
	}
	r.presence.heard(p.ID, h.Place, r.now())
	if r.here(p) || r.presence.counting(p.ID) == 0 {
		return nil
	}
	_, err := r.commit(ctx, poker.Arrive{By: poker.By{UserID: p.ID}}, poker.Key{})
	return err
}
