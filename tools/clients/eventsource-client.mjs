// Follows a stream by eventsource-client.
import { createEventSource } from "eventsource-client";

createEventSource({
  url: process.argv[2],
  onMessage: ({ id, data }) => console.log(id, JSON.parse(data).type),
  onDisconnect: () => console.error("disconnected"),
});
