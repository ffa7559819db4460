package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/magnapp/magnapp/internal/poker"
)

// The bounds of a session's password, in characters.
const (
	minPassword = 4
	maxPassword = 100
)

// A password is hashed slowly, so that who gets hold of a log does not get hold of it: argon2id with what OWASP recommends. It takes about 30 ms and 19 MB, so few are made at once.
const (
	hashMemory  = 19 << 10 // KB
	hashPasses  = 2
	hashLanes   = 1
	hashSalt    = 16 // bytes
	hashLength  = 32 // bytes
	hashesOnce  = 2
	hashesWait  = 64 // for their turn; beyond that, the server is busy
	hashVariant = "argon2id"
)

// hasher hashes passwords, a few at once. Safe for concurrent use.
type hasher struct {
	turns   chan struct{}
	waiting atomic.Int32
}

func newHasher() *hasher { return &hasher{turns: make(chan struct{}, hashesOnce)} }

// hash returns a password's slow hash, as text. The error is a Problem, or the context's.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // crypto/rand does not fail
	key, err := h.key(ctx, password, salt, hashMemory, hashPasses)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", hashVariant, argon2.Version, hashMemory, hashPasses, hashLanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// matches reports whether a hash is the password's. Of a hash that is none of ours it takes as long to say no. The error is that of hash.
func (h *hasher) matches(ctx context.Context, password, hashed string) (bool, error) {
	memory, passes, salt, want := parsedHash(hashed)
	got, err := h.key(ctx, password, salt, memory, passes)
	return err == nil && len(want) > 0 && subtle.ConstantTimeCompare(got, want) == 1, err
}

// parsedHash reads what hash wrote, of this version or one with other costs; with no key if it is something else.
func parsedHash(hashed string) (memory, passes uint32, salt, key []byte) {
	parts := strings.Split(hashed, "$")
	if len(parts) != 6 || parts[1] != hashVariant || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hashMemory, hashPasses, make([]byte, hashSalt), nil
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	_, costErr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &passes)
	if saltErr != nil || keyErr != nil || costErr != nil || len(key) != hashLength || memory > 4*hashMemory || passes > 4*hashPasses || passes == 0 {
		return hashMemory, hashPasses, make([]byte, hashSalt), nil
	}
	return memory, passes, salt, key
}

func (h *hasher) key(ctx context.Context, password string, salt []byte, memory, passes uint32) ([]byte, error) {
	if h.waiting.Add(1) > hashesWait {
		h.waiting.Add(-1)
		return nil, busy()
	}
	defer h.waiting.Add(-1)
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turns }()
	return argon2.IDKey([]byte(password), salt, passes, memory, hashLanes, hashLength), nil
}

// hashed is the hash of a password that is chosen; empty for null, nil if none was sent. field is what it is called in a refusal.
func (h *hasher) hashed(ctx context.Context, field string, password maybe[string]) (*string, error) {
	chosen := password.orEmpty()
	if password.value == nil {
		return chosen, nil
	}
	if n := utf8.RuneCountInString(*chosen); n < minPassword || n > maxPassword {
		return nil, invalidField(field, fmt.Sprintf("%s must have %d to %d characters; null for none.", field, minPassword, maxPassword))
	}
	hash, err := h.hash(ctx, *chosen)
	return &hash, err
}

// isGone reports whether an error says that there is no such session.
func isGone(err error) bool {
	var refusal *poker.Refusal
	return errors.As(err, &refusal) && refusal.Reason == poker.SessionGone
}

// opened is the hash of the session's password, if that is the one that was sent; otherwise empty. To find that a session does not exist takes as long as to find that the password is wrong.
func (a *API) opened(ctx context.Context, sessionID, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	hash := ""
	s, err := a.Rooms.Session(ctx, sessionID)
	switch {
	case err == nil && s.Password == "":
		return "", nil
	case err == nil:
		hash = s.Password
	case !isGone(err):
		return "", err
	}
	ok, err := a.hasher.matches(ctx, password, hash)
	if !ok || err != nil {
		return "", err
	}
	return hash, nil
}
