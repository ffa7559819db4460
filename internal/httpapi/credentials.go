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

// cookieLife is how long a browser keeps a credential. A session does not live longer without activity, and an old cookie is worth nothing.
const cookieLife = 24 * time.Hour

// newToken returns a secret of 256 bits for a new user.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand does not fail
	return base64.RawURLEncoding.EncodeToString(b[:])
}

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
	var issued fingerprint
	return copy(issued[:], participant.Credential) == len(f) && len(participant.Credential) == len(f) && subtle.ConstantTimeCompare(f[:], issued[:]) == 1
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
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// seat finds the one participant of the session whose credential the request brings; false if it brings none, or several.
func (p *proof) seat(s *poker.Session) (string, bool) {
	if p.open || !p.readBearer() && p.request.Header.Get("Cookie") == "" {
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
		Name: cookiePrefix + userID, Value: token, Path: "/", MaxAge: int(cookieLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure,
	}
}

// expiredCookie takes a credential back out of the browser.
func (c *caller) expiredCookie(userID string) http.Cookie {
	cookie := c.cookie(userID, "")
	cookie.MaxAge = -1
	return cookie
}
