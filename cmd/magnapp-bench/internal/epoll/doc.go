// Package epoll waits for many sockets in one goroutine, without a goroutine, a buffer or an allocation for each. Only Linux has it.
package epoll
