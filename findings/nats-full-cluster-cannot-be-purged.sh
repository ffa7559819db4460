#!/usr/bin/env bash
# Once the servers of a NATS cluster have reached their limit of storage (max_file), no room can be made: no stream can be purged, by
# anybody, and waiting does not help. Only a restart with a higher limit does. All replicas of a stream have the same size, so all
# servers reach the limit together.
# Why: a server over its limit gives up the lead of a stream at the next message for it (server/jetstream_cluster.go, "Stepdown
# regardless"); as a follower it neither stands for election nor takes what a leader sends (server/raft.go, outOfResources). Nobody is
# left to lead, and a purge needs a leader.
# Instead: give streams a MaxBytes, or the account a max_file (it counts each replica) below that of the servers. A stream or an account
# at such a limit refuses messages, too, and can be purged; so can a single server at its limit (not tried here).
# Versions: nats-server v2.15.3, nats.go v1.55.0. It takes a minute.
# Seen on 2026-11-30: the stream at its MaxBytes, and then the account at its limit, is purged and takes messages again; in the cluster at
# its limit, with nobody publishing, 20 purges between 20 and 30 s later are refused with "JetStream system temporarily unavailable";
# started again with twice the limit, it is purged and takes messages.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
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

func until(what string, done func() error) {
	var err error
	for began := time.Now(); time.Since(began) < 90*time.Second; time.Sleep(100 * time.Millisecond) {
		if err = done(); err == nil {
			return
		}
	}
	panic(fmt.Sprintf("%s: not in time: %v", what, err))
}

type three struct {
	servers []*server.Server
	nc      *nats.Conn
	js      jetstream.JetStream
}

func start(ports []int, limit int64) *three {
	var routes []*url.URL
	for _, port := range ports {
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: fmt.Sprint("127.0.0.1:", port)})
	}
	c := &three{}
	for n, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprint("n", n), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: fmt.Sprint("store", n), JetStreamMaxStore: limit,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port}, Routes: routes,
		})
		must(err)
		s.Start()
		c.servers = append(c.servers, s)
	}
	until("a client's listener", func() (err error) { c.nc, err = nats.Connect(c.servers[0].ClientURL()); return err })
	js, err := jetstream.New(c.nc)
	must(err)
	c.js = js
	return c
}

func (c *three) stop() {
	c.nc.Close()
	for _, s := range c.servers {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// allow limits what the account of all clients may store, replicas counted.
func (c *three) allow(storage int64) {
	for _, s := range c.servers {
		must(s.GlobalAccount().UpdateJetStreamLimits(map[string]server.JetStreamAccountLimits{"": {
			MaxMemory: -1, MaxStore: storage, MaxStreams: -1, MaxConsumers: -1, MaxAckPending: -1, MemoryMaxStreamBytes: -1, StoreMaxStreamBytes: -1,
		}}))
	}
}

func (c *three) limited(do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return do(ctx)
}

func (c *three) purge(stream string) error {
	return c.limited(func(ctx context.Context) error {
		s, err := c.js.Stream(ctx, stream)
		if err == nil {
			err = s.Purge(ctx)
		}
		return err
	})
}

func (c *three) publish(stream string, size int) error {
	return c.limited(func(ctx context.Context) error {
		_, err := c.js.Publish(ctx, stream+".x", make([]byte, size), jetstream.WithRetryAttempts(0))
		return err
	})
}

// fill makes a stream and publishes to it until that is refused.
func (c *three) fill(of jetstream.StreamConfig) error {
	of.Subjects, of.Replicas, of.Discard = []string{of.Name + ".*"}, 3, jetstream.DiscardNew
	until("a stream", func() error {
		return c.limited(func(ctx context.Context) error { _, err := c.js.CreateStream(ctx, of); return err })
	})
	until("the first message", func() error { return c.publish(of.Name, 1) })
	for {
		if err := c.publish(of.Name, 100_000); err != nil {
			return err
		}
	}
}

func main() {
	var ports []int
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		must(l.Close())
	}
	c := start(ports, 4<<20)
	fmt.Println("a stream at its MaxBytes refuses:", c.fill(jetstream.StreamConfig{Name: "small", MaxBytes: 1 << 20}))
	until("the purge", func() error { return c.purge("small") })
	until("a message", func() error { return c.publish("small", 1) })
	fmt.Println("purged, it takes messages")

	until("the deletion", func() error { // what is reserved for the stream counts, too
		return c.limited(func(ctx context.Context) error { return c.js.DeleteStream(ctx, "small") })
	})
	c.allow(3 << 20)
	fmt.Println("an account at its limit refuses:", c.fill(jetstream.StreamConfig{Name: "medium"}))
	until("the purge", func() error { return c.purge("medium") })
	until("a message", func() error { return c.publish("medium", 1) })
	fmt.Println("purged, it takes messages")
	c.allow(-1)

	fmt.Println("servers at their limit refuse:", c.fill(jetstream.StreamConfig{Name: "large"}))
	time.Sleep(20 * time.Second) // nobody publishes, and an election takes 9 s at most
	taken := false
	var err error
	for range 20 {
		err = c.purge("large")
		taken = taken || err == nil
		time.Sleep(500 * time.Millisecond)
	}
	fmt.Printf("20 to 30 s later: a purge was taken %v, the last error: %v\n", taken, err)
	c.stop()

	c = start(ports, 8<<20)
	until("the purge", func() error { return c.purge("large") })
	until("a message", func() error { return c.publish("large", 1) })
	fmt.Println("started with a higher limit: purged, it takes messages")
	c.stop()
	if taken {
		os.Exit(1)
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -o finding .
timeout 250 ./finding
