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
// read ahead, puts that off until the one after that). After anything else the connection has no shortcut any more: after a request in chunks or of more than 16 KB, and after two in one piece.
//
// FuzzAnswersLikeNetHTTP holds the two ways against each other. They differ in one thing that no client needs: net/http overlooks an empty line before a request if the one before was a
// POST, and here it may know of another request as the one before.
package shortcut
