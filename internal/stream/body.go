package stream

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// discardBody reads what a request has for a body, which a stream has no use for, until the returned function is called. Neither the beginning of the stream nor its end waits for the
// body, which may never come. Over HTTP/1 what comes of it later must not be taken for a request; over HTTP/2 it must not take the room that the connection has for other bodies.
func discardBody(rc *http.ResponseController, w http.ResponseWriter, r *http.Request) (stop func()) {
	if r.ProtoMajor == 1 {
		_ = rc.EnableFullDuplex()
		w.Header().Set("Connection", "close")
	}
	var discarded sync.WaitGroup
	discarded.Go(func() { _, _ = io.Copy(io.Discard, r.Body) })
	return func() {
		_ = rc.SetReadDeadline(time.Now()) // ends the reading
		discarded.Wait()
	}
}
