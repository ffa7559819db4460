// Package reference is the program that a server's figures are held against: the cheapest one that puts the same bytes on the same sockets.
//
// On a loopback address it takes the calls that the load makes and answers them with as little as the load needs. For a command it makes one write to each stream of the session and one
// for the answer, without encoding, storing, checking or allocating anything, on one thread for each CPU.
//
// It is not a server: it trusts its callers and never forgets a session. Only Linux has what it is made of.
package reference
