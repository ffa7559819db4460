// Package bench measures what a MagnaPP server costs on this machine: how long an action takes to reach every screen, how many
// deliveries a second are possible, what one of them costs in CPU, and what an open stream costs in memory.
//
// A measurement has two processes, so that the kernel keeps their bills apart: the server, and this one, which opens S sessions
// of U streams each, plays rounds, and watches the frames arrive. The same load can be put on the reference ([ServeReference]): the
// cheapest program that puts the same bytes on the same sockets. It stores nothing and decides nothing, so it stands for the
// machine's own limit, and every figure of the server can be read as a ratio to it.
//
// # How the load is made
//
// One thread owns every connection (see engine): it waits in epoll, reads into one shared buffer, counts frames and sends
// the next command. There is no goroutine, no buffer and no allocation for a stream, because on a small machine whatever the
// load costs is taken from the server. Only the set-up (creating and joining sessions), the child process and the progress line
// live outside that thread.
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
package bench
