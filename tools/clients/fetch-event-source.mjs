// Follows a stream by @microsoft/fetch-event-source. It is made for pages, of which it needs three things.
import { fetchEventSource } from "@microsoft/fetch-event-source";

globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
await fetchEventSource(process.argv[2], {
  onmessage: ({ id, data }) => console.log(id, data === "" ? "empty" : JSON.parse(data).type),
  onerror: (error) => console.error("error:", error.message),
});
console.error("stopped");
