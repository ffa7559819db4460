package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// cookiePrefix begins the name of a credential's cookie; the user's id follows, so that one browser can hold several seats.
const cookiePrefix = "magnapp_"

// cookiePath is where a browser sends the cookies: to the API, and not with every file of the page.
const cookiePath = "/api"

// cookieLife is how long a browser keeps a credential: a day of meetings, and one more to read what came of them. An old cookie is worth nothing.
const cookieLife = 48 * time.Hour

// newToken returns a secret of 256 bits for a new user. Its end says of which session it is, so that a cookie can be taken back when that session is found ended, after a restart too.
func newToken(sessionID string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand does not fail
	return base64.RawURLEncoding.EncodeToString(b[:]) + sessionMark(sessionID)
}

// markLength is how many characters of a session's id are at the end of its tokens: enough that a person's few sessions differ.
const markLength = 8

func sessionMark(sessionID string) string { return sessionID[:min(len(sessionID), markLength)] }

// fingerprint is what the log keeps of a token, and is compared: its hash, in base64. The token has 256 bits of chance, so a plain hash needs no salt.
type fingerprint [43]byte

func fingerprintOf(token string) (f fingerprint) {
	var room [64]byte // for a token of ours, so that nothing is allocated for it
	sum := sha256.Sum256(append(room[:0], token...))
	base64.RawURLEncoding.Encode(f[:], sum[:])
	return f
}

// of reports whether the participant was issued the token.
func (f *fingerprint) of(participant poker.Participant) bool {
	found := 0
	for _, credential := range participant.Credentials {
		var issued fingerprint
		if copy(issued[:], credential) == len(f) && len(credential) == len(f) {
			found |= subtle.ConstantTimeCompare(f[:], issued[:])
		}
	}
	return found == 1
}

// proof is the credentials that a request brings.
type proof struct {
	open    bool // AUTH=open: look at none
	request *http.Request

	read      bool
	hasBearer bool
	bearer    fingerprint // of the bearer token, if there is one
}

// Proves reports whether the request brings the credential of that participant.
func (p *proof) Proves(participant poker.Participant) bool {
	return p.open || p.brings(participant)
}

func (p *proof) brings(participant poker.Participant) bool {
	if p.readBearer() && p.bearer.of(participant) {
		return true
	}
	for _, cookie := range p.request.CookiesNamed(cookiePrefix + participant.ID) { // a stale one may come beside the good one
		if f := fingerprintOf(cookie.Value); f.of(participant) {
			return true
		}
	}
	return false
}

// readBearer looks for a bearer token, once.
func (p *proof) readBearer() bool {
	if !p.read {
		p.read = true
		if token := bearerToken(p.request); token != "" {
			p.bearer, p.hasBearer = fingerprintOf(token), true
		}
	}
	return p.hasBearer
}

func bearerToken(r *http.Request) string {
	scheme, token, _ := strings.Cut(field(r.Header, "Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// seat finds the one participant of the session whose credential the request brings; false if it brings none, or several.
func (p *proof) seat(s *poker.Session) (string, bool) {
	if p.open || !p.readBearer() && field(p.request.Header, "Cookie") == "" {
		return "", false
	}
	found := ""
	for _, participant := range s.Participants {
		if !p.brings(participant) {
			continue
		}
		if found != "" {
			return "", false
		}
		found = participant.ID
	}
	return found, found != ""
}

// cookie carries a credential to the user's browser.
func (c *caller) cookie(userID, token string) http.Cookie {
	return http.Cookie{
		Name: cookiePrefix + userID, Value: token, Path: cookiePath, MaxAge: int(cookieLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure,
	}
}

// expiredCookie takes a credential back out of the browser.
func (c *caller) expiredCookie(userID string) http.Cookie {
	cookie := c.cookie(userID, "")
	cookie.MaxAge = -1
	return cookie
}

// forget takes the acting user's cookie back out of the browser when there is nothing left that it could be good for: the session is over, or the user is no longer in it. A cookie that was
// issued for another session stays, and so does everything if another site's page is behind the request.
func (a *API) forget(x *exchange, reason poker.Reason) {
	r := x.proof.request
	if reason != poker.SessionGone && reason != poker.NotParticipant || r.Header["Cookie"] == nil || !a.crossSite.own(r) {
		return
	}
	if reason == poker.SessionGone && a.Rooms.Kept(r.PathValue("session_id")) { // its rounds and stories can still be read
		return
	}
	userID := actorOf(r)
	mark := sessionMark(r.PathValue("session_id"))
	for _, cookie := range r.CookiesNamed(cookiePrefix + userID) {
		if userID != "" && len(mark) == markLength && strings.HasSuffix(cookie.Value, mark) {
			expired := x.expiredCookie(userID)
			x.Header().Add("Set-Cookie", expired.String())
			return
		}
	}
}
