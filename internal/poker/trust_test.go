package poker

import (
	"testing"
	"time"
)

func TestPassword_is_asked_of_newcomers(t *testing.T) {
	g := newGame(t)
	g.do(ChangeSettings{By: by("sm"), Password: ptr("hash")})
	cat := func(opened string, tried bool) *Join {
		return &Join{Newcomer: Newcomer{ID: "cat"}, Opened: opened, Tried: tried}
	}
	equal(t, "none sent", g.try(cat("", false)), PasswordNeeded)
	equal(t, "another", g.try(cat("", true)), WrongPassword)
	equal(t, "the one before", g.try(cat("old hash", true)), WrongPassword)
	equal(t, "the right one", g.try(cat("hash", true)), "")
	g.do(settings("sm", `{"locked":true}`))
	equal(t, "the password is kept", g.s.Password, "hash")
	equal(t, "the wrong one before the lock", g.try(cat("", true)), WrongPassword)
	equal(t, "the right one, locked", g.try(cat("hash", true)), SessionLocked)
	g.do(ChangeSettings{By: by("sm"), Password: ptr("")})
	g.do(settings("sm", `{"locked":false}`))
	equal(t, "none any more", g.try(cat("", false)), "")
	g.do(SetFacilitator{By: by("sm"), Other: "ann", Facilitator: true})
	equal(t, "by a facilitator", g.try(ChangeSettings{By: by("ann"), Password: ptr("hash")}), NotScrumMaster)
}

func TestAnonymous_is_what_a_round_was_when_cards_were_played(t *testing.T) {
	g := newGameWith(t, Settings{Anonymous: true})
	g.do(Start{By: by("sm"), RoundID: "r1"})
	g.do(settings("sm", `{"anonymous":false}`))
	equal(t, "switched off in the round", g.s.Round.Anonymous, true)
	g.do(Reveal{by("sm")})
	g.do(Start{By: by("sm"), RoundID: "r2"})
	equal(t, "the round before", g.s.Rounds[0].Anonymous, true)
	equal(t, "the next", g.s.Round.Anonymous, false)
	g.do(settings("sm", `{"anonymous":true}`))
	equal(t, "switched on in the round", g.s.Round.Anonymous, true)
	g.do(settings("sm", `{"anonymous":false}`))
	g.do(Start{By: by("sm"), RoundID: "r3"})
	g.do(Reveal{by("sm")})
	g.do(settings("sm", `{"anonymous":true}`))
	equal(t, "switched on when the cards lie open", g.s.Round.Anonymous, false)
}

func TestSeatLink_is_good_once_within_two_minutes(t *testing.T) {
	g := newGame(t)
	use := func(digest string) UseSeatLink { return UseSeatLink{Digest: digest, Credential: "phone"} }
	equal(t, "none was made", g.try(use("")), SeatLinkInvalid)
	equal(t, "made", g.do(IssueSeatLink{By: by("ann"), Digest: "one"}), "seat_link_issued")
	equal(t, "another code", g.try(use("two")), SeatLinkInvalid)
	g.pass(2*time.Minute - time.Millisecond)
	equal(t, "used", g.do(use("one")), "seat_link_used")
	p, _ := g.s.Participant("ann")
	equal(t, "credentials", p.Credentials, []string{"", "phone"})
	equal(t, "used again", g.try(use("one")), SeatLinkInvalid)
	g.do(IssueSeatLink{By: by("ann"), Digest: "three"})
	g.do(IssueSeatLink{By: by("ann"), Digest: "four"})
	equal(t, "one that was replaced", g.try(use("three")), SeatLinkInvalid)
	g.pass(2 * time.Minute)
	equal(t, "too late", g.try(use("four")), SeatLinkInvalid)
}
