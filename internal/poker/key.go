package poker

import "encoding/json"

// Key is the idempotency key of a command that was carried out. It is kept in a form that does not show the key, which is a secret of the client.
type Key struct {
	ID   string `json:"id"`            // a digest of who acts and of the key
	Body string `json:"body"`          // a digest of what was asked for
	Ref  string `json:"ref,omitempty"` // the id that the answer was about, if it was about one: the participant who joined, the round that was revealed; of a seat link, until when it is good
}

// MaxKeys is how many keys a session remembers, at least.
const MaxKeys = 128

// Keys are the keys of a session's latest commands. The zero value has none. Like all of a state it never changes: with returns another, which shares the older keys.
type Keys struct {
	newest *keyNode
	n      int
}

type keyNode struct {
	key   Key
	older *keyNode
}

// with returns the keys and one more. Now and then it lets go of the oldest: a list can do so only by a copy.
func (k Keys) with(key Key) Keys {
	older := k
	if k.n >= 2*MaxKeys {
		older = keysOf(k.latest()[:MaxKeys-1])
	}
	return Keys{newest: &keyNode{key: key, older: older.newest}, n: older.n + 1}
}

// keysOf makes Keys of a list that begins with the newest.
func keysOf(latest []Key) (k Keys) {
	for i := len(latest) - 1; i >= 0; i-- {
		k = Keys{newest: &keyNode{key: latest[i], older: k.newest}, n: k.n + 1}
	}
	return k
}

// latest are the keys, the newest first.
func (k Keys) latest() []Key {
	all := make([]Key, 0, k.n)
	for node := k.newest; node != nil; node = node.older {
		all = append(all, node.key)
	}
	return all
}

// Find returns the key with that id; false if it is not remembered.
func (k Keys) Find(id string) (Key, bool) {
	for node := k.newest; node != nil; node = node.older {
		if node.key.ID == id {
			return node.key, true
		}
	}
	return Key{}, false
}

// Equal reports whether both remember the same keys.
func (k Keys) Equal(other Keys) bool {
	a, b := k.newest, other.newest
	for a != nil && b != nil && a.key == b.key {
		a, b = a.older, b.older
	}
	return a == nil && b == nil
}

// MarshalJSON writes the latest MaxKeys keys, the newest first.
func (k Keys) MarshalJSON() ([]byte, error) {
	latest := k.latest()
	return json.Marshal(latest[:min(len(latest), MaxKeys)])
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *Keys) UnmarshalJSON(b []byte) error {
	var latest []Key
	err := json.Unmarshal(b, &latest)
	*k = keysOf(latest)
	return err
}
