// Package e2e_test starts the real program and plays with it over real HTTP: whole sessions, crashes, stops.
package e2e_test
