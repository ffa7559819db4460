// Package load plays rounds on a server and watches the events arrive on every stream.
//
// # How the load is made
//
// One thread owns every connection (see engine): it waits in epoll, reads into one shared buffer, counts frames and sends
// the next command. There is no goroutine, no buffer and no allocation for a stream, because on a small machine whatever the
// load costs is taken from the server. Only making and joining sessions is done outside that thread, before.
//
// Each engine is a process of its own ([Start] and [Serve]): the limit of open files is for a process, and the streams of a server and of the reference are open at the same time, so that
// they can be measured in turns.
//
// A session has at most one command in flight. It is complete when it is answered and each of the session's streams has got the
// frames it causes, so that a frame always belongs to the command in flight and needs no parsing to be matched.
//
// # What latency means
//
// At a chosen rate, commands have a fixed schedule and a delivery's latency counts from the scheduled moment, also when the
// command could only be sent later because the one before it was still under way. A server that stalls is charged for everybody who
// would have waited (this is what "corrected for coordinated omission" means). Saturated (rate 0), the next command is sent when
// one completes, and latency counts from the sending: it says how the server queues, not what people would see.
package load
