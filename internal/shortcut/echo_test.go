package shortcut

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// echo tells the client what it has asked, and does as the query says:
//
//	status=404     answers with this status, of those that are the last word
//	type=a, no=b   sets the Content-Type, sets a header to nothing
//	encoding=gzip  sets the Content-Encoding
//	close=Close    sets Connection
//	set=x          sets X-Set
//	length         tells the Content-Length
//	bytes=20000    lets so many follow the echo
//	nothing        writes nothing
//	empty          writes no bytes, as opposed to not writing; panics if it may not
//	twice          sets the status twice
//	late           changes the headers when the head is made
//	panic, abort   panics before it writes
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	said := fmt.Sprintf("%s %s %s %s %d %v %t\n%s\n%q %v\n", r.Method, r.RequestURI, r.Proto, r.Host, r.ContentLength, r.TransferEncoding, r.Close, sorted(r.Header), body, err)
	asked := r.URL.Query()
	if n, _ := strconv.Atoi(asked.Get("bytes")); n > 0 {
		said += strings.Repeat(".", min(n, 20_000))
	}
	header := w.Header()
	setHeaders(header, asked, len(said))
	if asked.Has("panic") {
		panic("asked to")
	}
	if asked.Has("abort") {
		panic(http.ErrAbortHandler)
	}
	if status, _ := strconv.Atoi(asked.Get("status")); status >= http.StatusOK && status <= 999 {
		w.WriteHeader(status)
	}
	if asked.Has("twice") {
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusBadGateway)
	}
	if asked.Has("empty") {
		if n, err := w.Write(nil); n != 0 || err != nil {
			panic(err)
		}
	}
	if asked.Has("nothing") {
		return
	}
	cut := min(10, len(said))
	if n, err := io.WriteString(w, said[:cut]); n != cut || err != nil {
		header.Set("X-Error", err.Error()) // too late
		return
	}
	if asked.Has("late") {
		header.Set("X-Late", "1")
		w.Header().Set("Content-Type", "text/late")
	}
	_, _ = io.WriteString(w, said[cut:]) // as the client sees
}

func setHeaders(header http.Header, asked map[string][]string, length int) {
	for _, kind := range asked["type"] {
		header.Set("Content-Type", kind)
	}
	for _, encoding := range asked["encoding"] {
		header.Set("Content-Encoding", encoding)
	}
	for _, value := range asked["close"] {
		header.Set("Connection", value)
	}
	for _, value := range asked["set"] {
		header.Add("X-Set", value)
	}
	for _, name := range asked["no"] {
		header[http.CanonicalHeaderKey(name)] = nil
	}
	if _, ok := asked["length"]; ok {
		header.Set("Content-Length", strconv.Itoa(length))
	}
}

func sorted(header http.Header) string {
	var lines []string
	for name, values := range header {
		lines = append(lines, fmt.Sprintf("%s: %q", name, values))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
