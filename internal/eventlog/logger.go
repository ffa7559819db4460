package eventlog

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
)

// natsLogger passes the server's log on to slog.
type natsLogger struct {
	to      *slog.Logger
	onError func(text string)
	rated   *clusterLog            // instead, for what is repeated without end; may be nil
	first   atomic.Pointer[string] // the first fatal message
}

func (n *natsLogger) Noticef(format string, v ...any) { n.to.Debug(line(format, v)) }
func (n *natsLogger) Debugf(format string, v ...any)  { n.to.Debug(line(format, v)) }
func (n *natsLogger) Tracef(format string, v ...any)  { n.to.Debug(line(format, v)) }

func (n *natsLogger) Warnf(format string, v ...any) {
	if n.rated != nil {
		n.rated.nats(slog.LevelWarn, format, v)
		return
	}
	n.to.Warn(line(format, v))
}

func (n *natsLogger) Errorf(format string, v ...any) {
	if n.rated != nil {
		n.rated.nats(slog.LevelError, format, v)
		return
	}
	text := line(format, v)
	n.to.Error(text)
	n.onError(text)
}

// Fatalf does not end the process, as the server's own logger would: whoever
// started the server asks fatal.
func (n *natsLogger) Fatalf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	n.first.CompareAndSwap(nil, &text)
}

func (n *natsLogger) fatal() error {
	if text := n.first.Load(); text != nil {
		return errors.New(*text)
	}
	return nil
}

func line(format string, v []any) string { return "nats: " + fmt.Sprintf(format, v...) }
