package shortcut

import (
	"bufio"
	"bytes"
	"net/http"
)

// left tells how many bytes follow the request with which the bytes begin. False if that is not whole, or its head does not tell its length.
func left(b []byte) (n int, ok bool) {
	rest := bytes.NewReader(b)
	reader := bufio.NewReader(rest)
	r, err := http.ReadRequest(reader)
	if err != nil || r.ProtoMajor != 1 || r.TransferEncoding != nil || r.Header["Expect"] != nil {
		return 0, false
	}
	follow := int64(reader.Buffered()+rest.Len()) - r.ContentLength
	return int(follow), follow >= 0
}
