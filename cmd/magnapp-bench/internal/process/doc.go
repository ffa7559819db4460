// Package process starts the programs that are measured, and reads what they cost from the system. Only Linux tells it.
package process
