package poker

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// field is the input that a command is refused for, empty if it is accepted.
func field(t *testing.T, c Command) string {
	t.Helper()
	err := c.Validate()
	if err == nil {
		return ""
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != Invalid || refusal.Field == "" || !strings.Contains(refusal.Detail, refusal.Field) {
		t.Fatalf("got %#v, want a Refusal that names the field", err)
	}
	return refusal.Field
}

func TestValidate_profile(t *testing.T) {
	for _, c := range []struct {
		name         string
		as, avatar   *string
		field, clean string
	}{
		{name: "nothing", field: "name"},
		{name: "a name", as: ptr(" Ann\t"), clean: "Ann"},
		{name: "an empty name", as: ptr(" "), field: "name"},
		{name: "a long name", as: ptr(strings.Repeat("x", 51)), field: "name"},
		{name: "no avatar", avatar: ptr("")},
		{name: "a long avatar", avatar: ptr(strings.Repeat("x", 201)), field: "avatar"},
		{name: "an avatar of two lines", as: ptr("Ann"), avatar: ptr("a\nb"), field: "avatar"},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := &ChangeProfile{Name: c.as, Avatar: c.avatar}
			equal(t, "refused for", field(t, change), c.field)
			if c.clean != "" {
				equal(t, "name", *change.Name, c.clean)
			}
		})
	}
}

func TestValidate_names(t *testing.T) {
	const refused = "\x00refused"
	for name, c := range map[string]struct {
		in, want string
	}{
		"plain":                      {"Sam", "Sam"},
		"trimmed":                    {" \t\u00a0Sam\u3000\n", "Sam"},
		"empty":                      {"", refused},
		"only spaces":                {" \t \u2003", refused},
		"fifty characters":           {strings.Repeat("x", 50), strings.Repeat("x", 50)},
		"fifty that take more bytes": {strings.Repeat("🂡", 50), strings.Repeat("🂡", 50)},
		"fifty after trimming":       {"  " + strings.Repeat("ä", 50) + "  ", strings.Repeat("ä", 50)},
		"fifty-one":                  {strings.Repeat("ä", 51), refused},
		"inner line break":           {"S\nam", refused},
		"inner tab":                  {"S\tam", refused},
		"NUL":                        {"S\x00am", refused},
		"escape":                     {"S\x1bam", refused},
		"delete":                     {"S\x7fam", refused},
		"C1 control":                 {"S\u0085am", refused},
		"line separator":             {"S\u2028am", refused},
		"paragraph separator":        {"S\u2029am", refused},
		"joiner and direction marks": {"👩\u200d💻\u200f", "👩\u200d💻\u200f"},
		"markup is no business here": {"<b>Sam</b>", "<b>Sam</b>"},
	} {
		t.Run(name, func(t *testing.T) {
			join := &Join{Newcomer: Newcomer{Name: c.in}}
			create := &Create{Name: "x", Creator: Newcomer{Name: c.in}}
			wantJoin, wantCreate := "", ""
			if c.want == refused {
				wantJoin, wantCreate = "user_name", "creator_name"
			}
			equal(t, "join", field(t, join), wantJoin)
			equal(t, "create", field(t, create), wantCreate)
			if c.want != refused {
				equal(t, "name", join.Newcomer.Name, c.want)
				equal(t, "creator's name", create.Creator.Name, c.want)
			}
		})
	}
}

func TestValidate_session_name(t *testing.T) {
	for in, want := range map[string]string{
		"": "name", "  ": "name", "a\u2028b": "name", strings.Repeat("ß", 101): "name", strings.Repeat("ß", 100): "", " Sprint ": "",
	} {
		equal(t, in, field(t, &Create{Name: in, Creator: Newcomer{Name: "x"}}), want)
	}
}

func TestValidate_avatar_is_kept_as_sent(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " 🦊 ": "", strings.Repeat("🦊", 200): "", strings.Repeat("🦊", 201): "user_avatar", "a\nb": "user_avatar", "\u2029": "user_avatar", "\x9f": "",
	} {
		c := &Join{Newcomer: Newcomer{Name: "x", Avatar: in}}
		equal(t, in, field(t, c), want)
		equal(t, "avatar", c.Newcomer.Avatar, in)
	}
	equal(t, "creator's", field(t, &Create{Name: "x", Creator: Newcomer{Name: "x", Avatar: "\x00"}}), "creator_avatar")
}

func TestValidate_topic(t *testing.T) {
	equal(t, "none", field(t, Start{}), "")
	for in, want := range map[string]string{
		"": "", " kept \r\n\tas sent\n": "", strings.Repeat("語", 500): "", strings.Repeat("語", 501): "topic",
		"a\x00": "topic", "a\vb": "topic", "a\fb": "topic", "a\u0085b": "topic", "a\u2028b": "topic",
	} {
		equal(t, in, field(t, Start{Topic: &in}), want)
	}
}

func TestValidate_countdown(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "", time.Millisecond: "", MaxRevealCountdown: "", MaxRevealCountdown + 1: "settings.reveal_countdown_seconds", -1: "settings.reveal_countdown_seconds",
	} {
		c := &Create{Name: "x", Creator: Newcomer{Name: "x"}, Settings: Settings{RevealCountdownSeconds: (in).Seconds()}}
		equal(t, in.String(), field(t, c), want)
	}
}

func TestExplain_every_reason_without_what_was_sent(t *testing.T) {
	for reason := range texts {
		title, detail := Explain(reason)
		if title == "" || detail == "" || strings.Contains(title+detail, "%") {
			t.Errorf("%s: %q, %q", reason, title, detail)
		}
	}
	equal(t, "the plan's words", refuse(SessionGone).Title, "Session not found")
	sent := "\x00secret"
	var refusal *Refusal
	if !errors.As((&Join{Newcomer: Newcomer{Name: sent}}).Validate(), &refusal) || strings.Contains(refusal.Error(), sent) {
		t.Errorf("refusal repeats what was sent: %v", refusal)
	}
}
