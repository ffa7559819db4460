// Package doctor_test examines the whole program through proxies that are wrong, each in a way of its own: small ones made here, always, and real ones as "make proxies" wants it.
package doctor_test
