package httpapi

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/conns"
)

// Rate is how many tries one address has; the zero Rate sets no limit.
type Rate struct {
	Events int
	Per    time.Duration
}

// rates counts tries by address: creating, joining and failed credentials, each for itself.
type rates struct {
	rate  Rate
	clock clock.Clock

	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
	swept   time.Time
}

type bucketKey struct {
	what string
	from netip.Prefix
}

func newRates(r Rate, c clock.Clock) *rates {
	return &rates{rate: r, clock: c, buckets: make(map[bucketKey]*rate.Limiter), swept: c.Now()}
}

// attempt counts a try of a call; if there is none left, false and how long to wait.
func (r *rates) attempt(what string, from netip.Addr) (time.Duration, bool) {
	return r.take(what, from)
}

// failedCredential counts a credential that was no good.
func (r *rates) failedCredential(from netip.Addr) (time.Duration, bool) {
	return r.take("credential", from)
}

func (r *rates) take(what string, from netip.Addr) (time.Duration, bool) {
	if r.rate.Events == 0 {
		return 0, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	r.sweep(now)
	key := bucketKey{what: what, from: conns.Network(from)}
	bucket := r.buckets[key]
	if bucket == nil {
		bucket = rate.NewLimiter(rate.Limit(float64(r.rate.Events)/r.rate.Per.Seconds()), r.rate.Events)
		r.buckets[key] = bucket
	}
	reservation := bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait > 0 {
		reservation.CancelAt(now)
	}
	return wait, wait == 0
}

// sweep forgets, now and then, the buckets that have filled up again: they are as good as new ones.
func (r *rates) sweep(now time.Time) {
	if now.Sub(r.swept) < r.rate.Per {
		return
	}
	r.swept = now
	for key, bucket := range r.buckets {
		if bucket.TokensAt(now) >= float64(r.rate.Events) {
			delete(r.buckets, key)
		}
	}
}
