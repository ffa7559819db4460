// Package doctor looks at a MagnaPP server from where its users are, through whatever is in between, and says what is right, what is not and what to change.
//
// It is a client of the public API and knows nothing else of the server. It makes one session, plays in it for a while, and ends it, also when it is interrupted. Nothing that it sends does any
// harm: what it pretends, to see whether it is believed, are addresses and names that are set aside for documents.
//
// [Run] starts goroutines and has stopped all of them when it returns. What is concluded from what was measured is in small functions without I/O.
package doctor
