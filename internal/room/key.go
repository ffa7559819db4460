package room

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
)

// keyOf is what a session remembers of a call's idempotency key: digests only, because the key is a secret. The zero Key if the call has none.
func keyOf(c poker.Command, call Call) poker.Key {
	if call.Key == "" {
		return poker.Key{}
	}
	return poker.Key{ID: keyID(c.Actor(), call.Key), Body: call.Body}
}

func keyID(actor, key string) string {
	sum := sha256.Sum256([]byte(actor + "\x00" + key))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Remembers reports whether a call with that idempotency key has been carried out in the session, which may have ended since, by the participant whose proof it is. Do answers it again with its first
// outcome, whatever they may do by now. An empty key is never remembered.
func (rs *Rooms) Remembers(ctx context.Context, id, actor, key string, proof Proof) bool {
	if key == "" {
		return false
	}
	s, err := rs.Session(ctx, id)
	if err != nil {
		s = rs.endedAs(id)
	}
	if s == nil || prove(s, actor, proof) != nil {
		return false
	}
	_, ok := s.Keyed(keyID(actor, key))
	return ok
}

// SessionID returns the id of a session that is to be created with an idempotency key: the same on every node, and as random as the key. Without a key it is a new one each time.
func SessionID(key string) string {
	if key == "" {
		return uuid.NewString()
	}
	sum := sha256.Sum256([]byte("create\x00" + key))
	id, _ := uuid.FromBytes(sum[:16]) // fails only for another length
	id[6] = id[6]&0x0f | 0x40         // RFC 9562, section 5.4: version 4
	id[8] = id[8]&0x3f | 0x80         // and its variant
	return id.String()
}
