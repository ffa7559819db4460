package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 64 << 10

// prepared does, before a call's handler, what its traits ask for: the rate, then the body's size, then its type.
func (a *API) prepared(t trait, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t&limited != 0 {
			if !a.crossSite.mayTry(r) {
				a.writeProblem(w, r, foreignPage())
				return
			}
			if wait, ok := a.rates.attempt(r.Pattern, exchangeOf(w).address()); !ok {
				a.writeProblem(w, r, tooMany(wait, "Too many sessions were created or joined from your address."))
				return
			}
		}
		x := exchangeOf(w)
		x.proof.request = r // which knows by now what stands in its path
		if err := prepare(x, r, t); err != nil {
			a.writeProblem(w, r, problemOf(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// prepare reads and cleans the body, if the call takes any, and then checks the query and the idempotency key, if it changes anything.
func prepare(x *exchange, r *http.Request, t trait) (err error) {
	if t&takesBody != 0 {
		if x.body, err = readBody(x, r, t&nullSpeaks != 0); err != nil {
			return err
		}
	}
	if err := checkQuery(r.URL.RawQuery); err != nil || t&changes == 0 || t&takesFile != 0 {
		return err
	}
	return x.keyed(r)
}

// readBody returns a JSON body, cleaned; nil if there is none.
func readBody(x *exchange, r *http.Request, nullSpeaks bool) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	data, err := readBounded(r, x.short[:])
	if err != nil {
		return nil, x.unreadable(r, err)
	}
	x.unread = false
	_ = r.Body.Close() // it has been read to its end, so that net/http need not look for more of it
	if len(data) == 0 {
		return nil, nil
	}
	if !isJSON(field(r.Header, "Content-Type")) {
		return nil, notJSON()
	}
	return cleaned(data, nullSpeaks), nil
}

// dropBody reads what is ignored to its end, for a request that lasts: as long as the body is on its way, the server's read timeout must hold.
func (x *exchange) dropBody(r *http.Request) error {
	if r.ContentLength == 0 || r.Body == nil {
		return nil
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxBody+1))
	if err == nil && n > maxBody {
		err = errTooLarge
	}
	if err != nil {
		return x.unreadable(r, err)
	}
	x.unread = false
	return nil
}

// shortBody is the length, in bytes, for which every request has room. A vote has a dozen; more must not be had by announcing it.
const shortBody = 64

// readBounded reads a body to its end, into the room that is given if it is short.
func readBounded(r *http.Request, short []byte) (data []byte, err error) {
	if n := r.ContentLength; n > 0 && n <= int64(len(short)) {
		data = short[:n]
		_, err = io.ReadFull(r.Body, data)
	} else {
		data, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	}
	if err == nil && len(data) > maxBody {
		err = errTooLarge
	}
	return data, err
}

var errTooLarge = errors.New("the body is over the limit")

// How much of a body is read after it has turned out to be too large, and for how long. A client, or a proxy, that is cut off while it sends may never see why.
const (
	readOnBytes = 10 << 20
	readOnTime  = 3 * time.Second
)

// unreadable refuses a body that was not read to its end: it is too large; or it broke off or came too slowly, and does not parse, whatever was meant.
func (x *exchange) unreadable(r *http.Request, err error) error {
	if !errors.Is(err, errTooLarge) {
		return invalidBody("The body could not be read to its end.")
	}
	deadline := http.NewResponseController(x.ResponseWriter)
	_ = deadline.SetReadDeadline(time.Now().Add(readOnTime)) // where there is none, the server's own holds
	if _, err := io.CopyN(io.Discard, r.Body, readOnBytes); errors.Is(err, io.EOF) {
		x.unread = false
		_ = deadline.SetReadDeadline(noDeadline) // the request has come whole
	}
	return tooLarge()
}

// checkQuery refuses a query that is malformed, rather than take what it names for absent.
func checkQuery(query string) error {
	if !escaped(query) {
		return nil
	}
	if _, err := url.ParseQuery(query); err != nil {
		return invalidBody("The query is malformed: write it as name=value, percent-encoded, joined by &.")
	}
	return nil
}

// escaped reports whether something in a query may not mean itself. Each of these is looked for by itself, because that is quicker than to look for any of them.
func escaped(query string) bool {
	return strings.IndexByte(query, '%') >= 0 || strings.IndexByte(query, ';') >= 0 || strings.IndexByte(query, '+') >= 0
}

func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}

// cleaned takes members out of JSON objects that count as absent: null, and names that are none of ours but that encoding/json, which does not look at case, would take for one.
// Nothing is left of null itself. In calls where null speaks, it stays where it means something. What does not parse is returned as it is: it is refused where it is decoded.
func cleaned(data []byte, nullSpeaks bool) []byte {
	if clean(data) {
		return data
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return data
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return data
	}
	if v == nil {
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return data
	}
	prune(object, nullSpeaks)
	pruned, err := json.Marshal(object)
	if err != nil {
		return data
	}
	return pruned
}

// clean reports whether a body is sure to have nothing that would be taken out. Most have not.
func clean(data []byte) bool {
	for _, c := range data {
		if c >= 'A' && c <= 'Z' || c > unicode.MaxASCII || c == '\\' {
			return false
		}
	}
	return !bytes.Contains(data, []byte("null"))
}

// speaking are the names whose null says something, in calls where null speaks: that there is no password, no estimate, no link any more, or that a card is no number.
var speaking = []string{"password", "estimate", "url", "number"}

func prune(v any, nullSpeaks bool) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			prune(inner, nullSpeaks)
		}
	case map[string]any:
		for k, inner := range v {
			if !lowerCase(k) || inner == nil && !(nullSpeaks && slices.Contains(speaking, k)) {
				delete(v, k)
				continue
			}
			prune(inner, nullSpeaks)
		}
	}
}

// maybe is a value that may be null, or not there at all, which is something else.
type maybe[T any] struct {
	sent  bool
	value *T // nil: null, or not sent
}

// UnmarshalJSON notes that there is a value, and which.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	m.sent = true
	return json.Unmarshal(b, &m.value)
}

// orEmpty is the value; empty for null, nil if none was sent.
func (m maybe[T]) orEmpty() *T {
	if m.sent && m.value == nil {
		return new(T)
	}
	return m.value
}

// Schema is that of the value, or of null.
func (maybe[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), true, "")
	s.Nullable = true
	s.PrecomputeMessages()
	return &s
}

// lowerCase reports whether a name is written as ours are.
func lowerCase(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
}
