// Package eventlog keeps the events of all sessions, in order, and is the only
// package that knows NATS JetStream.
//
// Each session is a subject of one stream, so sequences rise over all sessions
// together and a session's own sequences have gaps. An append names the
// sequence it was decided on; whoever comes second gets [ErrConflict].
//
// A log is kept by a server in this process that nobody else writes to, by three
// or more of those, or by another NATS: see [Config]. Where other nodes write to
// it as well, no read decides anything, since it may be answered by a server that
// is behind; only an append does. See [Sharing].
//
// A [Log] may be used by any number of goroutines at once. Calls that talk to
// the store are bounded in time even if their context is not, and fail with
// [ErrUnavailable] rather than hang, also after [Log.Close].
package eventlog
