// Package proxies holds a meeting of three through each proxy that is installed, with the configuration of deploy/proxies, and prints what it measures as a table: make proxies.
//
// Without -all it takes the proxies that CI has. The times are mostly waiting, so that all proxies are measured at once.
package proxies
