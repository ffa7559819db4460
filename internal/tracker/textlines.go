package tracker

import (
	"strings"
)

// maxInner is how many bytes may be between two marks, so that a mark which nothing closes costs little.
const maxInner = 2_100

// wikiLine makes text of what a line of Jira's markup starts with.
func wikiLine(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	switch {
	case len(trimmed) > 3 && trimmed[0] == 'h' && trimmed[1] >= '1' && trimmed[1] <= '6' && trimmed[2] == '.':
		return strings.TrimSpace(trimmed[3:])
	case strings.HasPrefix(trimmed, "bq. "):
		return "> " + trimmed[4:]
	case strings.HasPrefix(trimmed, "|"):
		return tableLine(trimmed, "||")
	}
	if item, ok := listItem(trimmed, "*-#"); ok {
		return item
	}
	return line
}

// textileLine does the same for Redmine's.
func textileLine(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	if head, rest, ok := strings.Cut(trimmed, ". "); ok && len(head) <= 12 && head != "" {
		switch {
		case head[0] == 'h' && len(head) > 1 && head[1] >= '1' && head[1] <= '6' && (len(head) == 2 || strings.IndexByte("(<>={[", head[2]) >= 0):
			return rest
		case head == "p", strings.HasPrefix(head, "p("), head == "fn1", head == "bc":
			return rest
		case head == "bq":
			return "> " + rest
		}
	}
	if strings.HasPrefix(trimmed, "|") {
		return strings.ReplaceAll(tableLine(trimmed, "|"), "_.", "")
	}
	if item, ok := listItem(trimmed, "*#"); ok {
		return item
	}
	return line
}

// listItem makes "  - text" of "** text".
func listItem(line, marks string) (string, bool) {
	depth := 0
	for depth < len(line) && strings.IndexByte(marks, line[depth]) >= 0 {
		depth++
	}
	if depth == 0 || depth > 8 || depth >= len(line) || line[depth] != ' ' {
		return "", false
	}
	sign := "- "
	if line[depth-1] == '#' {
		sign = "1. "
	}
	return strings.Repeat("  ", depth-1) + sign + strings.TrimLeft(line[depth:], " "), true
}

// tableLine makes "a | b" of "|a|b|" and of "||a||b||".
func tableLine(line, double string) string {
	line = strings.ReplaceAll(line, double, "|")
	cells := strings.Split(strings.Trim(strings.TrimRight(line, " \r"), "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return strings.Join(cells, " | ")
}

// markdownLine does the same for Markdown.
func markdownLine(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	if trimmed == "" {
		return line
	}
	switch trimmed[0] {
	case '#':
		if rest := strings.TrimLeft(trimmed, "#"); len(trimmed)-len(rest) <= 6 && strings.HasPrefix(rest, " ") {
			return strings.TrimSpace(strings.TrimRight(rest, "#"))
		}
	case '*', '+':
		if strings.HasPrefix(trimmed[1:], " ") {
			return line[:len(line)-len(trimmed)] + "-" + trimmed[1:]
		}
	case '|':
		if lineOf.MatchString(trimmed) {
			return ""
		}
		return tableLine(trimmed, "||")
	}
	return line
}

// remarkupLine does the same for Phabricator's.
func remarkupLine(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	if strings.HasPrefix(trimmed, "=") {
		return strings.TrimSpace(strings.Trim(trimmed, "="))
	}
	return markdownLine(line)
}

// wikiInline makes text of links, pictures and macros.
func wikiInline(line string) string {
	if strings.Contains(line, "{") {
		line = withoutMacros(line)
	}
	if strings.Contains(line, "[") {
		line = replaced(line, "[", "]", func(inner string) (string, bool) {
			if user, ok := strings.CutPrefix(inner, "~"); ok {
				return "@" + strings.TrimPrefix(user, "accountid:"), true
			}
			text, target, ok := strings.Cut(inner, "|")
			if !ok {
				return inner, strings.Contains(inner, "://") || strings.HasPrefix(inner, "^")
			}
			target, _, _ = strings.Cut(target, "|")
			return linkText(text, target), true
		})
	}
	if strings.Contains(line, "!") {
		line = pictures(line)
	}
	return line
}

// withoutMacros drops {color:red}, {quote} and the like, and the braces of {{code}}.
func withoutMacros(line string) string {
	line = strings.NewReplacer("{{", "", "}}", "").Replace(line)
	return replaced(line, "{", "}", func(inner string) (string, bool) {
		name, _, _ := strings.Cut(inner, ":")
		switch strings.ToLower(name) {
		case "color", "quote", "panel", "code", "noformat", "anchor", "expand", "tip", "info", "note", "warning", "adf", "toc":
			return "", true
		}
		return "", false
	})
}

// pictures makes [shot.png] of !shot.png|thumbnail!.
func pictures(line string) string {
	return replaced(line, "!", "!", func(inner string) (string, bool) {
		name, _, _ := strings.Cut(inner, "|")
		if strings.ContainsAny(name, " \t") || !strings.Contains(name, ".") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
			return "", false
		}
		return "[" + name + "]", true
	})
}

// textileInline makes text of "text":address and !picture!.
func textileInline(line string) string {
	if strings.Contains(line, `":http`) {
		line = textileLinks(line)
	}
	if strings.Contains(line, "!") {
		line = pictures(line)
	}
	return line
}

func textileLinks(line string) string {
	var b strings.Builder
	for {
		i := strings.Index(line, `":http`)
		if i < 0 {
			break
		}
		open := strings.LastIndexByte(line[:i], '"')
		if open < 0 {
			b.WriteString(line[:i+2])
			line = line[i+2:]
			continue
		}
		end := i + 2
		for end < len(line) && line[end] != ' ' && line[end] != '\t' && line[end] != '|' {
			end++
		}
		b.WriteString(line[:open])
		b.WriteString(linkText(line[open+1:i], line[i+2:end]))
		line = line[end:]
	}
	b.WriteString(line)
	return b.String()
}

// markdownInline makes text of [text](address) and ![picture](address).
func markdownInline(line string) string {
	if !strings.Contains(line, "](") {
		return line
	}
	var b strings.Builder
	for {
		middle := strings.Index(line, "](")
		if middle < 0 {
			break
		}
		open := strings.LastIndexByte(line[:middle], '[')
		end := strings.IndexByte(line[middle:min(len(line), middle+maxInner)], ')')
		if open < 0 || end < 0 {
			b.WriteString(line[:middle+2])
			line = line[middle+2:]
			continue
		}
		text, target := line[open+1:middle], line[middle+2:middle+end]
		target, _, _ = strings.Cut(target, " ")
		if open > 0 && line[open-1] == '!' {
			b.WriteString(line[:open-1])
			if text == "" {
				text = tailOf(target)
			}
			b.WriteString("[" + text + "]")
		} else {
			b.WriteString(line[:open])
			b.WriteString(linkText(text, strings.Trim(target, "<>")))
		}
		line = line[middle+end+1:]
	}
	b.WriteString(line)
	return b.String()
}

// remarkupInline makes text of [[ address | text ]].
func remarkupInline(line string) string {
	if !strings.Contains(line, "[[") {
		return markdownInline(line)
	}
	return replaced(line, "[[", "]]", func(inner string) (string, bool) {
		target, text, ok := strings.Cut(inner, "|")
		if !ok {
			return strings.TrimSpace(inner), true
		}
		return linkText(strings.TrimSpace(text), strings.TrimSpace(target)), true
	})
}

func linkText(text, target string) string {
	if text == "" || text == target {
		return target
	}
	return text + " (" + target + ")"
}

// replaced goes through what is between two marks; what is not to be replaced stays, marks and all.
func replaced(line, open, end string, replace func(inner string) (string, bool)) string {
	var b strings.Builder
	for {
		i := strings.Index(line, open)
		if i < 0 {
			break
		}
		length := strings.Index(line[i+len(open):min(len(line), i+maxInner)], end)
		if length < 0 {
			b.WriteString(line[:i+len(open)])
			line = line[i+len(open):]
			continue
		}
		inner := line[i+len(open) : i+len(open)+length]
		text, ok := replace(inner)
		if !ok {
			b.WriteString(line[:i+len(open)])
			line = line[i+len(open):]
			continue
		}
		b.WriteString(line[:i])
		b.WriteString(text)
		line = line[i+len(open)+length+len(end):]
	}
	b.WriteString(line)
	return b.String()
}
