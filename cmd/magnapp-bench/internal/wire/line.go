package wire

import (
	"fmt"
	"net"
	"time"
)

// A Line is a connection that carries one request after another, each when the one before is answered.
type Line struct {
	conn   net.Conn
	buffer []byte
}

// NewLine makes a Line of a connection, which is then the Line's to close.
func NewLine(conn net.Conn) *Line { return &Line{conn: conn, buffer: make([]byte, 64<<10)} }

// Close ends the connection.
func (l *Line) Close() error { return l.conn.Close() }

// Until bounds all that follows.
func (l *Line) Until(t time.Time) error { return l.conn.SetDeadline(t) }

// Do sends a request and returns when its answer is there. Any status but 200 is an error with the beginning of the answer, as is an answer of more than 64 KB.
func (l *Line) Do(request []byte) error {
	if _, err := l.conn.Write(request); err != nil {
		return err
	}
	for got := 0; ; {
		n, err := l.conn.Read(l.buffer[got:])
		if err != nil {
			return fmt.Errorf("after %d bytes of an answer: %w", got, err)
		}
		got += n
		switch answer := l.buffer[:got]; {
		case AnswerComplete(answer) && StatusOf(answer) == 200:
			return nil
		case AnswerComplete(answer):
			return fmt.Errorf("a request was refused: %.500q", answer)
		case got == len(l.buffer):
			return fmt.Errorf("an answer of more than %d bytes", got)
		}
	}
}
