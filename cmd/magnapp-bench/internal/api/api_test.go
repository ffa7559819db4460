package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAMetricIsReadByItsWholeName(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "# TYPE led_total counter\nled_total 7\nled 1\nlag 0.25\n")
	}))
	defer server.Close()
	c := New(server.URL)
	defer c.Close()
	for name, want := range map[string]float64{"led": 1, "lag": 0.25, "led_total": 7} {
		if got, err := c.Metric(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := c.Metric(t.Context(), "le"); err == nil {
		t.Error("found a metric that is not there")
	}
}
