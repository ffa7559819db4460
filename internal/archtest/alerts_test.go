package archtest

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// Of promtool it takes what CI does not have; that there is a case for each alert can be seen without.
func TestEachAlertHasACaseInWhichItIsRaised(t *testing.T) {
	alerts, err := os.ReadFile(deployed + "/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := os.ReadFile(deployed + "/prometheus/alerts.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raised := make(map[string]bool)
	for _, match := range regexp.MustCompile(`(?m)^ +alertname: (\w+)\n +exp_alerts:\n +- exp_labels:`).FindAllSubmatch(cases, -1) {
		raised[string(match[1])] = true
	}
	names := regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllSubmatch(alerts, -1)
	if len(names) == 0 {
		t.Fatal("no alerts were found")
	}
	for _, match := range names {
		if name := string(match[1]); !raised[name] {
			t.Errorf("no case of alerts.test.yaml raises %s", name)
		}
	}
}

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
