package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// session is what the README plays with curl: exactly its lines, but for the address.
func session(t *testing.T, url string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)\n## Try it with curl\n[^#]*?```sh\n(.*?)```\n").FindSubmatch(text)
	if block == nil {
		t.Fatal("README.md has no code under “Try it with curl”")
	}
	code := strings.TrimSpace(string(block[1]))
	if !strings.Contains(code, "http://localhost:8000") {
		t.Fatal("the code does not say where the server is")
	}
	return strings.Split(strings.ReplaceAll(code, "http://localhost:8000", url), "\n")
}

const takenHome = `## Sprint 12

2 of 2 stories estimated, 4 points.

| Key | Story | Estimate | Average | Votes | Rounds |
| --- | --- | ---: | ---: | ---: | ---: |
|  | The login page | 2 | 1.5 | 2 | 1 |
|  | Pay by invoice | 2 | 1.5 | 2 | 1 |
`

// A whole session is ten lines of the README, in every shell that is there.
func TestReadmePlaysASessionInTenLines(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "zsh"} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("there is no %s", shell)
			}
			p := serve(t, "DATA_DIR=memory")
			lines := session(t, p.url)
			if len(lines) != 10 {
				t.Errorf("the session takes %d lines", len(lines))
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, path)
			cmd.Dir = t.TempDir()
			cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			answers, summary, _ := strings.Cut(string(out), "## ")
			if "## "+summary != takenHome {
				t.Errorf("the summary is\n%s", summary)
			}
			if n := strings.Count(answers, `"success":true`); n != 8 {
				t.Errorf("%d of 8 calls succeeded:\n%s", n, answers)
			}
			if n := strings.Count(answers, `"distribution":{"1":1,"2":1}`); n != 2 {
				t.Errorf("%d of 2 rounds were revealed:\n%s", n, answers)
			}
		})
	}
}
