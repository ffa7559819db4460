package tracker

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	textencoding "golang.org/x/text/encoding"
)

// encoding is how letters became bytes. In all of them but UTF-16, delimiters, quotes and line ends are bytes of their own, so that a file is
// taken apart as it is and only the cells that matter are decoded.
type encoding struct {
	name  string
	wide  bool // UTF-16, which is decoded as a whole
	codec textencoding.Encoding
}

var (
	encodingUTF8    = &encoding{name: "utf-8"}
	encodingUTF16LE = &encoding{name: "utf-16le", wide: true, codec: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	encodingUTF16BE = &encoding{name: "utf-16be", wide: true, codec: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	encodingWestern = &encoding{name: "windows-1252", codec: charmap.Windows1252}
)

// encodings are those that trackers and spreadsheets write.
var encodings = []*encoding{
	encodingUTF8, encodingUTF16LE, encodingUTF16BE, encodingWestern,
	{name: "iso-8859-1", codec: charmap.ISO8859_1},
	{name: "iso-8859-2", codec: charmap.ISO8859_2},
	{name: "iso-8859-9", codec: charmap.ISO8859_9},
	{name: "iso-8859-15", codec: charmap.ISO8859_15},
	{name: "windows-1250", codec: charmap.Windows1250},
	{name: "windows-1251", codec: charmap.Windows1251},
	{name: "windows-1254", codec: charmap.Windows1254},
	{name: "windows-874", codec: charmap.Windows874},
	{name: "macintosh", codec: charmap.Macintosh},
	{name: "shift_jis", codec: japanese.ShiftJIS}, // CP932
	{name: "euc-kr", codec: korean.EUCKR},         // CP949
	{name: "gb18030", codec: simplifiedchinese.GB18030},
	{name: "big5", codec: traditionalchinese.Big5},
}

// Encodings are the names of those that can be chosen by hand.
func Encodings() []string {
	names := make([]string, 0, len(encodings))
	for _, e := range encodings {
		names = append(names, e.name)
	}
	return names
}

func encodingByName(name string) (*encoding, error) {
	for _, e := range encodings {
		if strings.EqualFold(e.name, name) {
			return e, nil
		}
	}
	return nil, &Error{
		Kind: BadOption, Option: "encoding", Problem: fmt.Sprintf("the encoding %q is not known", name),
		Advice: "Choose one of these: " + strings.Join(Encodings(), ", ") + ".",
	}
}

// decode makes UTF-8 of a cell. Bytes that mean nothing become U+FFFD.
func (e *encoding) decode(cell string) string {
	if e.codec == nil || e.wide || isASCII(cell) {
		return cell
	}
	if single, ok := e.codec.(*charmap.Charmap); ok {
		var b strings.Builder
		b.Grow(len(cell) + len(cell)/2)
		for i := range len(cell) {
			b.WriteRune(single.DecodeByte(cell[i]))
		}
		return b.String()
	}
	decoded, err := e.codec.NewDecoder().String(cell)
	if err != nil {
		return strings.ToValidUTF8(cell, "\uFFFD")
	}
	return decoded
}

// encode is the way back, for what is put into a cell. What the encoding has no letter for is an error.
func (e *encoding) encode(cell string) (string, error) {
	if e.codec == nil || e.wide || isASCII(cell) {
		return cell, nil
	}
	return e.codec.NewEncoder().String(cell)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decoded is a text and what it takes to get back from it to the bytes.
type decoded struct {
	text     string
	enc      *encoding
	bom      string // the bytes before the text
	lossy    bool   // the way back would not lead to the same bytes
	warnings []Warning
}

const (
	bomUTF8    = "\xEF\xBB\xBF"
	bomUTF16LE = "\xFF\xFE"
	bomUTF16BE = "\xFE\xFF"
)

// decodeText finds out the encoding of a text, unless it was chosen, and decodes what has to be decoded as a whole.
func decodeText(data []byte, chosen string) (decoded, error) {
	d := decoded{enc: encodingUTF8}
	for bom, enc := range map[string]*encoding{bomUTF8: encodingUTF8, bomUTF16LE: encodingUTF16LE, bomUTF16BE: encodingUTF16BE} {
		if strings.HasPrefix(string(data[:min(len(data), 3)]), bom) {
			d.bom, d.enc = bom, enc
		}
	}
	if d.bom == "" {
		d.enc = guessEncoding(data)
	}
	if chosen != "" {
		enc, err := encodingByName(chosen)
		if err != nil {
			return d, err
		}
		if enc != d.enc {
			d.bom, d.enc = "", enc
		}
	}
	data = data[len(d.bom):]
	if d.enc.wide {
		return d.widened(data)
	}
	return d.narrow(data, chosen != ""), nil
}

// guessEncoding looks at the bytes of a text without a byte order mark. Valid UTF-8 is hardly ever anything else; of the others nothing is
// certain, so it is the most frequent one, and a person can choose.
func guessEncoding(data []byte) *encoding {
	if wide := guessWide(data); wide != nil {
		return wide
	}
	if utf8.Valid(withoutCutRune(data)) {
		return encodingUTF8
	}
	return encodingWestern
}

// guessWide recognises UTF-16 by the zero bytes of its Latin letters, delimiters and line ends.
func guessWide(data []byte) *encoding {
	beginning := data[:min(len(data), 4096)]
	var zeros [2]int
	for i, b := range beginning {
		if b == 0 {
			zeros[i%2]++
		}
	}
	many := max(len(beginning)/10, 1)
	switch {
	case zeros[1] >= many && zeros[0] <= zeros[1]/20:
		return encodingUTF16LE
	case zeros[0] >= many && zeros[1] <= zeros[0]/20:
		return encodingUTF16BE
	}
	return nil
}

// withoutCutRune leaves out a letter at the end of which bytes are missing.
func withoutCutRune(data []byte) []byte {
	for n := 1; n <= min(3, len(data)); n++ {
		last := data[len(data)-n:]
		if utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return data[:len(data)-n]
			}
			break
		}
	}
	return data
}

func (d decoded) widened(data []byte) (decoded, error) {
	if len(data)%2 == 1 {
		return d, &Error{
			Kind: Cut, Problem: "the file is UTF-16 and ends in the middle of a letter",
			Advice: "It was cut off: export it again.",
		}
	}
	text, err := d.enc.codec.NewDecoder().Bytes(data)
	if err != nil {
		return d, &Error{Kind: Broken, Problem: "the file is not UTF-16", Advice: "Choose its encoding by hand."}
	}
	d.text = string(text)
	if back, err := d.enc.codec.NewEncoder().Bytes(text); err != nil || !bytes.Equal(back, data) {
		d.lossy = true
		d.warnings = append(d.warnings, warnOfBrokenLetters())
	}
	return d, nil
}

func (d decoded) narrow(data []byte, chosen bool) decoded {
	d.text = string(data)
	switch {
	case d.enc == encodingUTF8 && !utf8.Valid(data):
		d.warnings = append(d.warnings, warnOfBrokenLetters())
	case d.enc == encodingWestern && !chosen:
		d.warnings = append(d.warnings, Warning{Code: guessedLetters, Text: "The file does not say how its letters are encoded. They were read as windows-1252; if some look wrong, choose another encoding."})
	}
	return d
}

func noLetters(row int) error {
	return &Error{Kind: NoOriginal, Row: row, Problem: "the estimate has letters that the file's encoding lacks", Advice: "Change the estimate, or export our CSV."}
}

// bytes are the file's bytes for a text.
func (d decoded) bytes(text string) ([]byte, error) {
	if !d.enc.wide {
		return append([]byte(d.bom), text...), nil
	}
	encoded, err := d.enc.codec.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, noLetters(0)
	}
	return append([]byte(d.bom), encoded...), nil
}
