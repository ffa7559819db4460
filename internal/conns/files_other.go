//go:build !unix

package conns

// RaiseFiles returns 0: this system sets no limit that is known.
func RaiseFiles() (int, error) { return 0, nil }
