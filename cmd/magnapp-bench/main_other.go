//go:build !linux

// Command magnapp-bench measures what a MagnaPP server costs on this machine; on this system it only says that it cannot.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "magnapp-bench: it needs Linux, as it waits in epoll and reads costs from /proc")
	os.Exit(1)
}
