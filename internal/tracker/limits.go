package tracker

// What a file may have. Beyond it [Read] returns an [Error] of kind [TooLarge] or [TooMany] that says where.
const (
	MaxBytes   = 10 << 20 // MaxBytes is how large a file may be.
	MaxStories = 500      // MaxStories is how many stories a session may have. A file may have more, to choose from.
	MaxRows    = 50_000   // MaxRows is how many rows a file may have.
	MaxColumns = 2_000    // MaxColumns is how many columns a row may have.
	MaxCell    = 1 << 20  // MaxCell is how many bytes a cell may have.
)

// How long the fields of a [Story] may be, in characters. What is longer is cut, with a warning.
const (
	MaxKey         = 64
	MaxTitle       = 500
	MaxDescription = 10_000
	MaxType        = 40
	MaxStatus      = 40
	MaxURL         = 2_000
	MaxName        = 200 // MaxName is for a parent and a sprint.
	MaxPoints      = 16
)

const (
	maxWarnings = 50      // more are counted only
	maxGrid     = 600_000 // cells of a workbook or a document, which are kept in memory
	maxDepth    = 64      // elements within elements
	maxObjects  = 300_000 // objects and lists in a JSON document
	maxValues   = 300_000 // values of a JSON document that is a table, which are kept twice until they are rows
	maxWasted   = 16 << 20
	sampleSize  = 80 // characters of a column's sample
	sniffRows   = 30 // rows that a delimiter is judged by
	sniffBytes  = 256 << 10
	headerRows  = 10 // rows among which the header is looked for
)
