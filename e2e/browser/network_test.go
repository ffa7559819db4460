package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func navigateTo(url string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(url) }

// atATable is somebody in a session through a network that a test can break, where a round runs.
func atATable(t *testing.T, open func(*server) *reader) (r *reader, w *wire, master guest) {
	t.Helper()
	s := serve(t)
	w = s.between()
	master = s.create("Checkout squad", "Mike", "bear")
	r = open(w.server)
	r.joins(master.session)
	master.start("Pay by invoice")
	r.sees("Pay by invoice")
	return r, w, master
}

// atAnOwnTable is a Scrum Master who has laid a 5, through a network that a test can break.
func atAnOwnTable(t *testing.T, open func(*server) *reader) (*reader, *wire) {
	t.Helper()
	w := serve(t).between()
	r := open(w.server)
	r.visit("/")
	value[any](r, `(localStorage.setItem('magnapp.me', JSON.stringify({ name: 'Sarah', avatar: 'cat', saved: Date.now() })), null)`)
	r.visit("/")
	value[any](r, `(document.getElementById('session-name').value = 'Checkout squad', null)`)
	r.click("button|Start session")
	r.wait(`document.querySelector('.place.me')`)
	r.seesLive()
	r.click("button|Start voting")
	r.click(".hand [data-card='5']")
	r.wait(holds("5"))
	return r, w
}

// counted is how many cards the server has.
func (g guest) counted() int {
	g.s.t.Helper()
	var round struct{ Votes map[string]any }
	if status := g.s.call("GET", "/api/sessions/"+g.session+"/round?user_id="+g.id, g.token, nil, &round); status != http.StatusOK {
		g.s.t.Fatalf("read the round: status %d", status)
	}
	return len(round.Votes)
}

// TestConnectionThatDiesInSilenceIsNoticed logs how long that takes: the page gives a stream 17 s without a sign of life, and some more to be asked about. How late it is on a slow machine is no fault.
func TestConnectionThatDiesInSilenceIsNoticed(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, master := atATable(t, open)
		w.becomes(state{hangs: true})
		began := time.Now()
		r.wait(`document.querySelector('.notice.lost')`)
		t.Logf("the silence was noticed after %v", time.Since(began).Round(100*time.Millisecond))
		r.click(".hand [data-card='8']")
		r.wait(waitsWith("8"))
		r.sees("Your card is kept here")
		w.becomes(state{})
		began = time.Now()
		r.wait(holds("8"))
		t.Logf("the card was counted after %v", time.Since(began).Round(100*time.Millisecond))
		if n := master.counted(); n != 1 {
			t.Errorf("the server has %d cards, want one", n)
		}
		r.seesLive()
	})
}

func TestCardThatMeetsASilentNetworkIsSentAgain(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, master := atATable(t, open)
		r.click(".hand [data-card='5']")
		r.wait(holds("5"))
		w.becomes(state{hangs: true})
		began := time.Now()
		r.click(".hand [data-card='8']")
		r.wait(waitsWith("8"))
		r.wait(`document.querySelector('.notice.lost')`)
		t.Logf("the silence was noticed after %v", time.Since(began).Round(100*time.Millisecond))
		r.wait(`document.querySelector('.notice.lost button:disabled')`) // a try is under way …
		r.wait(`document.querySelector('.notice.lost button:enabled')`)  // … and ends
		if tries, most := w.asked(); most > 2 {
			t.Errorf("%d requests were open at a time of %q, want at most the card's and one to come back", most, tries)
		}
		w.becomes(state{})
		began = time.Now()
		r.wait(holds("8"))
		t.Logf("the card was counted after %v", time.Since(began).Round(100*time.Millisecond))
		master.do("POST", "/reveal", nil)
		r.wait(`document.querySelector('.me .laid.open .front')?.innerText === '8'`)
	})
}

func TestLineThatIsCutSaysOnlyWhatIsTrue(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w := atAnOwnTable(t, open)
		w.becomes(state{refuses: true})
		r.sees("No connection. You see the table as it was.")
		r.click("button|Reveal cards")
		r.sees("No connection: this cannot be done now. Nothing was changed.")
		r.click(".hand [data-card='8']")
		r.click(".hand [data-card='13']")
		r.wait(waitsWith("13"))
		if n := value[int](r, `document.querySelectorAll('.notice').length`); n != 1 {
			t.Errorf("the page says %d things at a time, want one", n)
		}
		r.click(".notice.lost button|Try now")
		r.sees("Trying now…")
		w.becomes(state{})
		r.wait(holds("13"))
		r.wait(`!document.querySelector('.notice')`)
		r.click("button|Reveal cards")
		r.wait(`document.querySelector('#results')`)
		r.wait(`document.querySelector('.me .laid.open .front')?.innerText === '13'`)
	})
}

func TestCommandThatMeetsASilentNetworkIsMadeWhenItIsBack(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w := atAnOwnTable(t, open)
		w.becomes(state{hangs: true})
		r.click("button|Reveal cards")
		r.wait(`document.querySelector('.notice.lost')`)
		w.becomes(state{})
		r.wait(`document.querySelector('#results')`)
		r.seesLive()
	})
}

func TestProxyThatAnswersByItselfIsNotTakenForTheServer(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, master := atATable(t, open)
		w.becomes(state{status: http.StatusBadGateway})
		r.wait(`document.querySelector('.notice.lost')`)
		r.click(".hand [data-card='8']")
		r.wait(waitsWith("8"))
		eventually(t, "the page has tried three times", func() bool {
			tries, _ := w.asked()
			return len(tries) >= 3
		})
		tries, most := w.asked()
		if most > 1 || slices.ContainsFunc(tries[1:], func(try string) bool { return !strings.HasPrefix(try, "GET /api/sessions/") }) {
			t.Errorf("the page asked for %q, %d at a time, want the stream once, by the browser itself, then only the session, and one at a time", tries, most)
		}
		if value[bool](r, says("cannot save")) {
			t.Error("the page says that the server cannot save, which nobody said")
		}
		w.becomes(state{delay: 300 * time.Millisecond})
		r.wait(holds("8"))
		if n := master.counted(); n != 1 {
			t.Errorf("the server has %d cards, want one", n)
		}
		r.seesLive()
	})
}

func TestRoundThatEndsMeanwhileDoesNotGetTheCardThatWasKept(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, master := atATable(t, open)
		w.becomes(state{refuses: true})
		r.wait(`document.querySelector('.notice.lost')`)
		r.click(".hand [data-card='8']")
		r.wait(waitsWith("8"))
		master.start("Empty basket")
		w.becomes(state{})
		r.sees("Empty basket")
		r.sees("Your card was not counted: its round was over before it could be sent.")
		r.wait(`!document.querySelector('.hand .chosen') && !document.querySelector('.me .laid.voted')`)
		if n := master.counted(); n != 0 {
			t.Errorf("the server has %d cards in the new round, want none", n)
		}
	})
}

func TestPageThatWakesLooksWhetherItsConnectionLives(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, _ := atATable(t, open)
		w.becomes(state{hangs: true})
		value[any](r, `(dispatchEvent(new Event('offline')), null)`)
		r.wait(`document.querySelector('.notice.lost')`)
		w.becomes(state{})
		value[any](r, `(dispatchEvent(new Event('online')), null)`)
		r.seesLive()
	})
}

// A proxy that has lost the server for a while may say that there is nothing, or that one has to log in. Only the server knows whether the session is over.
func TestProxyDoesNotEndASession(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusUnauthorized} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
				r, w, _ := atATable(t, open)
				r.pardon(fmt.Sprintf("status of %d", status))
				w.becomes(state{status: status})
				r.wait(`document.querySelector('.notice.lost')`)
				eventually(t, "the page has tried twice", func() bool {
					tries, _ := w.asked()
					return len(tries) >= 3
				})
				r.click(".hand [data-card='8']")
				r.wait(waitsWith("8"))
				w.becomes(state{})
				r.wait(holds("8"))
				r.seesLive()
			})
		})
	}
}

func TestCardThatIsPutBackOfflineIsNotSaidToBeKept(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, master := atATable(t, open)
		r.sees("Choose your card.")
		w.becomes(state{refuses: true})
		r.wait(`document.querySelector('.notice.lost')`)
		r.click(".hand [data-card='8']")
		r.sees("Your card is kept here")
		r.sees("Your card is chosen.")
		if value[bool](r, says("Choose your card.")) {
			t.Error("the page asks for a card that is chosen")
		}
		r.click(".hand [data-card='8']")
		r.sees("You see the table as it was.")
		r.sees("Choose your card.")
		r.wait(`!document.querySelector('.pending')`)
		w.becomes(state{})
		r.seesLive()
		if n := master.counted(); n != 0 {
			t.Errorf("the server has %d cards, want none", n)
		}
	})
}

func TestProfileThatCannotBeChangedOfflineSaysSoAtOnce(t *testing.T) {
	inBrowsers(t, func(t *testing.T, open func(*server) *reader) {
		r, w, _ := atATable(t, open)
		r.click(".place.me .seat")
		r.click("dialog button|Change name and face")
		w.becomes(state{refuses: true})
		r.wait(`document.querySelector('dialog .notice.lost')`)
		r.click("dialog button|Save")
		r.sees("No connection: this cannot be done now. Nothing was changed.")
		w.becomes(state{})
		r.wait(`!document.querySelector('.notice.lost')`)
		r.click("dialog button|Save")
		r.wait(`!document.querySelector('dialog')`)
	})
}
