package tracker

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says which sort of trouble an [Error] is.
type Kind string

// The kinds of trouble with a file.
const (
	Empty      Kind = "empty"       // Empty: nothing in it, or a header only.
	WrongFile  Kind = "wrong-file"  // WrongFile: no list of stories, such as a Word document or a picture.
	TooLarge   Kind = "too-large"   // TooLarge: more bytes than the limits allow, packed or unpacked.
	TooMany    Kind = "too-many"    // TooMany: more rows, columns or cells than the limits allow.
	Cut        Kind = "cut"         // Cut: the file ends in the middle.
	Broken     Kind = "broken"      // Broken: it is not what its beginning says.
	Unsafe     Kind = "unsafe"      // Unsafe: it asks for something that is never done, such as resolving an entity.
	BadOption  Kind = "bad-option"  // BadOption: an encoding, a delimiter or a column that does not exist.
	NoOriginal Kind = "no-original" // NoOriginal: estimates cannot be written into a file of this kind.
)

// Error is what is wrong with a file, where, and what to do about it.
type Error struct {
	Kind    Kind
	Row     int    // Row is where, counted from 1 with the header; 0 is nowhere in particular.
	Column  int    // Column is where in the row, counted from 1; 0 is nowhere in particular.
	Option  string // Option is which one is meant, if the Kind is BadOption: "encoding", "delimiter" or a meaning.
	Problem string // Problem is a sentence without a full stop.
	Advice  string // Advice is one or more whole sentences.
}

// Error is the place, the problem and the advice.
func (e *Error) Error() string {
	var place string
	switch {
	case e.Row > 0 && e.Column > 0:
		place = fmt.Sprintf("row %d, column %d: ", e.Row, e.Column)
	case e.Row > 0:
		place = fmt.Sprintf("row %d: ", e.Row)
	case e.Column > 0:
		place = fmt.Sprintf("column %d: ", e.Column)
	}
	return strings.TrimSpace(place + e.Problem + ". " + e.Advice)
}

func isKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
