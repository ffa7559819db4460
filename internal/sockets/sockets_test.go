//go:build linux

package sockets_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/leaks"
	"github.com/magnapp/magnapp/internal/sockets"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

// patience bounds waits for what must come; nothing is measured against it.
const patience = time.Minute

func newSet(t testing.TB, change func(*sockets.Options)) *sockets.Set {
	t.Helper()
	o := sockets.Options{KeepAlive: []byte(": here\n\n"), Every: time.Hour, Ping: []byte("event: ping\n\n"), PingEvery: time.Hour, WriteTimeout: time.Hour, QueueBytes: 1 << 20, CloseTimeout: patience}
	if change != nil {
		change(&o)
	}
	set, err := sockets.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	return set
}

// connect returns both ends of a TCP connection on loopback.
func connect(t testing.TB) (server, client *net.TCPConn) {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	accepted := make(chan *net.TCPConn, 1)
	go func() {
		conn, err := l.AcceptTCP()
		if err != nil {
			t.Error(err)
		}
		accepted <- conn
	}()
	client, err = net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return <-accepted, client
}

// attached returns an open socket, its client, and a channel that is closed when the socket has ended.
func attached(t testing.TB, set *sockets.Set) (*sockets.Socket, *net.TCPConn, <-chan struct{}) {
	t.Helper()
	server, client := connect(t)
	socket := set.NewSocket(false)
	ended := make(chan struct{})
	if err := set.Attach(socket, server, []byte("head\n"), func() { close(ended) }); err != nil {
		t.Fatal(err)
	}
	return socket, client, ended
}

func await(t testing.TB, ended <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("waited in vain for", what)
	}
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatIsSentBeforeTheConnectionFollowsItsHead(t *testing.T) {
	set := newSet(t, nil)
	server, client := connect(t)
	socket := set.NewSocket(false)
	socket.Send([]byte("one\n"))
	socket.Send([]byte("two\n"))
	ended := make(chan struct{})
	if err := set.Attach(socket, server, []byte("head\n"), func() { close(ended) }); err != nil {
		t.Fatal(err)
	}
	socket.Send([]byte("three\n"))
	socket.Close()
	if got, want := readAll(t, client), "head\none\ntwo\nthree\n"; got != want {
		t.Errorf("client read %q, want %q", got, want)
	}
	await(t, ended, "the end")
}

func TestASocketClosedBeforeItsConnectionEndsAfterWhatWasSent(t *testing.T) {
	set := newSet(t, nil)
	server, client := connect(t)
	socket := set.NewSocket(false)
	socket.Send([]byte("one\n"))
	socket.Close()
	socket.Send([]byte("too late\n"))
	ended := make(chan struct{})
	if err := set.Attach(socket, server, []byte("head\n"), func() { close(ended) }); err != nil {
		t.Fatal(err)
	}
	if got, want := readAll(t, client), "head\none\n"; got != want {
		t.Errorf("client read %q, want %q", got, want)
	}
	await(t, ended, "the end")
}

func TestAClientThatGoesEndsItsSocket(t *testing.T) {
	set := newSet(t, nil)
	socket, client, ended := attached(t, set)
	_ = client.Close()
	await(t, ended, "the end")
	if n := set.Len(); n != 0 {
		t.Errorf("%d sockets are open, want none", n)
	}
	socket.Send([]byte("nobody hears this"))
	socket.Close()
}

func TestAClientThatReadsLateGetsEverythingInOrder(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.QueueBytes = 64 << 20 })
	socket, client, ended := attached(t, set)
	var want strings.Builder
	want.WriteString("head\n")
	// More than the kernel takes on both ends, so that the queue is used.
	for i := range 200 {
		frame := fmt.Sprintf("%06d%s\n", i, strings.Repeat("x", 64<<10))
		want.WriteString(frame)
		socket.Send([]byte(frame))
	}
	socket.Close()
	if got := readAll(t, client); got != want.String() {
		t.Errorf("client read %d bytes that differ from the %d sent", len(got), want.Len())
	}
	await(t, ended, "the end")
	if set.Slow() != 0 {
		t.Error("a late reader within the limit counts as slow")
	}
}

func TestAReaderThatDoesNotKeepUpIsDisconnectedAndCostsTheOthersNothing(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.QueueBytes = 128 << 10 })
	slow, _, slowEnded := attached(t, set)
	quick, client, quickEnded := attached(t, set)
	read := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, client)
		read <- n
	}()
	frame := bytes.Repeat([]byte("x"), 64<<10)
	sent := int64(len("head\n"))
	for range 1000 { // 64 MB, more than any kernel keeps for one connection
		slow.Send(frame)
	}
	await(t, slowEnded, "the disconnection of the slow reader")
	for range 20 {
		quick.Send([]byte("still here\n"))
		sent += int64(len("still here\n"))
	}
	quick.Close()
	await(t, quickEnded, "the end of the quick reader")
	if got := <-read; got != sent {
		t.Errorf("the quick reader got %d bytes, want %d", got, sent)
	}
	if got := set.Slow(); got != 1 {
		t.Errorf("%d readers count as slow, want 1", got)
	}
}

func TestAReaderWhoseQueueStandsStillIsDisconnected(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) {
		o.QueueBytes, o.Every, o.WriteTimeout = 64<<20, 32*time.Millisecond, time.Millisecond
	})
	socket, _, ended := attached(t, set)
	socket.Send(bytes.Repeat([]byte("x"), 32<<20))
	await(t, ended, "the disconnection")
	if got := set.Slow(); got != 1 {
		t.Errorf("%d readers count as slow, want 1", got)
	}
}

func TestASocketWithPingsGetsNoComments(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.Every, o.PingEvery = time.Millisecond, 16*time.Millisecond })
	server, client := connect(t)
	if err := set.Attach(set.NewSocket(true), server, []byte("head\n"), func() {}); err != nil {
		t.Fatal(err)
	}
	want := "head\nevent: ping\n\nevent: ping\n\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(client, got); err != nil || string(got) != want {
		t.Errorf("read %q (%v), want %q", got, err, want)
	}
}

func TestIdleConnectionsGetComments(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.Every = 160 * time.Millisecond })
	var clients []*net.TCPConn
	for i := range 100 { // with comings and goings
		_, client, ended := attached(t, set)
		if i%3 == 0 {
			_ = client.Close()
			await(t, ended, "the end of a connection")
			continue
		}
		clients = append(clients, client)
	}
	for i, client := range clients {
		r := bufio.NewReader(client)
		for _, line := range []string{"head\n", ": here\n", "\n", ": here\n"} {
			if got, err := r.ReadString('\n'); err != nil || got != line {
				t.Fatalf("client %d read %q (%v), want %q", i, got, err, line)
			}
		}
	}
}

func TestIdleConnectionsGetCommentsAfterThereWereNone(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.Every = 8 * time.Millisecond })
	for i := range 20 {
		_, client, ended := attached(t, set)
		r := bufio.NewReader(client)
		for _, line := range []string{"head\n", ": here\n"} {
			if got, err := r.ReadString('\n'); err != nil || got != line {
				t.Fatalf("client %d read %q (%v), want %q", i, got, err, line)
			}
		}
		_ = client.Close()
		await(t, ended, "the end of a connection")
	}
}

func TestConcurrentSendersDoNotMixTheirBytes(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.QueueBytes = 64 << 20 })
	socket, client, _ := attached(t, set)
	var senders sync.WaitGroup
	for i := range 8 {
		line := []byte(strings.Repeat(string(rune('a'+i)), 5000) + "\n")
		senders.Go(func() {
			for range 100 {
				socket.Send(line)
			}
		})
	}
	go func() {
		senders.Wait()
		socket.Close()
	}()
	lines := strings.Split(strings.TrimSuffix(readAll(t, client), "\n"), "\n")[1:]
	if len(lines) != 800 {
		t.Fatalf("client read %d lines, want 800", len(lines))
	}
	for _, line := range lines {
		if len(line) != 5000 || strings.Trim(line, line[:1]) != "" {
			t.Fatalf("a line is mixed or cut: %d bytes beginning %q", len(line), line[:20])
		}
	}
}

func TestClosingTheSetEndsEverySocketOnce(t *testing.T) {
	set := newSet(t, nil)
	var ends []<-chan struct{}
	for range 50 {
		_, _, ended := attached(t, set)
		ends = append(ends, ended)
	}
	if n := set.Len(); n != 50 {
		t.Errorf("%d sockets are open, want 50", n)
	}
	set.Close()
	set.Close()
	for _, ended := range ends {
		await(t, ended, "the end")
	}
	server, client := connect(t)
	if err := set.Attach(set.NewSocket(false), server, nil, func() { t.Error("onClose after an error") }); err == nil {
		t.Error("a closed set took a connection")
	}
	if got := readAll(t, client); got != "" {
		t.Errorf("client of a closed set read %q", got)
	}
}

// Whoever hears of an end may have to wait; other sockets must not.
func TestASlowReportOfAnEndHoldsUpNobody(t *testing.T) {
	set := newSet(t, nil)
	server, gone := connect(t)
	release := make(chan struct{})
	defer close(release)
	if err := set.Attach(set.NewSocket(false), server, []byte("head\n"), func() { <-release }); err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	socket, client, _ := attached(t, set)
	frame := bytes.Repeat([]byte("x"), 16<<20) // needs the poller to be written whole
	socket.Send(frame)
	socket.Close()
	if got := readAll(t, client); len(got) != len("head\n")+len(frame) {
		t.Errorf("client read %d bytes", len(got))
	}
}

// Whoever hears of an end may have to wait; those who hear of other ends must not.
func TestAnEndIsReportedWhileTheReportOfAnotherWaits(t *testing.T) {
	set := newSet(t, nil)
	server, first := connect(t)
	began, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	if err := set.Attach(set.NewSocket(false), server, nil, func() { close(began); <-release }); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	await(t, began, "the report that waits")
	_, second, ended := attached(t, set)
	_ = second.Close()
	await(t, ended, "the other report")
}

func TestClosingTheSetReportsEveryEndThoughOneReportWaits(t *testing.T) {
	set := newSet(t, func(o *sockets.Options) { o.CloseTimeout = time.Millisecond })
	release, released := make(chan struct{}), make(chan struct{})
	server, _ := connect(t)
	if err := set.Attach(set.NewSocket(false), server, nil, func() { <-release; close(released) }); err != nil {
		t.Fatal(err)
	}
	var ends []<-chan struct{}
	for range 10 {
		_, _, ended := attached(t, set)
		ends = append(ends, ended)
	}
	set.Close() // does not wait for ever
	for _, ended := range ends {
		await(t, ended, "a report")
	}
	close(release)
	await(t, released, "the report that waited")
}

func TestSendingAllocatesNothing(t *testing.T) {
	set := newSet(t, nil)
	socket, client, _ := attached(t, set)
	go func() { _, _ = io.Copy(io.Discard, client) }()
	frame := bytes.Repeat([]byte("x"), 330)
	if n := testing.AllocsPerRun(1000, func() { socket.Send(frame) }); n >= 1 {
		t.Errorf("a delivery allocates %v times, want none", n)
	}
	_ = client.Close()
}

// BenchmarkSend is one delivery to each of 16 readers; divide by 16 for the price of one.
func BenchmarkSend(b *testing.B) {
	set := newSet(b, nil)
	var all []*sockets.Socket
	for range 16 {
		socket, client, _ := attached(b, set)
		go func() { _, _ = io.Copy(io.Discard, client) }()
		all = append(all, socket)
	}
	frame := bytes.Repeat([]byte("x"), 330)
	b.ReportAllocs()
	for b.Loop() {
		for _, socket := range all {
			socket.Send(frame)
		}
	}
}
