package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 64 << 10

// prepared does, before a call's handler, what its traits ask for: the rate, then the body's size, then its type.
func (a *API) prepared(t trait, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t&limited != 0 {
			if wait, ok := a.rates.attempt(r.Pattern, callerOf(r.Context()).addr); !ok {
				a.writeProblem(w, r, tooMany(wait, "Too many sessions were created or joined from your address."))
				return
			}
		}
		body, err := readBody(r, t&takesBody != 0)
		if err != nil {
			a.writeProblem(w, r, problemOf(err))
			return
		}
		if body == nil {
			body = http.NoBody
		}
		r2 := *r
		r2.Body = body
		next.ServeHTTP(w, &r2)
	})
}

// readBody returns a JSON body without its null members, which count as absent. A call that takes none ignores what was sent.
func readBody(r *http.Request, taken bool) (io.ReadCloser, error) {
	if !taken || r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(data) > maxBody {
		return nil, tooLarge()
	}
	if len(data) == 0 {
		return nil, nil
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, notJSON()
	}
	return io.NopCloser(bytes.NewReader(withoutNulls(data))), nil
}

// unreadable is a body that broke off or came too slowly: it does not parse, whatever was meant.
func unreadable(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return tooLarge()
	}
	return invalidBody("The body could not be read to its end.")
}

func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}

// withoutNulls takes null members out of JSON objects. What does not parse is returned as it is: it is refused where it is decoded.
func withoutNulls(data []byte) []byte {
	if !bytes.Contains(data, []byte("null")) {
		return data
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&v) != nil || d.More() {
		return data
	}
	object, ok := v.(map[string]any)
	if !ok {
		return data
	}
	prune(object)
	cleaned, err := json.Marshal(object)
	if err != nil {
		return data
	}
	return cleaned
}

func prune(object map[string]any) {
	for k, v := range object {
		switch v := v.(type) {
		case nil:
			delete(object, k)
		case map[string]any:
			prune(v)
		}
	}
}
