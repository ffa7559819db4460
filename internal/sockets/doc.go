// Package sockets writes the same bytes to very many plain TCP connections at the price of one system call each: how most streams are written to.
//
// A connection that is attached leaves the runtime's care: its descriptor belongs to a Set, and there is no goroutine, no buffer and no timer for it. Send calls write(2) at once, in
// the goroutine that has something to say. Most often that is all: the kernel takes the bytes.
//
// When the kernel's buffer is full, the rest waits in the socket's queue, which holds references to the shared bytes and no copies. One goroutine of the Set waits, by epoll, for
// sockets that can take more and for clients that have gone; it alone closes descriptors. A second one sends signs of life: comments, or pings to those who asked for them. Each end is reported in a goroutine of its own. A
// reader whose queue grows over its limit, or does not move for the write timeout, is disconnected: it costs the others nothing but memory up to that limit.
//
// What a client sends is never read. It stays with the kernel, which takes a few hundred kilobytes and then no more.
//
// Concurrency: a Socket may be used from any goroutine. Its lock is held for the write, so that bytes of two senders never mix, and never while anything is called back.
package sockets
