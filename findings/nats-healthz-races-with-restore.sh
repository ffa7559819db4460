#!/usr/bin/env bash
# Server.Healthz of NATS has a data race with the restore of a replicated stream from a snapshot. /healthz, which a load balancer or
# Kubernetes asks every few seconds, calls the same function. Nothing worse than the race itself was seen. But whoever embeds the server,
# asks for its health and tests with the race detector gets tests that fail now and then, for a fault that is not theirs.
# Why: Healthz reads under a read lock whether a stream's assignment is being restored (server/monitor.go, "we are not being restored");
# the end of the restore clears that without any lock (server/jetstream_cluster.go, monitorStream).
# Instead: in such tests, ask for no health until the restore has ended.
# Versions: nats-server v2.15.3, nats.go v1.55.0. Needs a C compiler, as Go's race detector does. It takes some minutes, most of
# them to build.
# Seen on 2026-11-30: "a data race: server/monitor.go:3997 reads what server/jetstream_cluster.go:4989 writes".
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir program
cat >program/main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func until(what string, done func() error) {
	var err error
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if err = done(); err == nil {
			return
		}
	}
	panic(fmt.Sprintf("%s: not in time: %v", what, err))
}

// ask calls JetStream's API and returns the answer.
func ask(nc *nats.Conn, subject string, what any) (map[string]any, error) {
	var data []byte
	if what != nil {
		var err error
		data, err = json.Marshal(what)
		must(err)
	}
	m, err := nc.Request(subject, data, 5*time.Second)
	if err != nil {
		return nil, err
	}
	var answer map[string]any
	must(json.Unmarshal(m.Data, &answer))
	if e := answer["error"]; e != nil {
		return nil, fmt.Errorf("%v", e)
	}
	return answer, nil
}

func main() {
	var ports []int
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		must(l.Close())
	}
	var routes []*url.URL
	for _, port := range ports {
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: fmt.Sprint("127.0.0.1:", port)})
	}
	var servers []*server.Server
	for n, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprint("n", n), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: fmt.Sprint("store", n), Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port}, Routes: routes,
		})
		must(err)
		s.Start()
		servers = append(servers, s)
	}
	var nc *nats.Conn
	until("a client's listener", func() (err error) { nc, err = nats.Connect(servers[0].ClientURL()); return err })
	stream := map[string]any{"name": "s", "subjects": []string{"s.*"}, "storage": "file", "retention": "limits", "num_replicas": 3}
	until("a stream", func() error { _, err := ask(nc, "$JS.API.STREAM.CREATE.s", stream); return err })
	for range 10 {
		until("a message", func() error { _, err := nc.Request("s.x", []byte("x"), time.Second); return err })
	}

	chunks, err := nc.SubscribeSync(nc.NewInbox())
	must(err)
	snapshot, err := ask(nc, "$JS.API.STREAM.SNAPSHOT.s", map[string]any{"deliver_subject": chunks.Subject, "no_consumers": true})
	must(err)
	var file [][]byte
	for {
		m, err := chunks.NextMsg(5 * time.Second)
		must(err)
		if len(m.Data) == 0 {
			break
		}
		file = append(file, m.Data)
		if m.Reply != "" {
			must(m.Respond(nil))
		}
	}
	_, err = ask(nc, "$JS.API.STREAM.DELETE.s", nil)
	must(err)

	// From here on, what a probe would do.
	quit := make(chan struct{})
	var probes sync.WaitGroup
	for _, s := range servers {
		probes.Go(func() {
			for {
				select {
				case <-quit:
					return
				case <-time.After(time.Millisecond):
					s.Healthz(nil)
				}
			}
		})
	}
	restore, err := ask(nc, "$JS.API.STREAM.RESTORE.s", map[string]any{"config": stream, "state": snapshot["state"]})
	must(err)
	for _, data := range append(file, nil) {
		_, err := nc.Request(restore["deliver_subject"].(string), data, 5*time.Second)
		must(err)
	}
	until("the restored stream", func() error { _, err := ask(nc, "$JS.API.STREAM.INFO.s", nil); return err })
	close(quit)
	probes.Wait()
	fmt.Println("the stream is restored")
	nc.Close()
	for _, s := range servers {
		s.Shutdown()
		s.WaitForShutdown()
	}
}
GO
export GOMODCACHE="$folder/modules" GOTMPDIR="$folder" GOFLAGS="-modcacherw -trimpath"
cd program
go mod init example.com/finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go get example.com/finding 2>/dev/null # what they need
go build -race -o finding .
# 66 is what the race detector ends a program with.
code=0
GORACE="exitcode=66" timeout 200 ./finding >out 2>&1 || code=$?
grep -m1 "the stream is restored" out || { tail -40 out; exit 1; }
if [ "$code" != 66 ] || ! grep -q "server.(\*Server).healthz()" out || ! grep -q "server.(\*jetStream).monitorStream()" out; then
	echo "no race between Healthz and the end of a restore; the program ended with $code"
	tail -40 out
	exit 1
fi
echo "a data race: $(grep -o -m1 'server/monitor.go:[0-9]*' out) reads what $(grep -o -m1 'server/jetstream_cluster.go:[0-9]*' out) writes"
