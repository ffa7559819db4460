package browser_test

import "testing"

func TestThreeBrowsersPlayAWholeSession(t *testing.T) {
	t.Parallel()
	s := serve(t)
	sarah, mike, lisa := s.person("Sarah"), s.person("Mike"), s.person("Lisa")
	link := sarah.opens("Checkout squad")
	mike.arrives(link)
	lisa.arrives(link)
	sarah.sees("3 people are at the table")

	sarah.types("#topic", "Pay by invoice")
	sarah.click("button|Start voting")
	mike.sees("Pay by invoice")
	mike.click(".hand [data-card='5']")
	mike.holds("5")
	mike.click(".hand [data-card='8']")
	mike.holds("8")
	lisa.sees("1 of 3 has voted")
	if got := eval[int](lisa, `document.querySelectorAll('.laid.open').length`); got != 0 {
		t.Errorf("Lisa sees %d open cards before the reveal", got)
	}
	lisa.click(".hand [data-card='3']")
	sarah.click(".hand [data-card='coffee']")
	sarah.sees("3 of 3 have voted")

	sarah.click("button|Reveal cards")
	for _, p := range []*person{sarah, mike, lisa} {
		p.wait(`document.querySelectorAll('.laid.open').length === 3`)
		p.sees("Ask first Lisa (3) and Mike (8) are furthest apart.")
		p.sees("1 person would like a break.")
		p.wait(`[...document.querySelectorAll('.numbers dd')].map((d) => d.innerText).join() === '5.5,5.5,3–8'`)
	}
	sarah.click(".hand [data-card='8']")
	sarah.click("button|Accept 8")
	for _, p := range []*person{sarah, mike, lisa} {
		p.wait(`document.querySelector('.past li')?.innerText.replace(/\s+/g, ' ').trim() === 'Pay by invoice 8'`)
	}

	sarah.types("#topic", "Empty basket")
	sarah.click("button|Next round")
	lisa.sees("Empty basket")
	lisa.holds("")
	lisa.sees("0 of 3 have voted")
}
