package relay

import (
	"bufio"
	"net"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

// echoing answers each line with the same.
func echoing(t *testing.T) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // the other end has gone
				for lines := bufio.NewReader(conn); ; {
					line, err := lines.ReadString('\n')
					if err != nil {
						return
					}
					if _, err := conn.Write([]byte(line)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return ln.Addr().String()
}

type link struct {
	net.Conn
	lines *bufio.Reader
}

func dial(t *testing.T, r *Relay) link {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return link{conn, bufio.NewReader(conn)}
}

// ask sends a line and returns what comes within a time.
func (l link) ask(line string, within time.Duration) (string, error) {
	if line != "" {
		if _, err := l.Write([]byte(line + "\n")); err != nil {
			return "", err
		}
	}
	if err := l.SetReadDeadline(time.Now().Add(within)); err != nil {
		return "", err
	}
	got, err := l.lines.ReadString('\n')
	return got, err
}

func TestRelay_passes_delays_holds_back_and_cuts(t *testing.T) {
	r, err := New(echoing(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	l := dial(t, r)
	if got, err := l.ask("a", time.Minute); got != "a\n" {
		t.Fatalf("got %q, %v", got, err)
	}
	const delay = 50 * time.Millisecond
	r.Delay(delay)
	began := time.Now()
	if got, err := l.ask("b", time.Minute); got != "b\n" || time.Since(began) < 2*delay {
		t.Errorf("delayed: %q, %v after %v", got, err, time.Since(began))
	}
	for _, way := range []Direction{There, Back} {
		r.Heal()
		r.Silence(way)
		if got, err := l.ask("c", delay); err == nil {
			t.Errorf("held back: %q", got)
		}
		r.Heal()
		if got, err := l.ask("", time.Minute); got != "c\n" {
			t.Errorf("healed: %q, %v", got, err)
		}
	}
	r.Cut()
	if got, err := l.ask("d", time.Minute); err == nil {
		t.Errorf("cut: %q", got)
	}
	r.Heal()
	if got, err := dial(t, r).ask("e", time.Minute); got != "e\n" {
		t.Errorf("a new link: %q, %v", got, err)
	}
}
