// Command launchdarkly follows a stream by launchdarkly/eventsource, as its documentation shows it.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/launchdarkly/eventsource"
)

func main() {
	stream, err := eventsource.SubscribeWithURL(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "stopped:", err)
		return
	}
	for {
		select {
		case e, ok := <-stream.Events:
			if !ok {
				fmt.Fprintln(os.Stderr, "stopped")
				return
			}
			var event struct{ Type string }
			if err := json.Unmarshal([]byte(e.Data()), &event); err != nil {
				event.Type = "broken"
			}
			fmt.Printf("%s %s\n", e.Id(), event.Type)
		case err := <-stream.Errors:
			fmt.Fprintln(os.Stderr, "error:", err)
		}
	}
}
