package poker

import "fmt"

// Command is what somebody, or time, asks of a session. The types of this package are all there are.
type Command interface {
	// Validate checks the shape of the command, before any session is looked at. It may clean the input (names are trimmed). The error is a Refusal with Reason Invalid.
	Validate() error
	// Actor is the id of the participant who acts, who must prove it. Empty: nobody acts as a participant.
	Actor() string
	// action is what of a session the command touches, see Session.may.
	action() action
	decide(d *decision) error
}

// By is embedded in the commands of a participant.
type By struct{ UserID string }

// Actor returns the participant's id.
func (b By) Actor() string { return b.UserID }

func (b By) action() action { return free }

// Validate accepts every id: one that is unknown is not a malformed one.
func (b By) Validate() error { return nil }

// nobody is embedded in the commands that no participant gives.
type nobody struct{}

func (nobody) Actor() string   { return "" }
func (nobody) Validate() error { return nil }
func (nobody) action() action  { return free }

// The commands. Ids of new things are chosen by the caller, because the game has no source of chance.
type (
	// Create opens a session; the creator is its Scrum Master.
	Create struct {
		nobody
		SessionID string
		Name      string
		Deck      Deck
		Settings  Settings
		Password  string // a slow hash of it; empty for none
		Creator   Newcomer
	}
	// Join takes a seat.
	Join struct {
		nobody
		Newcomer Newcomer
		Opened   string // the session's Password, if the newcomer knows what it was made of
		Tried    bool   // they have sent one
	}
	// Leave gives the seat up.
	Leave struct{ By }
	// End ends the session for everybody (Scrum Master).
	End struct{ By }
	// Start opens a fresh round (Scrum Master).
	Start struct {
		By
		RoundID string
		Topic   *string
		StoryID *string // the story that the round is about, whose title is the topic; nil for none
	}
	// CastVote plays a card, or another one.
	CastVote struct {
		By
		Value string
	}
	// RetractVote takes the card back.
	RetractVote struct{ By }
	// Reveal turns the cards, or starts the countdown to it (Scrum Master).
	Reveal struct{ By }
	// Accept completes the revealed round with an estimate, or with none; again: amends it (Scrum Master).
	Accept struct {
		By
		Estimate *string
	}
	// Kick removes somebody else (Scrum Master).
	Kick struct {
		By
		Other string
	}
	// Transfer makes somebody else Scrum Master (Scrum Master).
	Transfer struct {
		By
		To string
	}
	// ChangeRole makes a voter or a spectator of oneself, or of somebody else (Scrum Master).
	ChangeRole struct {
		By
		Other string // whose role changes
		Role  Role
	}
	// SetFacilitator lets somebody help to run the session, or no longer (Scrum Master).
	SetFacilitator struct {
		By
		Other       string
		Facilitator bool
	}
	// Extend says "we are still here".
	Extend struct{ By }
	// Reconnect says that the participant is there, whether or not a stream of theirs is.
	Reconnect struct{ By }
	// Arrive: the first stream of the participant opened, on the node of the Moment.
	Arrive struct{ By }
	// Depart: the participant's last stream on a node closed, and they did not come back in time.
	Depart struct {
		By
		Node string // the node's name; empty for a server that is alone
	}
	// Recover says that entries of the log could not be read.
	Recover struct {
		nobody
		Missing uint64 // how many; 0: not known
	}
	// Tick lets what is due at this moment happen.
	Tick struct{ nobody }
)

// Validate trims the names and checks them, the avatar and the settings.
func (c *Create) Validate() error {
	var err error
	if c.Name, err = cleanName("name", c.Name, MaxSessionName); err != nil {
		return err
	}
	if err := c.Creator.validate("creator_name", "creator_avatar"); err != nil {
		return err
	}
	return c.Settings.validate("settings.")
}

// Validate trims the name and checks it and the avatar.
func (c *Join) Validate() error { return c.Newcomer.validate("user_name", "user_avatar") }

func (n *Newcomer) validate(nameField, avatarField string) error {
	var err error
	if n.Name, err = cleanName(nameField, n.Name, MaxUserName); err != nil {
		return err
	}
	if err := checkRole(n.Role); err != nil {
		return err
	}
	return checkAvatar(avatarField, n.Avatar)
}

// Validate checks the role.
func (c ChangeRole) Validate() error {
	if c.Role == "" {
		return invalid("role", "role is missing.")
	}
	return checkRole(c.Role)
}

// Validate checks the topic.
func (c Start) Validate() error { return checkTopic(c.Topic) }

// Name returns what a command is called in logs and metrics.
func Name(c Command) string {
	switch c.(type) {
	case *Create:
		return "create"
	case *Join:
		return "join"
	case Leave:
		return "leave"
	case End:
		return "end"
	case Start:
		return "start"
	case CastVote:
		return "vote"
	case RetractVote:
		return "retract"
	case Reveal:
		return "reveal"
	case Accept:
		return "accept"
	case Kick:
		return "kick"
	case Transfer:
		return "transfer"
	case ChangeRole:
		return "change role"
	case SetFacilitator:
		return "set facilitator"
	case ChangeSettings:
		return "change settings"
	case ChangeDeck:
		return "change deck"
	case IssueSeatLink:
		return "issue seat link"
	case UseSeatLink:
		return "use seat link"
	case SetTimer:
		return "set timer"
	case Nudge:
		return "nudge"
	case *AddStories:
		return "add stories"
	case *EditStory:
		return "edit story"
	case MoveStory:
		return "move story"
	case RemoveStory:
		return "remove story"
	case PreviewImport:
		return "preview import"
	case *ImportStories:
		return "import stories"
	case TakeOver:
		return "takeover"
	case *ChangeProfile:
		return "profile"
	case Extend:
		return "extend"
	case Reconnect:
		return "reconnect"
	case Arrive:
		return "arrive"
	case Depart:
		return "depart"
	case Recover:
		return "recover"
	case Tick:
		return "tick"
	}
	return fmt.Sprintf("%T", c)
}
