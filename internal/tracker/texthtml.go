package tracker

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blocks begin on a line of their own.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Tr: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Blockquote: true, atom.Pre: true, atom.Section: true, atom.Article: true, atom.Hr: true, atom.Dl: true, atom.Dt: true,
}

// hiddenElements are not shown with all that is in them.
var hiddenElements = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Iframe: true}

// htmlText is what a reader of the page would see. Nothing is run or fetched.
func htmlText(source string) string {
	if !strings.ContainsAny(source, "<&") {
		return source
	}
	h := htmlReader{tokens: nethtml.NewTokenizer(strings.NewReader(source))}
	for {
		switch h.tokens.Next() {
		case nethtml.ErrorToken:
			return h.text.String()
		case nethtml.TextToken:
			if h.hidden == 0 {
				h.write(string(h.tokens.Text()))
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			h.opens(h.tokens.Token())
		case nethtml.EndTagToken:
			h.closes(h.tokens.Token())
		}
	}
}

type htmlReader struct {
	tokens *nethtml.Tokenizer
	text   strings.Builder
	atLine bool // the text ends with a line break
	hidden atom.Atom
	links  []string
	lists  int
	pre    bool
	filled bool
}

// write adds text. Line breaks in the source are white space, but in preformatted text.
func (h *htmlReader) write(text string) {
	text = strings.ReplaceAll(text, "\u00A0", " ")
	if !h.pre {
		fields := strings.Join(strings.Fields(text), " ")
		if fields == "" {
			if !h.atLine && text != "" && h.filled {
				h.text.WriteByte(' ')
			}
			return
		}
		if isSpace(text[0]) && !h.atLine && h.filled {
			h.text.WriteByte(' ')
		}
		if isSpace(text[len(text)-1]) {
			fields += " "
		}
		text = fields
	}
	h.text.WriteString(text)
	h.atLine, h.filled = strings.HasSuffix(text, "\n"), true
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func (h *htmlReader) breakLine() {
	if h.filled && !h.atLine {
		h.text.WriteByte('\n')
		h.atLine = true
	}
}

func (h *htmlReader) opens(t nethtml.Token) {
	switch {
	case h.hidden != 0:
		return
	case hiddenElements[t.DataAtom]:
		if t.Type == nethtml.StartTagToken {
			h.hidden = t.DataAtom
		}
	case t.DataAtom == atom.Br:
		h.text.WriteByte('\n')
		h.atLine = true
	case t.DataAtom == atom.Li:
		h.breakLine()
		h.text.WriteString(strings.Repeat("  ", min(max(h.lists-1, 0), 8)) + "- ")
		h.atLine, h.filled = true, true // what follows needs neither a space nor a line of its own
	case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
		if !h.atLine && h.filled {
			h.text.WriteString(" | ")
		}
	case t.DataAtom == atom.Img:
		if alt := attributeOf(t, "alt"); alt != "" {
			h.write("[" + alt + "]")
		}
	case t.DataAtom == atom.A:
		if len(h.links) < maxDepth {
			h.links = append(h.links, attributeOf(t, "href"))
		}
	case blocks[t.DataAtom]:
		h.breakLine()
		h.enter(t.DataAtom)
	}
}

func (h *htmlReader) enter(element atom.Atom) {
	switch element {
	case atom.Ul, atom.Ol:
		h.lists++
	case atom.Pre:
		h.pre = true
	}
}

func (h *htmlReader) closes(t nethtml.Token) {
	if h.hidden != 0 {
		if t.DataAtom == h.hidden {
			h.hidden = 0
		}
		return
	}
	switch {
	case t.DataAtom == atom.A && len(h.links) > 0:
		target := h.links[len(h.links)-1]
		h.links = h.links[:len(h.links)-1]
		if strings.Contains(target, "://") && !strings.HasSuffix(h.text.String(), target) {
			h.write(" (" + target + ")")
		}
	case t.DataAtom == atom.Li:
		if !strings.HasSuffix(h.text.String(), "\n") {
			h.text.WriteByte('\n')
		}
		h.atLine = true
	case blocks[t.DataAtom]:
		h.breakLine()
		switch t.DataAtom {
		case atom.Ul, atom.Ol:
			h.lists = max(h.lists-1, 0)
		case atom.Pre:
			h.pre = false
		}
	}
}

func attributeOf(t nethtml.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
