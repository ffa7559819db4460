package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/room"
)

// keyHeader names a try of a client's, which may be sent again.
const keyHeader = "Idempotency-Key"

// maxKey is how many characters a key may have.
const maxKey = 64

// keyed takes the idempotency key of a request, if it has one, and with it a digest of everything that is asked for, by which the room notices the same key for something else. The body
// has been read.
func (x *exchange) keyed(r *http.Request) error {
	lines := r.Header[keyHeader]
	if lines == nil {
		return nil
	}
	if len(lines) != 1 || !isKey(lines[0]) {
		return invalidField(keyHeader, keyHeader+" must be 1 to 64 visible ASCII characters.")
	}
	h := sha256.New()
	for _, part := range []string{r.Pattern, r.URL.EscapedPath(), r.URL.RawQuery} { // the pattern names the method; none of them has a line break
		_, _ = io.WriteString(h, part+"\n") // a hash takes everything
	}
	_, _ = h.Write(x.body)
	x.key, x.asked = lines[0], base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:keyDigest])
	return nil
}

// keyDigest is how many bytes of a request's hash are kept, in every session's log: enough that nobody finds two requests with the same.
const keyDigest = 16

func isKey(key string) bool {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return len(key) >= 1 && len(key) <= maxKey
}

// call is what comes with the command of a request.
func (x *exchange) call() room.Call {
	return room.Call{Proof: &x.proof, Key: x.key, Body: x.asked}
}

// documentedKey is the header in the document.
func documentedKey() *huma.Param {
	one, most := 1, maxKey
	return &huma.Param{
		Name: keyHeader, In: "header", Schema: &huma.Schema{Type: "string", MinLength: &one, MaxLength: &most, Pattern: "^[!-~]+$"},
		Description: "Chosen at random by the client, and a secret like a token. The same key again: the first outcome is answered, and nothing happens a second time.",
	}
}
