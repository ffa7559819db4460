// Package wire is what the load generator and the reference know of the server's protocol: the commands of a round, the bytes of requests, and as much of
// answers and event streams as it takes to count them.
package wire
