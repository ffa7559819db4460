// Follows a stream by eventsource.
import { EventSource } from "eventsource";

const stream = new EventSource(process.argv[2]);
stream.onmessage = ({ lastEventId, data }) => console.log(lastEventId, JSON.parse(data).type);
stream.onerror = (error) => {
  console.error("error:", error.code, error.message);
  if (stream.readyState === EventSource.CLOSED) process.exit(0);
};
