// Follows a stream by eventsource-parser, which only parses: opening the stream, and opening it again, is up to whoever uses it.
import { createParser } from "eventsource-parser";

let last = "";
for (;; await new Promise((done) => setTimeout(done, 1000))) {
  const parser = createParser({ onEvent: ({ id, data }) => console.log((last = id), JSON.parse(data).type) });
  try {
    const answer = await fetch(process.argv[2], { headers: last ? { "Last-Event-ID": last } : {} });
    if (answer.status === 401 || answer.status === 404) process.exit(0);
    if (!answer.ok) continue;
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) parser.feed(part);
  } catch {} // a cut, or nobody is there yet
}
