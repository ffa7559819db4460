package poker

import "time"

// ChangeProfile gives the actor another name, another avatar, or both; what is nil stays as it is.
type ChangeProfile struct {
	By
	Name   *string
	Avatar *string
}

// Validate trims the name and checks it and the avatar, of which one must be there.
func (c *ChangeProfile) Validate() error {
	if c.Name == nil && c.Avatar == nil {
		return invalid("name", "name or avatar must be there.")
	}
	if c.Name != nil {
		name, err := cleanName("name", *c.Name, MaxUserName)
		if err != nil {
			return err
		}
		c.Name = &name
	}
	if c.Avatar != nil {
		return checkAvatar("avatar", *c.Avatar)
	}
	return nil
}

func (c *ChangeProfile) decide(d *decision) error {
	d.did(ProfileChanged{UserID: d.actor, Name: c.Name, Avatar: c.Avatar})
	return nil
}

// ProfileChanged says that a participant has another name, another avatar, or both; what is nil stayed as it was.
type ProfileChanged struct {
	UserID string  `json:"user_id"`
	Name   *string `json:"name,omitempty"`
	Avatar *string `json:"avatar,omitempty"`
}

func (p ProfileChanged) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) {
		if p.Name != nil {
			who.Name = *p.Name
		}
		if p.Avatar != nil {
			who.Avatar = *p.Avatar
		}
	})
}
