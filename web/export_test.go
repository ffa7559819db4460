package web

// Kept is how many pages the site keeps.
func Kept(s *Site) int { return len(s.shells) }
