//go:build unix

package browser_test

import "syscall"

// freeze stops the server's process for a while: connections stay, and nothing answers.
func (s *server) freeze() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		s.t.Fatalf("freeze the server: %v", err)
	}
}

// thaw lets a frozen server go on.
func (s *server) thaw() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		s.t.Fatalf("thaw the server: %v", err)
	}
}
