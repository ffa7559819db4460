package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// register is the route table.
func (a *API) register() {
	a.huma = humago.New(a.routes, humaConfig(a.Version))

	call(a, "POST /api/sessions", "createSession", "Create a session", a.create, takesBody, limited, nullSpeaks)
	call(a, "GET /api/sessions", "listSessions", "List the open sessions, newest first", a.list)
	call(a, "GET /api/sessions/{session_id}", "getSession", "Get a session", a.get, takesCredential)
	call(a, "DELETE /api/sessions/{session_id}", "endSession", "End a session (Scrum Master)", a.end, needsCredential)
	call(a, "POST /api/sessions/{session_id}/join", "joinSession", "Join a session", a.join, takesBody, limited)
	call(a, "POST /api/sessions/{session_id}/leave", "leaveSession", "Leave a session", a.leave, needsCredential)
	call(a, "POST /api/sessions/{session_id}/reconnect", "reconnect", "Say that you are back", a.reconnect, needsCredential)
	call(a, "POST /api/sessions/{session_id}/extend", "extendSession", "Say that you are still here", a.extend, needsCredential)
	call(a, "POST /api/sessions/{session_id}/takeover", "takeOver", "Become Scrum Master of a session that has been paused for 30 s; takes an open stream", a.takeOver, needsCredential)
	call(a, "POST /api/sessions/{session_id}/profile", "changeProfile", "Change your name, your avatar, or both", a.changeProfile, needsCredential, takesBody)
	call(a, "POST /api/sessions/{session_id}/kick/{user_id}", "kick", "Remove a participant (Scrum Master)", a.kick, needsCredential)
	call(a, "POST /api/sessions/{session_id}/transfer", "transfer", "Hand the role of the Scrum Master over (Scrum Master)", a.transfer, needsCredential)

	call(a, "POST /api/sessions/{session_id}/settings", "changeSettings", "Change settings (Scrum Master)", a.settings, needsCredential, takesBody, nullSpeaks)
	call(a, "POST /api/sessions/{session_id}/role", "changeRole", "Vote from now on, or watch; somebody else's role: Scrum Master", a.role, needsCredential, takesBody)
	call(a, "POST /api/sessions/{session_id}/facilitators/{other_id}", "addFacilitator", "Let somebody help to run the session (Scrum Master)", a.nameFacilitator, needsCredential)
	call(a, "DELETE /api/sessions/{session_id}/facilitators/{other_id}", "removeFacilitator", "Let somebody no longer help to run the session (Scrum Master)", a.unnameFacilitator, needsCredential)

	call(a, "POST /api/sessions/{session_id}/deck", "changeDeck", "Play with another deck from the next round on (Scrum Master, facilitators)", a.changeDeck, needsCredential, takesBody, nullSpeaks)

	call(a, "GET /api/sessions/{session_id}/stories", "getStories", "Get the list of stories", a.stories, takesCredential)
	call(a, "POST /api/sessions/{session_id}/stories", "addStories", "Add stories (Scrum Master, facilitators)", a.addStories, needsCredential, takesBody, nullSpeaks)
	call(a, "GET /api/sessions/{session_id}/stories/{story_id}", "getStory", "Get a story, with its description and its rounds", a.story, takesCredential)
	call(a, "POST /api/sessions/{session_id}/stories/{story_id}", "editStory", "Change a story (Scrum Master, facilitators)", a.editStory, needsCredential, takesBody, nullSpeaks)
	call(a, "DELETE /api/sessions/{session_id}/stories/{story_id}", "removeStory", "Remove a story (Scrum Master, facilitators)", a.removeStory, needsCredential)
	call(a, "POST /api/sessions/{session_id}/stories/{story_id}/move", "moveStory", "Give a story another place (Scrum Master, facilitators)", a.moveStory, needsCredential, takesBody)
	plain[importInput, Imported](a, "POST /api/sessions/{session_id}/stories/import", "importStories", "Add the stories of a file: an export of an issue tracker, a spreadsheet, or lines of text (Scrum Master, facilitators)", a.importStories, needsCredential, takesFile)
	call(a, "GET /api/sessions/{session_id}/export", "exportStories", "Get stories and estimates as a file", a.export, takesCredential)

	call(a, "POST /api/sessions/{session_id}/timer", "setTimer", "Start, change or stop the round's timer (Scrum Master, facilitators)", a.timer, needsCredential, takesBody)
	call(a, "POST /api/sessions/{session_id}/nudge", "nudge", "Remind voters who have not voted (Scrum Master, facilitators)", a.nudge, needsCredential, takesBody)

	call(a, "POST /api/sessions/{session_id}/seat-link", "seatLink", "Make a link with which you go on on another device", a.seatLink, needsCredential)
	call(a, "POST /api/seats", "takeSeat", "Go on as the participant who made a seat link", a.takeSeat, takesBody, limited)

	plain[startInput, Done](a, "POST /api/sessions/{session_id}/start", "startRound", "Start a round (Scrum Master)", a.start, needsCredential, takesBody)
	plain[voteInput, Done](a, "POST /api/sessions/{session_id}/vote", "vote", "Vote, or change your vote", a.vote, needsCredential, takesBody)
	call(a, "DELETE /api/sessions/{session_id}/vote", "retractVote", "Take your vote back", a.retract, needsCredential)
	plain[AsUser, Revealed](a, "POST /api/sessions/{session_id}/reveal", "reveal", "Turn the cards (Scrum Master)", a.reveal, needsCredential)
	call(a, "POST /api/sessions/{session_id}/accept", "acceptEstimate", "Accept an estimate, or none (Scrum Master)", a.accept, needsCredential, takesBody)
	call(a, "GET /api/sessions/{session_id}/round", "getRound", "Get the current round", a.round, takesCredential)

	call(a, "GET /api/sessions/{session_id}/rounds", "getRounds", "Get every completed round, oldest first", a.completedRounds, takesCredential)

	call(a, "GET /api/sessions/{session_id}/summary", "getSummary", "Get what came of a session, while it lives and for a while after", a.report, takesCredential)

	a.streamCall("/api/sse", "streamSessions", "The list of open sessions, live", a.streamList)
	a.streamCall("/api/sse/{session_id}", "streamSession", "The events of a session", a.streamSession, takesCredential)
	a.hereCall()

	call(a, "GET /api/addresses", "getAddresses", "By which addresses others on the network reach this server; for callers on this machine only", a.addresses)

	call(a, "GET /health", "health", "Is the server there?", a.health)
	call(a, "GET /livez", "livez", "Is the process alive?", a.livez)
	call(a, "GET /readyz", "readyz", "Can the server take commands?", a.readyz)
	if !a.MetricsElsewhere {
		a.routes.handle(http.MethodGet, "/metrics", a.showMetrics())
	}
	a.routes.handle(http.MethodGet, "/openapi.json", a.openAPI())
	a.routes.handle(http.MethodGet, "/docs", a.docs())
}

func humaConfig(version string) huma.Config {
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "MagnaPP", Version: version, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
				Description: "Planning poker for distributed teams. Everybody picks a card in secret, the cards turn over at once, the team talks about the difference.",
			},
			Components: &huma.Components{
				SecuritySchemes: map[string]*huma.SecurityScheme{
					tokenScheme:  {Type: "http", Scheme: "bearer", Description: "The token that was issued to the acting user by create or join."},
					cookieScheme: {Type: "apiKey", In: "cookie", Name: cookiePrefix + "{user_id}", Description: "The cookie that was issued to the acting user by create or join."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
	c.AllowAdditionalPropertiesByDefault = true // unknown fields are ignored
	return c
}
