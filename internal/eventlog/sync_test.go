package eventlog

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// extend adds to a file, or makes it.
func extend(t *testing.T, path, data string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(data)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestSync_is_of_what_has_changed(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "1.blk"), filepath.Join(dir, "2.blk")
	extend(t, one, "a")
	extend(t, two, "a")
	s := newSyncer(dir, time.Second, nil)
	broken := errors.New("no such luck")

	for _, step := range []struct {
		name   string
		change func()
		fail   string
		want   []string
	}{
		{name: "everything at first", change: func() {}, want: []string{dir, one, two}},
		{name: "nothing when nothing has changed", change: func() {}, want: nil},
		{name: "what was added to", change: func() { extend(t, two, "b") }, want: []string{two}},
		{name: "a new file, and the folder for its name", change: func() { extend(t, filepath.Join(dir, "3.blk"), "a") },
			want: []string{dir, filepath.Join(dir, "3.blk")}},
		{name: "a failure", change: func() { extend(t, one, "b") }, fail: one, want: []string{one}},
		{name: "what failed, again", change: func() {}, want: []string{one}},
		{name: "not what is gone", change: func() { remove(t, one) }, want: []string{dir}},
	} {
		var got []string
		step.change()
		err := s.sync(func(path string) error {
			got = append(got, path)
			if path == step.fail {
				return broken
			}
			return nil
		})
		if (step.fail != "") != errors.Is(err, broken) {
			t.Errorf("%s: got error %v", step.name, err)
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: synced %q, want %q", step.name, got, step.want)
		}
	}
}

func TestSync_follows_a_link_to_the_folder(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "1.blk"), filepath.Join(t.TempDir(), "link")
	extend(t, file, "a")
	must(t, os.Symlink(dir, link))
	var got []string
	must(t, walk(link, func(path string, _ os.DirEntry) error {
		got = append(got, path)
		return nil
	}))
	if want := []string{dir, file}; !slices.Equal(got, want) {
		t.Errorf("walked %q, want %q", got, want)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A link to itself cannot be opened, so every sync fails for as long as it is there.
func unsyncable(t *testing.T, l *Log) (repair func()) {
	t.Helper()
	loop := filepath.Join(embeddedOf(l).dir, "jetstream", "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	return func() { remove(t, loop) }
}

func TestDisk_that_cannot_be_synced(t *testing.T) {
	for name, act := range map[string]func(t *testing.T, l *Log){
		"after an append":      func(t *testing.T, l *Log) { mustAppend(t, l, "a", 0, "1") },
		"after a slot's taken": func(t *testing.T, l *Log) { must(t, l.Reserve(t.Context(), "a")) },
		"after a slot's given": func(t *testing.T, l *Log) { must(t, l.Release(t.Context(), "a")) },
		"after a purge":        func(t *testing.T, l *Log) { must(t, l.Forget(t.Context(), "a", 0)) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := onDisk(t)
			cfg.Sync = time.Millisecond
			l := open(t, cfg)
			lost := l.conn.appends.lost()
			repair := unsyncable(t, l)

			act(t, l)
			select {
			case <-lost:
			case <-time.After(testPatience):
				t.Fatal("nothing was synced")
			}
			if _, err := l.Append(t.Context(), "b", 0, []byte("1")); !errors.Is(err, ErrUnavailable) {
				t.Errorf("an append that no one can bring to the disk: got %v, want ErrUnavailable", err)
			}
			repair()
			waitRevived(t, l)
			mustAppend(t, l, "b", 0, "1")
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
