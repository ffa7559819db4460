package doctor

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A seat is a participant of the doctor's session.
type seat struct {
	UserID string `json:"user_id"`
	Token  string `json:"token"`
	cookie string // as a browser sends it; empty if none came
}

// A session is what the doctor plays in.
type session struct {
	id      string
	key     string // the Idempotency-Key that it was made with
	joinURL string
	life    time.Duration // without activity
	master  seat
	voter   seat
	leaver  seat // closes its stream without a word
	sayer   seat // says that it goes, as the page does
}

const creation = `{"name":"magnapp doctor","creator_name":"Doctor","creator_avatar":"🩺","settings":{"listed":false}}`

// create makes the session; nil if that cannot be. It is not interrupted: what was begun would be left behind.
func (d *doctor) create(ctx context.Context) *session {
	if ctx.Err() != nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	s := &session{key: rand.Text()}
	a, err := d.client.do(ctx, s.creation(d))
	if err != nil { // with the same key nothing is made twice
		a, err = d.client.do(ctx, s.creation(d))
	}
	if err == nil && a.status == http.StatusForbidden && a.isProblem() {
		d.fail("origin", "The server takes its own page for another site's, and refuses what it sends: it does not hear by which address it was asked.", sayTheHost)
		q := s.creation(d)
		q.header.Del("Origin")
		a, err = d.client.do(ctx, q)
	}
	if err != nil {
		d.fail("session", "No session can be made: "+explain(err, d.Patience)+". If one was made all the same, it ends by itself.", nil)
		return nil
	}
	var made struct {
		SessionID string `json:"session_id"`
		JoinURL   string `json:"join_url"`
		Session   struct {
			CreatedAt time.Time `json:"created_at"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		seat
	}
	if a.status != http.StatusOK || !a.decode(&made) || made.SessionID == "" {
		d.fail("session", noSession(a), nil)
		return nil
	}
	s.id, s.joinURL, s.master, s.life = made.SessionID, made.JoinURL, made.seat, made.Session.ExpiresAt.Sub(made.Session.CreatedAt)
	cookies := (&http.Response{Header: a.header}).Cookies()
	s.master.cookie = jar(cookies)
	d.ok("session", "A session can be made, in "+inWords(a.took)+".")
	if f, bad := d.judgeLink(s.joinURL); bad {
		d.add(f)
	} else {
		d.ok("join-url", "Invitations start with "+originOf(d.origin)+".")
	}
	d.add(cookie(cookies, s.master.UserID, d.origin.Scheme, d.proxy()))
	return s
}

// creation is the request that makes the session, as the page sends it.
func (s *session) creation(d *doctor) ask {
	h := http.Header{"Idempotency-Key": {s.key}, "Origin": {originOf(d.origin)}}
	if d.origin.Scheme == "https" || isLocal(d.origin.Hostname()) { // browsers say so only there
		h.Set("Sec-Fetch-Site", "same-origin")
	}
	return ask{method: http.MethodPost, url: d.at("/api/sessions/"), body: creation, header: h}
}

// noSession says why none could be made, and what can be done about it.
func noSession(a answer) string {
	switch {
	case a.status == http.StatusConflict:
		return "No session can be made: the doctor needs one, and all are taken. End one, raise MAX_SESSIONS, or try again when a meeting is over. (" + a.says() + ")"
	case a.status == http.StatusTooManyRequests:
		return "No session can be made: too many were made from this address. Try again in " + a.header.Get("Retry-After") + " s. (" + a.says() + ")"
	case a.status >= 300 && a.status < 400:
		return fmt.Sprintf("No session can be made: the request is redirected to %s.", a.header.Get("Location"))
	}
	if a.status == http.StatusOK {
		return "No session can be made: " + another(a) + "."
	}
	return "No session can be made: " + a.says() + "."
}

func (d *doctor) judgeLink(link string) (Finding, bool) {
	u, err := url.Parse(link)
	if err != nil {
		return Finding{Check: "join-url", Level: Fail, Text: "Invitations are no address: " + link}, true
	}
	return joinURL(d.origin, u, d.proxy())
}

// joinURL judges where invitations lead.
func joinURL(origin, link *url.URL, proxy string) (Finding, bool) {
	f := Finding{Check: "join-url", Level: Warn}
	switch {
	case originOf(link) == originOf(origin):
		return Finding{}, false
	case link.Host == origin.Host:
		f.Text = fmt.Sprintf("Invitations start with %s://, although %s:// was asked for. The server does not hear it, or does not believe it (TRUSTED_PROXIES); PUBLIC_URL says it once for all.", link.Scheme, origin.Scheme)
		f.Change = sayTheScheme.of(proxy)
	case strings.EqualFold(hostOnly(link.Host), hostOnly(origin.Host)):
		f.Text = fmt.Sprintf("Invitations start with %s: the port is another one than %s has. The proxy says the host without its port; PUBLIC_URL says it once for all.", originOf(link), originOf(origin))
		f.Change = sayTheHost.of(proxy)
	case isInner(link.Host):
		f.Level = Fail
		f.Text = fmt.Sprintf("Invitations lead to %s, where others find nothing: the server hears that name, and not %s. PUBLIC_URL says it once for all.", originOf(link), origin.Host)
		f.Change = sayTheHost.of(proxy)
	default:
		f.Text = fmt.Sprintf("Invitations lead to %s, and not to %s. If that is not meant, look at PUBLIC_URL and at the host that the proxy says.", originOf(link), originOf(origin))
		f.Change = sayTheHost.of(proxy)
	}
	return f, true
}

// cookie judges the cookie that comes with a seat.
func cookie(cookies []*http.Cookie, userID, scheme, proxy string) Finding {
	f := Finding{Check: "cookie", Level: Warn}
	var c *http.Cookie
	for _, one := range cookies {
		if strings.HasSuffix(one.Name, userID) {
			c = one
		}
	}
	switch {
	case c == nil:
		f.Level, f.Text, f.Change = Fail, "No cookie comes with a seat, so nobody can act: something in between takes out Set-Cookie, or renames it.", keepHeaders.of(proxy)
	case scheme == "https" && !c.Secure:
		f.Text = "Cookies are not Secure: the server does not know that it is asked by https, or does not believe it (TRUSTED_PROXIES). PUBLIC_URL says it once for all."
		f.Change = sayTheScheme.of(proxy)
	case scheme == "http" && c.Secure:
		f.Level, f.Text = Fail, "Cookies are Secure, so browsers drop them here, where there is no TLS. Ask by https; or PUBLIC_URL says https, or X-Forwarded-Proto does."
	case !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || !strings.HasPrefix("/api/sessions", strings.TrimSuffix(c.Path, "/")):
		f.Text = "Something in between rewrites cookies: they should be HttpOnly, SameSite=Lax, for /api, without a Domain."
	default:
		f.Level, f.Text = OK, "Cookies come through, HttpOnly"
		if c.Secure {
			f.Text += " and Secure"
		}
		f.Text += "."
	}
	return f
}

// path is the address of a call in the session by one of its seats.
func (s *session) path(d *doctor, call string, by seat) string {
	return d.at("/api/sessions/" + s.id + call + "?user_id=" + by.UserID)
}

// act makes a call as one of the seats.
func (s *session) act(ctx context.Context, d *doctor, call string, by seat, body string) (answer, error) {
	return d.client.do(ctx, ask{method: http.MethodPost, url: s.path(d, call, by), body: body, header: by.proof()})
}

// proof are both credentials of a seat: either is enough, and one of them may not arrive.
func (by seat) proof() http.Header {
	h := by.bearer()
	if by.cookie != "" {
		h.Set("Cookie", by.cookie)
	}
	return h
}

func (by seat) bearer() http.Header {
	if by.Token == "" {
		return http.Header{}
	}
	return http.Header{"Authorization": {"Bearer " + by.Token}}
}

// jar is what a browser sends of cookies that it has been given.
func jar(cookies []*http.Cookie) string {
	var pairs []string
	for _, c := range cookies {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// streamAsk asks for a seat's stream, not compressed.
func (s *session) streamAsk(d *doctor, by seat) ask {
	h := by.proof()
	h.Set("Accept", "text/event-stream")
	h.Set("Accept-Encoding", "identity")
	return ask{url: d.at("/api/sse/" + s.id + "?user_id=" + by.UserID), header: h}
}

// last keeps the session from expiring until ctx ends: the doctor may watch for longer than a session lives without activity.
func (s *session) last(ctx context.Context, d *doctor) {
	for pause(ctx, max(s.life/3, time.Second)) {
		_, _ = s.act(ctx, d, "/extend", s.master, "") // if it is lost, the next one does
	}
}

// complete lets the others join and starts a round, and looks meanwhile at whether credentials arrive; false if the rest is of no use.
func (s *session) complete(ctx context.Context, d *doctor) bool {
	if !d.credentials(ctx, s) {
		return false
	}
	for i, who := range []*seat{&s.voter, &s.leaver, &s.sayer} {
		body := fmt.Sprintf(`{"user_name":"Doctor %d","user_avatar":""}`, i+2)
		a, err := d.client.do(ctx, ask{method: http.MethodPost, url: d.at("/api/sessions/" + s.id + "/join"), body: body})
		if err != nil || a.status != http.StatusOK || !a.decode(who) {
			d.fail("session", "Nobody can join: "+reason(a, err, d.Patience)+".", nil)
			return false
		}
		who.cookie = jar((&http.Response{Header: a.header}).Cookies())
	}
	a, err := s.act(ctx, d, "/start", s.master, `{"topic":"magnapp doctor"}`)
	if err != nil || a.status != http.StatusOK {
		d.fail("session", "No round can be started: "+reason(a, err, d.Patience)+".", nil)
		return false
	}
	d.cache(ctx, s)
	return true
}

func reason(a answer, err error, patience time.Duration) string {
	if err != nil {
		return explain(err, patience)
	}
	return a.says()
}

// credentials looks at whether each kind of credential arrives, and whether it takes one; false if none does.
func (d *doctor) credentials(ctx context.Context, s *session) bool {
	read := func(h http.Header) answer {
		a, _ := d.client.do(ctx, ask{url: s.path(d, "", s.master), header: h}) // no answer has no status
		return a
	}
	byCookie, byToken, byNothing := read(http.Header{"Cookie": {s.master.cookie}}), read(s.master.bearer()), read(nil)
	cookieWorks, tokenWorks := byCookie.status == http.StatusOK, byToken.status == http.StatusOK
	switch {
	case !cookieWorks && !tokenWorks:
		d.fail("credentials", "No credential arrives ("+byToken.says()+"), so nobody can act.", passRequestHeaders)
		return false
	case byNothing.status == http.StatusOK:
		d.warn("credentials", "Nobody has to prove who they are: the server runs with AUTH=open, or something in between adds credentials.", nil)
	case !cookieWorks && s.master.cookie != "":
		d.fail("credentials", "Cookies do not arrive ("+byCookie.says()+"), so no browser can act.", passRequestHeaders)
	case !tokenWorks:
		d.warn("credentials", "A bearer token does not arrive ("+byToken.says()+"): pages work, and other clients do not. Something in between takes out Authorization, or uses it itself.", passRequestHeaders)
	default:
		d.ok("credentials", "Cookies and tokens arrive, and are asked for.")
	}
	return true
}

// cache looks at whether an answer shows what has just happened.
func (d *doctor) cache(ctx context.Context, s *session) {
	a, err := d.client.do(ctx, ask{url: d.at("/api/sessions/" + s.id)})
	var seen struct{ Status string }
	switch {
	case err != nil || !a.decode(&seen):
		d.fail("cache", "The session cannot be read: "+reason(a, err, d.Patience)+".", nil)
	case seen.Status != "voting":
		d.fail("cache", "An answer is older than what was done before it: something in between keeps answers.", cacheNothing)
	default:
		d.ok("cache", "Answers are fresh.")
	}
}

// end takes back what was made: the session, or if that is not let through everybody's seat, with which it ends too.
func (d *doctor) end(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeoutCause(ctx, farewell, errNoAnswer)
	defer cancel()
	q := ask{method: http.MethodDelete, url: s.path(d, "", s.master), header: s.master.proof()}
	a, err := d.client.do(ctx, q)
	if err != nil {
		a, err = d.client.do(ctx, q)
	}
	if err == nil && (a.status == http.StatusOK || a.status == http.StatusNotFound && a.isProblem()) {
		d.ok("end", "The doctor's session has been ended.")
		return
	}
	gone := true
	for _, by := range []seat{s.sayer, s.leaver, s.voter, s.master} {
		if by.UserID != "" {
			left, leaveErr := s.act(ctx, d, "/leave", by, "")
			gone = gone && leaveErr == nil && left.status == http.StatusOK
		}
	}
	text := "DELETE does not arrive (" + reason(a, err, d.Patience) + "), so nobody can end a session."
	if !gone {
		text += " The doctor's own is left; it ends by itself, after SESSION_TIMEOUT_MINUTES."
	}
	d.fail("end", text, remedy{"Apache": "no <Limit> or <LimitExcept> without DELETE", "HAProxy": "no http-request deny unless { method GET POST }", "nginx": "no limit_except without DELETE", "Varnish": "no return (synth(405)) for DELETE"})
}
