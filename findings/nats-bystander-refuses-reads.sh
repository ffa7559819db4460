#!/usr/bin/env bash
# Three NATS servers keep a stream with three replicas. One that does not lead anything is paused for 12 s (SIGSTOP) and goes on
# (SIGCONT). The stream has a leader all the time, and during the pause all reads (STREAM.MSG.GET) through another server are answered.
# When the paused server goes on, clients of that other, healthy server get "JetStream system temporarily unavailable" (10008) between
# reads that are answered.
# Why: every server hears the request. The one that has just come back does not know of a leader yet, says so for the whole cluster
# (server/jetstream_api.go, jsMsgGetRequest: isLeaderless, isGroupLeaderless), and the first answer counts.
# Instead: take 10008 for no word of the leader's, and send the same request again.
# Versions: nats-server v2.15.3, nats.go v1.55.0. It takes half a minute to four minutes.
# Seen on 2026-11-30: "round 1, 0.05 s after a server that does not lead goes on: through another server, reads refused with 10008 between
# two that are answered"; on a busy machine in round 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// serve runs one server: its number, then the ports for clients, then those for the other servers.
func serve(args []string) {
	n, err := strconv.Atoi(args[0])
	must(err)
	port := func(i int) int { p, err := strconv.Atoi(args[i]); must(err); return p }
	o := &server.Options{ServerName: "n" + args[0], Host: "127.0.0.1", Port: port(1 + n), NoSigs: true, NoLog: true, JetStream: true, StoreDir: "store" + args[0],
		Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port(4 + n), PingInterval: time.Second, MaxPingsOut: 2}}
	for i := range 3 {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats-route", Host: "127.0.0.1:" + args[4+i]})
	}
	s, err := server.NewServer(o)
	must(err)
	s.Start()
	s.WaitForShutdown()
}

func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func main() {
	if len(os.Args) > 1 {
		serve(os.Args[1:])
		return
	}
	var ports []string
	for range 6 {
		ports = append(ports, freePort())
	}
	var processes [3]*exec.Cmd
	var streams [3]jetstream.Stream
	var js [3]jetstream.JetStream
	for i := range 3 {
		processes[i] = exec.Command(os.Args[0], append([]string{strconv.Itoa(i)}, ports...)...)
		processes[i].Stderr = os.Stderr
		must(processes[i].Start())
		defer func() { processes[i].Process.Kill(); processes[i].Wait() }()
	}
	time.Sleep(time.Second)
	for i := range 3 {
		nc, err := nats.Connect("nats://127.0.0.1:"+ports[i], nats.IgnoreDiscoveredServers(), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
		must(err)
		js[i], err = jetstream.New(nc)
		must(err)
	}
	within := func(limit time.Duration, do func(ctx context.Context) error) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		return do(ctx)
	}
	for try := 0; ; try++ {
		err := within(2*time.Second, func(ctx context.Context) (err error) {
			_, err = js[0].CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}, Replicas: 3})
			return err
		})
		if err == nil {
			break
		}
		if try == 30 {
			panic(err)
		}
		time.Sleep(500 * time.Millisecond)
	}
	must(within(5*time.Second, func(ctx context.Context) error { _, err := js[0].Publish(ctx, "s", []byte("x")); return err }))
	time.Sleep(3 * time.Second)
	for round := 1; round <= 8; round++ {
		leader := ""
		for i := range 3 {
			must(within(10*time.Second, func(ctx context.Context) (err error) {
				streams[i], err = js[i].Stream(ctx, "S")
				return err
			}))
			leader = streams[i].CachedInfo().Cluster.Leader
		}
		stopped := 0
		for "n"+strconv.Itoa(stopped) == leader {
			stopped++
		}
		other := 0
		for other == stopped {
			other++
		}
		must(processes[stopped].Process.Signal(syscall.SIGSTOP))
		time.Sleep(12 * time.Second)
		// Through the other one everything works, without the one that is stopped.
		must(within(2*time.Second, func(ctx context.Context) error { _, err := streams[other].GetMsg(ctx, 1); return err }))
		must(processes[stopped].Process.Signal(syscall.SIGCONT))
		var answered time.Time // the last time
		between := 0           // refusals since
		for began := time.Now(); time.Since(began) < 8*time.Second; time.Sleep(5 * time.Millisecond) {
			err := within(time.Second, func(ctx context.Context) error { _, err := streams[other].GetMsg(ctx, 1); return err })
			var refused *jetstream.APIError
			switch {
			case err == nil && between > 0 && time.Since(answered) < 300*time.Millisecond:
				fmt.Printf("round %d, %.2f s after a server that does not lead goes on: through another server, reads refused with 10008 between two that are answered\n", round, time.Since(began).Seconds())
				return
			case err == nil:
				answered, between = time.Now(), 0
			case errors.As(err, &refused) && refused.ErrorCode == 10008:
				between++
			}
		}
	}
	fmt.Println("not seen in 8 rounds: this has changed")
	for _, p := range processes {
		p.Process.Kill()
	}
	os.Exit(1)
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2/server@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go build -o finding .
timeout 240 ./finding
