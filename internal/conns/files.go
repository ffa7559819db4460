package conns

// Of the files that a process may have open, an eighth is not for connections but for the store, at least minReserve and at most maxReserve: the store keeps a few open, and opens more for a
// moment, some at a time; so does whoever takes a connection over.
const (
	minReserve = 64
	maxReserve = 512
	minInAll   = 16 // even where the limit leaves nothing
)

// InAll is how many connections a limit of open files leaves room for; 0, no bound, if the limit is 0.
func InAll(files int) int {
	if files == 0 {
		return 0
	}
	return max(files-min(max(files/8, minReserve), maxReserve), minInAll)
}
