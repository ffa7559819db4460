// Package stream writes Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
//
// An event is encoded once, by AppendFrame, and the same bytes go to every reader. Send never blocks: what a connection does not take at once waits in a bounded queue, and a
// reader that lets the queue fill up is disconnected. It comes back with Last-Event-ID and misses nothing; it is never skipped silently.
package stream
