package poker

// action is what a command does to a session, for the question of who may do it.
type action int

// The actions. Those that anybody in the session may do need no names of their own.
const (
	free action = iota
	endSession
	removeParticipant
	handRoleOver
	startRound
	revealVotes
	acceptEstimate
)

// role is what somebody is in a session. One person may have several.
type role int

const scrumMaster role = iota

// allowed says which roles may do what. What is not listed, everybody in the session may.
var allowed = map[action][]role{
	endSession:        {scrumMaster},
	removeParticipant: {scrumMaster},
	handRoleOver:      {scrumMaster},
	startRound:        {scrumMaster},
	revealVotes:       {scrumMaster},
	acceptEstimate:    {scrumMaster},
}

func (End) action() action      { return endSession }
func (Kick) action() action     { return removeParticipant }
func (Transfer) action() action { return handRoleOver }
func (Start) action() action    { return startRound }
func (Reveal) action() action   { return revealVotes }
func (Accept) action() action   { return acceptEstimate }

// may reports whether a participant may do that.
func (s *Session) may(actor string, a action) bool {
	roles := allowed[a]
	for _, r := range roles {
		if s.has(actor, r) {
			return true
		}
	}
	return len(roles) == 0
}

func (s *Session) has(actor string, r role) bool {
	switch r {
	case scrumMaster:
		return s.ScrumMasterID == actor
	default:
		return false
	}
}
