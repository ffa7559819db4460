package view

import "github.com/magnapp/magnapp/internal/poker"

// Report is what came of a session, whole: what a team takes home.
type Report struct {
	ID            string       `json:"id" format:"uuid"`
	Name          string       `json:"name"`
	CreatedAt     string       `json:"created_at" format:"date-time"`
	EndedAt       *string      `json:"ended_at" format:"date-time" doc:"null while the session lives."`
	EndReason     *string      `json:"end_reason" enum:"inactive,ended,empty" doc:"null while the session lives."`
	Participants  []User       `json:"participants" doc:"Those who had a seat in the end."`
	ScrumMasterID string       `json:"scrum_master_id" format:"uuid"`
	Deck          poker.Deck   `json:"deck"`
	Version       int          `json:"version" doc:"Of the list of stories."`
	Stories       []WholeStory `json:"stories" doc:"In their order."`
	Rounds        []Round      `json:"rounds" doc:"Every completed round, oldest first."`
}

// OfReport shows what came of a session, to everybody alike.
func OfReport(s *poker.Session) Report {
	r := Report{
		ID: s.ID, Name: s.Name, CreatedAt: Time(s.CreatedAt), ScrumMasterID: s.ScrumMasterID, Deck: deckOf(s), EndReason: orNull(string(s.Ended)),
		Participants: make([]User, len(s.Participants)), Version: s.Stories.Revision(), Stories: make([]WholeStory, s.Stories.Len()), Rounds: OfRounds(s),
	}
	if s.Ended != "" {
		r.EndedAt = timeOrNull(s.ExpiresAt)
	}
	for i, p := range s.Participants {
		r.Participants[i] = OfParticipant(p)
	}
	for i := range r.Stories {
		r.Stories[i] = OfWholeStory(s.Stories.Stories[i])
	}
	return r
}
