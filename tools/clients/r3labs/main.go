// Command r3labs follows a stream by r3labs/sse, as its documentation shows it.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/r3labs/sse/v2"
)

func main() {
	err := sse.NewClient(os.Args[1]).SubscribeRaw(func(e *sse.Event) {
		var event struct{ Type string }
		if err := json.Unmarshal(e.Data, &event); err != nil {
			event.Type = "broken"
		}
		fmt.Printf("%s %s\n", e.ID, event.Type)
	})
	fmt.Fprintln(os.Stderr, "stopped:", err)
}
