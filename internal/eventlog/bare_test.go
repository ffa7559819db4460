package eventlog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/magnapp/magnapp/internal/eventlog/bare"
)

// What the log costs is held against a stream of NATS alone, which has to be set up like it.
func TestCluster_comparison_has_the_stream_of_the_log(t *testing.T) {
	ours := (&Log{sharing: &sharing{}}).sessionsConfig()
	(&clustered{}).configure(&ours)
	if diff := cmp.Diff(ours, bare.Stream()); diff != "" {
		t.Errorf("the stream that is compared (-ours +compared):\n%s", diff)
	}
}
