package view

import (
	"reflect"

	"github.com/magnapp/magnapp/internal/poker"
)

// Type is one row of the table of events: a type of event in a session's stream, for documents and clients.
type Type struct {
	Name string
	When string // it is sent, for people
	Data any    // the zero value of its data

	sources []source
}

// source renders one kind of the game's events.
type source struct {
	payload reflect.Type
	render  func(s *poker.Session, e poker.Event) any
}

// row makes a row of the table. Every source of it gives data of the same type.
func row[D any](name, when string, sources ...func(D) source) Type {
	var none D
	t := Type{Name: name, When: when, Data: none}
	for _, of := range sources {
		t.sources = append(t.sources, of(none))
	}
	return t
}

// from makes data of a payload. The session is as it is after the event.
func from[P poker.Payload, D any](render func(s *poker.Session, e poker.Event, p P) D) func(D) source {
	return func(D) source {
		return source{payload: reflect.TypeFor[P](), render: func(s *poker.Session, e poker.Event) any {
			return render(s, e, e.Payload.(P))
		}}
	}
}

// whole sends the whole session, for a change without an event of its own.
func whole[P poker.Payload]() func(Updated) source {
	return from(func(s *poker.Session, _ poker.Event, _ P) Updated { return Updated{Session: OfSession(s)} })
}

// types is the table of events. Documentation, OpenAPI components and the page's types are made from it.
var types = []Type{
	row(SessionUpdated, "First on a stream; any change without an event of its own; resumed after a pause.",
		whole[poker.SessionCreated](), whole[poker.ParticipantVouched](), whole[poker.ProfileChanged](), whole[poker.RoleChanged](), whole[poker.FacilitatorChanged](), whole[poker.SettingsChanged](), whole[poker.DeckChanged](), whole[poker.SeatLinkIssued](), whole[poker.SeatLinkUsed](), whole[poker.GraceLapsed](), whole[poker.PauseEnded](), whole[poker.VoteRetracted](),
		whole[poker.RevealScheduled](), whole[poker.SessionExtended](), whole[poker.SessionRecovered](), whole[poker.FileImported](), whole[poker.FileDropped]()),
	row(UserJoined, "Somebody joined, or came back online (reconnected).",
		from(func(s *poker.Session, _ poker.Event, p poker.ParticipantJoined) JoinedUser {
			return JoinedUser{User: userIn(s, p.Newcomer.ID)}
		}),
		from(func(s *poker.Session, _ poker.Event, p poker.ParticipantReturned) JoinedUser {
			return JoinedUser{User: userIn(s, p.UserID), Reconnected: true}
		})),
	row(UserLeft, "Somebody left or was kicked.",
		from(func(_ *poker.Session, _ poker.Event, p poker.ParticipantLeft) Gone {
			return Gone{UserID: p.UserID, Reason: string(p.Reason)}
		})),
	row(UserDisconnected, "The last stream of a participant closed.",
		from(func(_ *poker.Session, _ poker.Event, p poker.ParticipantDisconnected) OfUser {
			return OfUser{UserID: p.UserID}
		})),
	row(VotingStarted, "A round began.",
		from(func(_ *poker.Session, e poker.Event, p poker.VotingStarted) Started {
			return Started{RoundID: p.RoundID, StartedAt: Time(e.At), Topic: p.Topic, StoryID: orNull(p.StoryID), EndsAt: timeOrNull(p.EndsAt), Anonymous: p.Anonymous}
		})),
	row(VoteSubmitted, "A first, changed or repeated vote. Never its value.",
		from(func(_ *poker.Session, _ poker.Event, p poker.VoteSubmitted) OfUser { return OfUser{UserID: p.UserID} })),
	row(VotesRevealed, "The cards turned.",
		from(func(s *poker.Session, _ poker.Event, p poker.VotesRevealed) RevealedVotes {
			return revealed(p.RoundID, roundOf(s))
		})),
	row(RoundCompleted, "An estimate was accepted or amended, or the next round began.",
		from(func(s *poker.Session, _ poker.Event, p poker.RoundCompleted) Completed {
			return completed(p.RoundID, roundOf(s))
		})),
	row(ScrumMasterChanged, "The role moved.",
		from(func(_ *poker.Session, _ poker.Event, p poker.ScrumMasterChanged) MasterChanged {
			return MasterChanged{OldMasterID: p.OldID, NewMasterID: p.NewID, Reason: string(p.Reason)}
		})),
	row(SessionPaused, "The Scrum Master is away.",
		from(func(s *poker.Session, _ poker.Event, p poker.PauseBegan) Pause {
			return Pause{Reason: string(p.Reason), ResumesBy: timeOrNull(p.ResumesBy), TakeoverAt: timeOrNull(s.TakeOverAt())}
		})),
	row(TimerUpdated, "The running round's timer was started, changed or stopped.",
		from(func(_ *poker.Session, _ poker.Event, p poker.TimerSet) Timer {
			return Timer{RoundID: p.RoundID, EndsAt: timeOrNull(p.EndsAt)}
		})),
	row(Nudged, "Voters who have not voted are reminded.",
		from(func(_ *poker.Session, _ poker.Event, p poker.Nudged) OfUsers { return OfUsers{UserIDs: p.UserIDs} })),
	row(StoriesUpdated, "The list of stories has changed: one version of it, by what is different. Many stories at once: several.",
		from(added), from(changed), from(moved), from(removed)),
	row(SessionExpired, "The last event of every stream.",
		from(func(_ *poker.Session, _ poker.Event, p poker.SessionExpired) End {
			return End{Reason: string(p.Reason)}
		})),
	row[List](SessionsUpdated, "On /api/sse: the list of open sessions, whole."),
}

// hidden are the payloads that clients are not sent: nothing that they can see has changed.
var hidden = []reflect.Type{reflect.TypeFor[poker.ParticipantPresent](), reflect.TypeFor[poker.StreamsClosed](), reflect.TypeFor[poker.CredentialIssued](), reflect.TypeFor[poker.GraceBegan](),
	reflect.TypeFor[poker.Unknown]()}

// Types returns the table of events, in the order of the contract.
func Types() []Type { return types }

// rendering is how the events of one payload are sent.
type rendering struct {
	name   string
	render func(s *poker.Session, e poker.Event) any
}

// renderings are the table by payload.
var renderings = map[reflect.Type]rendering{}

func init() {
	for _, t := range types {
		for _, s := range t.sources {
			renderings[s.payload] = rendering{name: t.Name, render: s.render}
		}
	}
}
