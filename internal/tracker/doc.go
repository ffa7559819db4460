// Package tracker reads what issue trackers, spreadsheets and people write lists of stories in, and writes estimates back into it.
//
// A file goes one way: [Read] finds out what it is and how it is encoded (read.go, dialect.go, encoding.go), makes rows of it (one file for each container:
// delimited.go, xlsx.go, ods.go, xml.go, json.go, lines.go), recognises the tracker by its header (recognise.go, with the table of formats in formats*.go),
// and makes a story of each row (stories.go, with values.go and text*.go for the cleaning). [File.Original] goes back: the same bytes, but for the
// cells with the points of the stories that were estimated.
//
// The package is pure: bytes in, bytes out, no files, no network, no clock, no goroutine. Nothing in a file is ever run, resolved or fetched. All
// that a file can make it hold is bounded by the limits in limits.go. Everything is safe for use by several goroutines at once, as long as nobody
// changes the bytes that were given to [Read].
//
// A new tracker is one entry in the table of formats and one sample in testdata.
package tracker
