// Command tmaxmax follows a stream by tmaxmax/go-sse, as its documentation shows it.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/tmaxmax/go-sse"
)

func main() {
	req, err := http.NewRequest(http.MethodGet, os.Args[1], http.NoBody)
	if err != nil {
		panic(err)
	}
	conn := sse.NewConnection(req)
	conn.SubscribeMessages(func(e sse.Event) {
		var event struct{ Type string }
		if err := json.Unmarshal([]byte(e.Data), &event); err != nil {
			event.Type = "broken"
		}
		fmt.Printf("%s %s\n", e.LastEventID, event.Type)
	})
	fmt.Fprintln(os.Stderr, "stopped:", conn.Connect())
}
