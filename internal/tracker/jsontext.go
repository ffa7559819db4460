package tracker

import (
	"encoding/json"
	"strings"
)

// atlassianNode is a part of a text as Jira's newest interface has it (Atlassian Document Format).
type atlassianNode struct {
	Type    string
	Text    string
	Content []atlassianNode
	Attrs   struct{ Text, URL, ShortName string }
}

// atlassianText is what a person reads of such a text.
func atlassianText(value json.RawMessage) string {
	var doc atlassianNode
	_ = json.Unmarshal(value, &doc) // what is of another kind than expected is left out, and nothing else
	var b strings.Builder
	doc.write(&b)
	return strings.TrimSpace(b.String())
}

func (n *atlassianNode) write(b *strings.Builder) {
	if n.Type == "listItem" || n.Type == "taskItem" {
		b.WriteString("- ")
	}
	b.WriteString(n.Text)
	for _, text := range []string{n.Attrs.Text, n.Attrs.URL, n.Attrs.ShortName} {
		if text != "" {
			b.WriteString(text)
			break
		}
	}
	for i := range n.Content {
		n.Content[i].write(b)
	}
	switch n.Type {
	case "paragraph", "heading", "codeBlock", "hardBreak", "rule", "taskItem", "decisionItem", "blockCard", "tableRow":
		b.WriteByte('\n')
	}
}
