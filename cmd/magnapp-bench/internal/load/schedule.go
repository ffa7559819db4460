package load

import "time"

// A schedule says when commands are due: evenly spaced from begin to before end, the sessions taking turns. Times are durations since an origin of the
// caller's. It never looks at how the server is doing; that is the point of it.
type schedule struct {
	begin, end time.Duration
	interval   float64 // nanoseconds between commands; 0 is saturated: nothing is ever due by itself
	sessions   int
	issued     int
}

func newSchedule(begin, end time.Duration, rate float64, sessions int) *schedule {
	s := &schedule{begin: begin, end: end, sessions: sessions}
	if rate > 0 {
		s.interval = float64(time.Second) / rate
	}
	return s
}

// saturated reports whether there is no schedule but the server's own speed.
func (s *schedule) saturated() bool { return s.interval == 0 }

// next takes the next command if it is due by now, and says whose turn it is and since when.
func (s *schedule) next(now time.Duration) (session int, due time.Duration, ok bool) {
	due = s.begin + time.Duration(float64(s.issued)*s.interval)
	if s.saturated() || due > now || due >= s.end {
		return 0, 0, false
	}
	session = s.issued % s.sessions
	s.issued++
	return session, due, true
}
