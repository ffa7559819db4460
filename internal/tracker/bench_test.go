package tracker_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/magnapp/magnapp/internal/tracker"
)

// jiraRows is a file with the header and the shape of the largest sample, and at least so many rows.
func jiraRows(t testing.TB, rows int) []byte {
	t.Helper()
	data := sample(t, "jira-cloud-all-fields.csv")
	head, body, _ := bytes.Cut(data, []byte("\n"))
	each := read(t, "", data).Total
	var b bytes.Buffer
	b.Write(head)
	b.WriteByte('\n')
	for i := 0; i < rows; i += each {
		// The keys differ, or all rows but the first ones were the same story again.
		b.Write(bytes.ReplaceAll(body, []byte("BOAT-"), fmt.Appendf(nil, "B%dT-", i)))
	}
	return b.Bytes()
}

// measured runs do until the benchmark has seen enough, and reports bytes for each second of the processor's time beside those of the clock's: on a
// loaded machine only the former means anything.
func measured(b *testing.B, data []byte, do func()) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := processorTime()
	for b.Loop() {
		do()
	}
	used := (processorTime() - before).Seconds()
	b.ReportMetric(float64(len(data))*float64(b.N)/1e6/used, "MB/cpu-s")
	b.ReportMetric(used*1000/float64(b.N), "cpu-ms/op")
}

func BenchmarkJira10000(b *testing.B) {
	data := jiraRows(b, 10_000)
	b.Run("Read", func(b *testing.B) {
		measured(b, data, func() {
			if f := read(b, "", data); len(f.Stories) < 10_000 {
				b.Fatal(len(f.Stories))
			}
		})
	})
	b.Run("encoding-csv", func(b *testing.B) {
		measured(b, data, func() {
			r := csv.NewReader(bytes.NewReader(data))
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("encoding-csv-reused", func(b *testing.B) {
		measured(b, data, func() {
			r := csv.NewReader(bytes.NewReader(data))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func BenchmarkOriginal10000(b *testing.B) {
	data := jiraRows(b, 10_000)
	f := read(b, "", data)
	var estimates []tracker.Estimate
	for _, s := range f.Stories[:tracker.MaxStories] {
		estimates = append(estimates, tracker.Estimate{Key: s.Key, Value: "8"})
	}
	measured(b, data, func() {
		if _, err := f.Original(estimates); err != nil {
			b.Fatal(err)
		}
	})
}

// workbookRows is a workbook as boards write it, with so many rows.
func workbookRows(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	row := func(n int, cells ...any) {
		cell, err := excelize.CoordinatesToCellName(1, n)
		if err == nil {
			err = w.SetRow(cell, cells)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	row(1, "Name", "Subitems", "Owner", "Status", "Timeline", "Story Points", "Description", "Sprint", "Type", "Item ID (auto generated)")
	for i := range rows {
		row(i+2, fmt.Sprintf("Show free boats, by day %d", i), "", "Robin Example", "Working on it", "2026-03-24 to 2026-03-26", 5, "As a guest\n\n* one\n* two", "Sprint 2", "Story", 1_000_000+i)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkWorkbook10000(b *testing.B) {
	data := workbookRows(b, 10_000)
	b.Run("Read", func(b *testing.B) {
		measured(b, data, func() {
			if f := read(b, "", data); len(f.Stories) != 10_000 {
				b.Fatal(len(f.Stories))
			}
		})
	})
	b.Run("excelize", func(b *testing.B) {
		measured(b, data, func() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			if rows, err := f.GetRows("Sheet1"); err != nil || len(rows) != 10_001 {
				b.Fatal(len(rows), err)
			}
		})
	})
}
