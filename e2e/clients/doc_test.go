// Package clients_test runs the clients of docs/clients.md, as they stand there, against the whole program over restarts and crashes.
package clients_test
