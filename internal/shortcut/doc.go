// Package shortcut answers short requests where they arrive.
//
// net/http does much around a handler that a short request on a connection kept alive has no use for: a goroutine that watches for the client's going away, a context to tell of it,
// deadlines, an answer that may become a stream. With a vote, that is more work than deciding and storing it. So this package stands between net/http and its connections. It looks at what
// net/http reads: a request that is whole and plain is parsed, answered by the server's own handler, and net/http never hears of it; it goes on waiting in the
// same Read for the next request. Everything else goes its usual way. One handler, two ways to it:
//
//	client ── bytes ──▶ conn.Read ── whole, plain and wanted ──▶ handler ──▶ answer ──▶ client
//	                        │                                      ▲
//	                        └── anything else ──▶ net/http ────────┘
//
// That is safe only where net/http holds no part of a request. So the first request of each connection goes to it, and a connection has the shortcut after each answer of net/http's
// for as long as all that was given to it since the last was exactly one request, nothing before and nothing after, in however many pieces (a byte of the next, which net/http may have
// read ahead, only puts that off by one request). After anything else, such as two requests in one piece, the connection has no shortcut any more. FuzzAnswersLikeNetHTTP holds the two
// ways against each other.
package shortcut
