//go:build !unix

package cluster_test

import "os"

// There is no such thing here: sending it fails, and so does the test.
var standStill, goOn os.Signal = noSignal{}, noSignal{}

type noSignal struct{}

func (noSignal) Signal()        {}
func (noSignal) String() string { return "standing still, which needs Unix" }
