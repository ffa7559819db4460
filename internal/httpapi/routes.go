package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// routes is the standard library's mux with our own answers for what it does not know, and without a say about trailing slashes.
type routes struct {
	*http.ServeMux
	api     *API
	methods map[string][]string     // by path
	traits  map[string]trait        // by pattern
	plain   map[string]http.Handler // by pattern: what serves in huma's place
}

// trait is what a call needs before its handler, and what its document says of that and of credentials.
type trait uint8

const (
	takesBody  trait = 1 << iota // a JSON body is read
	limited                      // every try counts against the rate of creating and joining
	changes                      // changes something, so that it may come with an idempotency key
	nullSpeaks                   // null in the body is not always an absent field

	// The game and the handlers see to these; here they are only documented.
	needsCredential // acts as a participant
	takesCredential // answers anybody, and a participant as such

	takesFile // the body is a file, which the handler reads when everything else is well
)

func newRoutes(a *API) *routes {
	return &routes{ServeMux: http.NewServeMux(), api: a, methods: make(map[string][]string), traits: make(map[string]trait), plain: make(map[string]http.Handler)}
}

// call registers a typed handler.
func call[I, O any](a *API, pattern, id, summary string, handler func(context.Context, *I) (*O, error), traits ...trait) {
	method, path, _ := strings.Cut(pattern, " ")
	t := together(traits)
	var headers []*huma.Param
	if method != http.MethodGet {
		t |= changes
		headers = append(headers, documentedKey())
	}
	a.routes.traits[pattern] = t
	huma.Register(a.huma, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		// The body has been read and bounded already, under the server's own read timeout. huma refuses a body that reaches its limit.
		BodyReadTimeout: -1, MaxBodyBytes: maxBody + 1,
		Tags: []string{tagOf(path)}, Errors: statusesOf(t, path), Security: a.securityOf(t), Parameters: headers,
	}, handler)
}

// together are all traits of a call.
func together(traits []trait) (t trait) {
	for _, one := range traits {
		t |= one
	}
	return t
}

func tagOf(path string) string {
	switch {
	case strings.HasPrefix(path, "/api/sse"):
		return "Streams"
	case strings.HasPrefix(path, "/api/"):
		return "Sessions"
	}
	return "Operation"
}

func statusesOf(t trait, path string) []int {
	if !strings.HasPrefix(path, "/api/") {
		return []int{http.StatusServiceUnavailable}
	}
	statuses := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if t&(takesBody|takesFile) != 0 {
		statuses = append(statuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return statuses
}

// HandleFunc registers huma's handler under "METHOD /path", or ours in its place.
func (rt *routes) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	if plain := rt.plain[pattern]; plain != nil {
		rt.handle(method, path, plain)
		return
	}
	rt.handle(method, path, forHuma(handler))
}

var noStore = []string{"no-store"}

// forHuma gives huma a request as simple as it likes it: the body that has been read, and who asks. What a client would accept is kept from it: there is JSON and nothing else, and huma
// trips over a list of qualities that is malformed.
func forHuma(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(w)
		w.Header()["Cache-Control"] = noStore // a token or one's own vote may be in the answer
		r.Header.Del("Accept")
		r = r.WithContext(context.WithValue(r.Context(), callerKey{}, x))
		r.Body = http.NoBody
		if x.body != nil {
			r.Header["Content-Type"] = jsonType
			r.Body = io.NopCloser(bytes.NewReader(x.body))
		}
		next(w, r)
	}
}

func (rt *routes) handle(method, path string, handler http.Handler) {
	pattern := method + " " + path
	rt.methods[path] = append(rt.methods[path], method)
	rt.ServeMux.Handle(pattern, rt.api.metrics.measured(pattern, rt.api.prepared(rt.traits[pattern], handler)))
}

// seal adds what answers when no route does: 405 on a known path, the page's site for the rest.
func (rt *routes) seal() {
	for path, methods := range rt.methods {
		refuse := rt.api.methodNotAllowed(methods)
		if !rt.besideAny(path) {
			rt.ServeMux.Handle(path, refuse)
			continue
		}
		for _, method := range commonMethods {
			if !slices.Contains(methods, method) {
				rt.ServeMux.Handle(method+" "+path, refuse)
			}
		}
	}
	rt.ServeMux.Handle("/api", rt.api.notFound()) // the mux would redirect it to /api/, which loses its slash and comes here again
	rt.ServeMux.Handle("/api/", rt.api.notFound())
	if rt.api.Site != nil {
		rt.ServeMux.Handle("/", rt.api.site())
	} else {
		rt.ServeMux.Handle("/", rt.api.notFound())
	}
}

// commonMethods are those that are refused one by one where the mux, which wants every pattern to be clearly more special than another, takes no pattern for all of them.
var commonMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// besideAny reports whether a path ends in a word where another ends in any word.
func (rt *routes) besideAny(p string) bool {
	parent, last := path.Split(p)
	if strings.HasPrefix(last, "{") {
		return false
	}
	for other := range rt.methods {
		if otherParent, otherLast := path.Split(other); otherParent == parent && strings.HasPrefix(otherLast, "{") {
			return true
		}
	}
	return false
}

// ServeHTTP finds the route of a path with or without its trailing slash.
func (rt *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "" { // CONNECT, or an address without a path
		r = shallow(r)
		r.URL.Path = "/"
	}
	if p := r.URL.Path; len(p) > 1 && strings.HasSuffix(p, "/") {
		r = shallow(r)
		r.URL.Path = strings.TrimSuffix(p, "/")
		r.URL.RawPath = strings.TrimSuffix(r.URL.RawPath, "/")
	}
	if unclean(r.URL.Path) { // the mux would redirect; nothing here does
		rt.api.notFound().ServeHTTP(w, r)
		return
	}
	rt.ServeMux.ServeHTTP(w, r)
}

// unclean reports whether a path is not the shortest one to where it leads, or is none, such as "*".
func unclean(p string) bool {
	if p[0] != '/' {
		return true
	}
	looksClean := !strings.Contains(p, "//") && !strings.Contains(p, "/.") && (p == "/" || !strings.HasSuffix(p, "/"))
	return !looksClean && path.Clean(p) != p
}

// shallow copies a request so that its URL can be changed.
func shallow(r *http.Request) *http.Request {
	r2, u := *r, *r.URL
	r2.URL = &u
	return &r2
}

func (a *API) notFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.writeProblem(w, r, pathNotFound())
	})
}

func (a *API) methodNotAllowed(methods []string) http.Handler {
	if slices.Contains(methods, http.MethodGet) && !slices.Contains(methods, http.MethodHead) {
		methods = append(slices.Clone(methods), http.MethodHead)
	}
	slices.Sort(methods)
	allow := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		a.writeProblem(w, r, methodProblem(allow))
	})
}
