package poker

import "slices"

// action is what a command does to a session, for the question of who may do it.
type action int

// The actions. Those that anybody in the session may do need no names of their own.
const (
	free action = iota
	endSession
	removeParticipant
	handRoleOver
	nameFacilitators
	startRound
	revealVotes
	acceptEstimate
	editStories
	changeDeck
	setTimer
	nudge
	lockSession // of settings, the rest is the Scrum Master's: see ChangeSettings
)

// role is what somebody is in a session, for the question of what they may do. One person may have several.
type role int

const (
	scrumMaster role = iota
	facilitator
)

// Who leads, and who helps to run the session.
var (
	leads = []role{scrumMaster}
	runs  = []role{scrumMaster, facilitator}
)

// allowed says which roles may do what. What is not listed, everybody in the session may. What everybody may besides, the settings of a session say.
var allowed = map[action][]role{
	endSession:        leads,
	removeParticipant: leads,
	handRoleOver:      leads,
	nameFacilitators:  leads,
	startRound:        runs,
	revealVotes:       runs,
	acceptEstimate:    runs,
	editStories:       runs,
	changeDeck:        runs,
	setTimer:          runs,
	nudge:             runs,
	lockSession:       runs,
}

func (End) action() action            { return endSession }
func (Kick) action() action           { return removeParticipant }
func (Transfer) action() action       { return handRoleOver }
func (SetFacilitator) action() action { return nameFacilitators }
func (Start) action() action          { return startRound }
func (Reveal) action() action         { return revealVotes }
func (Accept) action() action         { return acceptEstimate }
func (ChangeSettings) action() action { return lockSession }

// may reports whether a participant may do that.
func (s *Session) may(actor string, a action) bool {
	roles := allowed[a]
	for _, r := range roles {
		if s.has(actor, r) {
			return true
		}
	}
	return len(roles) == 0 || s.Settings.EveryoneMay.allow(a)
}

func (s *Session) has(actor string, r role) bool {
	switch r {
	case scrumMaster:
		return s.ScrumMasterID == actor
	case facilitator:
		p, ok := s.Participant(actor)
		return ok && p.Facilitator
	default:
		return false
	}
}

// forbidden is the refusal of an action.
func forbidden(a action) *Refusal {
	r := refuse(NotScrumMaster)
	if slices.Contains(allowed[a], facilitator) {
		r.Detail = "Ask the Scrum Master, or a facilitator, to do it."
	}
	return r
}
