package config

import (
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of every duration. The lower one is the resolution of the times that clients see; the upper one keeps every deadline a date that
// can be written down.
const (
	minDuration = time.Millisecond
	maxDuration = 10 * 365 * 24 * time.Hour
)

// maxEvents bounds RATE_LIMIT and COMMAND_RATE; more is no limit, and can be said as "off".
const maxEvents = 1_000_000

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?$`)

// reader converts settings one by one and collects what is wrong with them, so that a person can correct everything at once.
type reader struct{ problems []error }

func (r *reader) fail(name, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
}

func (r *reader) host(name string, s setting) string {
	if _, err := netip.ParseAddr(string(s)); err == nil || hostName.MatchString(string(s)) {
		return string(s)
	}
	r.fail(name, "%q is neither an IP address nor a host name (the port is a setting of its own)", s)
	return ""
}

func (r *reader) port(name string, s setting) int {
	n, err := strconv.ParseUint(string(s), 10, 16)
	if err != nil {
		r.fail(name, "%q is not a port: a whole number from 0 to 65535", s)
	}
	return int(n)
}

func (r *reader) limit(name string, s setting) int {
	n, err := strconv.ParseUint(string(s), 10, 31)
	if err != nil {
		r.fail(name, "%q is not a whole number of 0 or more (at most %d)", s, math.MaxInt32)
	}
	return int(n)
}

func (r *reader) boolean(name string, s toggle) bool {
	switch strings.ToLower(string(s)) {
	case "true", "1", "yes", "on":
		return true
	case "false", "0", "no", "off":
		return false
	}
	r.fail(name, "%q is neither true nor false", s)
	return false
}

func (r *reader) choice(name string, s setting, choices ...string) string {
	for _, c := range choices {
		if string(s) == c {
			return c
		}
	}
	r.fail(name, "%q is none of: %s", s, strings.Join(choices, ", "))
	return ""
}

func (r *reader) minutes(name string, s setting) time.Duration {
	return r.duration(name, s, time.Minute, "minutes")
}

func (r *reader) seconds(name string, s setting) time.Duration {
	return r.duration(name, s, time.Second, "seconds")
}

// hoursOrNone is a number of hours, or 0.
func (r *reader) hoursOrNone(name string, s setting) time.Duration {
	if n, err := strconv.ParseFloat(string(s), 64); err == nil && n == 0 {
		return 0
	}
	return r.duration(name, s, time.Hour, "hours, 0 or")
}

func (r *reader) duration(name string, s setting, unit time.Duration, units string) time.Duration {
	n, err := strconv.ParseFloat(string(s), 64)
	d := n * float64(unit)
	if err != nil || !(d >= float64(minDuration) && d <= float64(maxDuration)) { // this way round it refuses NaN too
		r.fail(name, "%q is not a number of %s above 0 (at least a millisecond, at most ten years)", s, units)
		return 0
	}
	return time.Duration(d)
}

func (r *reader) sync(name string, s setting) time.Duration {
	if s == "always" {
		return 0
	}
	d, err := time.ParseDuration(string(s))
	if err != nil || d < minDuration || d > maxDuration {
		r.fail(name, `%q is neither a duration of at least a millisecond, such as 500ms or 2s, nor "always"`, s)
		return 0
	}
	return d
}

func (r *reader) rateLimit(name string, s setting) RateLimit {
	if s == "off" {
		return RateLimit{}
	}
	number, unit, _ := strings.Cut(string(s), "/")
	per := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit]
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil || n == 0 || n > maxEvents || per == 0 {
		r.fail(name, "%q is none of N/s, N/m, N/h (N from 1 to %d) and off", s, maxEvents)
		return RateLimit{}
	}
	return RateLimit{Events: int(n), Per: per}
}

// hosts reads a list of hosts, which may be empty, each with or without a port.
func (r *reader) hosts(name string, s setting) []string {
	if s == "" {
		return nil
	}
	items := r.list(name, s)
	for i, item := range items {
		items[i] = strings.ToLower(item)
		if !isHost(item) {
			r.fail(name, "%q is neither a host nor host:port, such as poker.example.com or [2001:db8::1]:8000", item)
		}
	}
	return items
}

func isHost(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = s, "0"
		if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
			host = s[1 : len(s)-1]
		}
	}
	_, badPort := strconv.ParseUint(port, 10, 16)
	_, noAddr := netip.ParseAddr(host)
	return badPort == nil && (noAddr == nil && strings.Contains(host, ":") == strings.HasPrefix(s, "[") || hostName.MatchString(host))
}

// token reads a secret, and does not repeat it.
func (r *reader) token(name string, s setting) string {
	if strings.ContainsFunc(string(s), func(c rune) bool { return c <= ' ' || c > '~' }) {
		r.fail(name, "may have visible ASCII characters only, and no blanks")
	}
	return string(s)
}

func (r *reader) listenAddress(name string, s setting) string {
	if s == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(string(s))
	_, badPort := strconv.ParseUint(port, 10, 16)
	_, noAddr := netip.ParseAddr(host)
	if err != nil || badPort != nil || host != "" && noAddr != nil && !hostName.MatchString(host) {
		r.fail(name, "%q is not host:port, such as 127.0.0.1:9100", s)
	}
	return string(s)
}

func (r *reader) prefixes(name string, s setting) []netip.Prefix {
	var out []netip.Prefix
	for _, item := range r.list(name, s) {
		p, err := parsePrefix(item)
		if err != nil {
			r.fail(name, "%q is neither an IP address nor a range of them, such as 10.0.0.0/8", item)
			continue
		}
		out = append(out, p)
	}
	return out
}

// parsePrefix reads a range, or one address as the range of itself. An IPv4 address that is written as IPv6 is meant as IPv4.
func parsePrefix(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func (r *reader) publicURL(name string, s setting) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(string(s))
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		r.fail(name, "%q is not an address such as https://poker.example.com", s)
	case u.User != nil, u.RawQuery != "", u.ForceQuery, strings.Contains(string(s), "#"):
		r.fail(name, "links start with it, so it takes no user, query (?) or fragment (#)")
	}
	return strings.TrimRight(string(s), "/")
}

// list splits at commas; a JSON list of strings, as other tools write it, is understood too.
func (r *reader) list(name string, s setting) []string {
	items := strings.Split(string(s), ",")
	if strings.HasPrefix(string(s), "[") {
		items = nil
		if err := json.Unmarshal([]byte(s), &items); err != nil {
			r.fail(name, "%q starts like a JSON list but is none; write a,b,c", s)
			return nil
		}
	}
	var out []string
	for _, item := range items {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	if len(out) == 0 {
		r.fail(name, "%q is a list with nothing in it", s)
	}
	return out
}

func upper(items []string) []string {
	for i, item := range items {
		items[i] = strings.ToUpper(item)
	}
	return items
}
