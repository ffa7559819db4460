package room

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

func openOn(t *testing.T, dir string) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(t.Context(), eventlog.Config{Dir: dir, MaxSessions: 3, Sync: time.Second, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closeLog(t *testing.T, l *eventlog.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// A bit flips in what is stored of a session with snapshots: it goes on from what is there, says so to those who come back, and takes commands, over further restarts too.
func TestSession_with_a_flipped_bit_on_disk_goes_on(t *testing.T) {
	dir, at := t.TempDir(), clock.NewManual(time.Now())
	l := openOn(t, dir)
	h := (&node{t: t, log: l, clock: at}).on(l)
	other, id := h.create(poker.Settings{}), h.create(poker.Settings{})
	all := h.watch(id, "", "")
	h.do(other, join("eve"))
	for i := range 3 {
		h.do(id, join(fmt.Sprint("early", i)))
		votes(h, id, snapshotAfter+8)
		settled(t, h, id)
		h.do(id, join(fmt.Sprint("late", i)))
	}
	h.do(id, poker.Start{By: by("sm"), RoundID: "r", Topic: new(string)}, join("last"))
	h.do(other, join("adam"))
	events := all.events()
	entries, err := l.Load(t.Context(), id, 0)
	equal(t, "error", err, nil)
	// The rooms are not closed, so that no snapshot is stored at the end: a crash.
	closeLog(t, l)
	h.Close()
	snapshots := 0
	for i, e := range entries {
		rec, err := decodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Snapshot {
			snapshots++
		}
		if !rec.Snapshot && i%60 != 0 && i < len(entries)-1 {
			continue
		}
		t.Run(fmt.Sprint("entry ", i, " of ", len(entries), ", snapshot ", rec.Snapshot), func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(damaged, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			flipIn(t, damaged, e.Data)
			var before *poker.Session
			for n := range 3 {
				l := openOn(t, damaged)
				h := (&node{t: t, log: l, clock: at}).on(l)
				h.state(other)
				if n > 0 {
					equal(t, "state after a restart", h.state(id), before)
				}
				equal(t, "a command", reason(h.try(id, join(fmt.Sprint("new", n)))), "")
				checkResumed(t, h, id, events, e.Seq)
				before = h.state(id)
				h.Close()
				closeLog(t, l)
			}
		})
	}
	if snapshots < 2 {
		t.Errorf("%d snapshots", snapshots)
	}
}

// checkResumed comes back after each event, and wants either exactly the rest or a fresh start.
func checkResumed(t *testing.T, h *node, id string, events []received, damaged uint64) {
	t.Helper()
	for i, e := range events {
		if i%40 != 0 && i < len(events)-3 {
			continue
		}
		r := h.watch(id, "", e.ID)
		got := r.events()
		r.cancel()
		if len(got) == 1 && got[0].Type == "session_updated" && strings.Contains(got[0].Text, `"participants"`) {
			continue // maybe the fresh start; the state in it is what the room has
		}
		for n, missed := range events[i+1:] {
			if n >= len(got) || got[n].ID != missed.ID {
				t.Errorf("damaged at %d: who has seen %s was not sent %s", damaged, e.ID, missed.ID)
				break
			}
		}
	}
}

// flipIn flips a bit in the middle of what is stored.
func flipIn(t *testing.T, dir string, entry []byte) {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream", "$G", "streams", "SESSIONS", "msgs", "*.blk"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range blocks {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(data, entry); at >= 0 {
			data[at+len(entry)/2] ^= 4
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the entry is not on the disk")
}
