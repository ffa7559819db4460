package shortcut

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answer is an [http.ResponseWriter] that keeps the answer until it is whole.
type answer struct {
	header http.Header
	status int // zero while there is no head
	out    bytes.Buffer
	body   bytes.Buffer

	typed, dated, last bool // the head has a Content-Type, a Date, and says that the connection ends
}

var answers = sync.Pool{New: func() any { return &answer{header: make(http.Header)} }}

// maxKept is the longest answer, in bytes, whose buffers are kept.
const maxKept = 16 << 10

// free gives the answer back for another.
func (a *answer) free() {
	if a.out.Cap() > maxKept || a.body.Cap() > maxKept {
		return
	}
	clear(a.header)
	a.out.Reset()
	a.body.Reset()
	a.status, a.typed, a.dated, a.last = 0, false, false, false
	answers.Put(a)
}

// Header returns the headers that the head will have.
func (a *answer) Header() http.Header { return a.header }

// notOurs are the headers that tell where an answer ends, which is not for handlers to say. Nothing unmodified has a type.
var (
	notOurs        = map[string]bool{"Content-Length": true, "Transfer-Encoding": true}
	notOfUnchanged = map[string]bool{"Content-Length": true, "Transfer-Encoding": true, "Content-Type": true}
)

// WriteHeader makes the head. Of a status that is not the last word the client hears nothing.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 || status < http.StatusOK {
		return
	}
	a.status = status
	_, a.typed = a.header["Content-Type"] // perhaps as nil, which is how handlers say that there is to be none
	a.typed = a.typed || a.header.Get("Content-Encoding") != ""
	_, a.dated = a.header["Date"]
	a.last = a.header.Get("Connection") == "close"
	a.out.WriteString("HTTP/1.1 ")
	a.number(status)
	a.out.WriteByte(' ')
	a.out.WriteString(statusText(status))
	a.out.WriteString("\r\n")
	exclude := notOurs
	if status == http.StatusNotModified {
		exclude = notOfUnchanged
	}
	_ = a.header.WriteSubset(&a.out, exclude) // a buffer takes everything
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "status code " + strconv.Itoa(status)
}

func (a *answer) number(n int) { a.out.Write(strconv.AppendInt(a.out.AvailableBuffer(), int64(n), 10)) }

// Write adds to the body. It returns [http.ErrBodyNotAllowed] where the status forbids one.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if len(b) > 0 && !a.hasBody() {
		return 0, http.ErrBodyNotAllowed
	}
	return a.body.Write(b)
}

func (a *answer) hasBody() bool {
	return a.status != http.StatusNoContent && a.status != http.StatusNotModified
}

// finish completes the answer in out, and reports whether the connection goes on.
func (a *answer) finish() (again bool) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if !a.dated {
		a.out.WriteString("Date: ")
		a.out.Write(time.Now().UTC().AppendFormat(a.out.AvailableBuffer(), http.TimeFormat))
		a.out.WriteString("\r\n")
	}
	if a.hasBody() {
		if !a.typed && a.body.Len() > 0 {
			a.out.WriteString("Content-Type: ")
			a.out.WriteString(http.DetectContentType(a.body.Bytes()))
			a.out.WriteString("\r\n")
		}
		a.out.WriteString("Content-Length: ")
		a.number(a.body.Len())
		a.out.WriteString("\r\n")
	}
	a.out.WriteString("\r\n")
	a.out.Write(a.body.Bytes())
	return !a.last
}
