package archtest

import (
	"os/exec"
	"testing"
)

// TestAlertsAreRaisedWhenTheyShouldBe needs promtool, of Prometheus.
func TestAlertsAreRaisedWhenTheyShouldBe(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", deployed+"/prometheus/alerts.test.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
