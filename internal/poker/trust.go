package poker

import (
	"slices"
	"time"
)

// seatLinkLife is how long a seat link is good, if it is not used.
const seatLinkLife = 2 * time.Minute

// SeatLink lets somebody go on as the same participant on another device, once.
type SeatLink struct {
	Digest    string // of its secret code; empty if there is none
	ExpiresAt time.Time
}

type (
	// IssueSeatLink makes a seat link of one's own, in place of an earlier one.
	IssueSeatLink struct {
		By
		Digest string // of its secret code
	}
	// UseSeatLink gives whoever knows the code of a seat link a credential of the participant who made it.
	UseSeatLink struct {
		nobody
		Digest     string // of the code
		Credential string // a digest, see Participant
	}
	// SeatLinkIssued says that a participant has a seat link. Clients see nothing of it but that somebody is there.
	SeatLinkIssued struct {
		UserID    string    `json:"user_id"`
		Digest    string    `json:"digest"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	// SeatLinkUsed says that a seat link is worth nothing any more, and that the participant has one more credential. Clients see nothing of it but that somebody is there.
	SeatLinkUsed struct {
		UserID     string `json:"user_id"`
		Credential string `json:"credential"` // a digest, see Participant
	}
)

func (c UseSeatLink) credential() string { return c.Credential }

func (c IssueSeatLink) decide(d *decision) error {
	until := d.after(seatLinkLife)
	d.ref = until.Format(time.RFC3339Nano)
	d.did(SeatLinkIssued{UserID: d.actor, Digest: c.Digest, ExpiresAt: until})
	return nil
}

// SeatLinkEnds is until when the link is good that a participant has issued, by the Ref of their IssueSeatLink: they may have had it used, or issued another, since. A key that an earlier version has
// stored does not say it; then it is that of the link they have now.
func SeatLinkEnds(ref string, p Participant) time.Time {
	if until, err := time.Parse(time.RFC3339Nano, ref); err == nil {
		return until
	}
	return p.Link.ExpiresAt
}

func (c UseSeatLink) decide(d *decision) error {
	people := d.state().Participants
	i := slices.IndexFunc(people, func(p Participant) bool {
		return c.Digest != "" && p.Link.Digest == c.Digest && d.now.Before(p.Link.ExpiresAt)
	})
	if i < 0 {
		return refuse(SeatLinkInvalid)
	}
	d.ref = people[i].ID
	d.did(SeatLinkUsed{UserID: d.ref, Credential: c.Credential})
	return nil
}

func (p SeatLinkIssued) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Link = SeatLink{Digest: p.Digest, ExpiresAt: p.ExpiresAt} })
}

func (p SeatLinkUsed) apply(s *Session, at time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Link = SeatLink{} })
	CredentialIssued(p).apply(s, at)
}

// Protected reports whether the session has a password.
func (s *Session) Protected() bool { return s.Password != "" }

// mayJoin refuses a newcomer without the session's password, or to a session that is locked.
func (s *Session) mayJoin(c *Join) error {
	switch {
	case !s.Protected(), c.Opened == s.Password:
	case c.Tried:
		return refuse(WrongPassword)
	default:
		return refuse(PasswordNeeded)
	}
	if s.Settings.Locked {
		return refuse(SessionLocked)
	}
	return nil
}
