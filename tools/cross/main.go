// Cross checks that the module compiles for every system that it is for, tests included. It reads and type-checks the source of each target as the compiler does, dependencies included,
// but makes no code: what takes a compiler many minutes when nothing is cached takes some seconds a target.
//
//	go -C tools run ./cross [GOOS/GOARCH ...]
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

// targets are the systems that the program is for.
var targets = []string{"linux/amd64", "linux/arm64", "linux/arm", "linux/386", "darwin/arm64", "darwin/amd64", "windows/amd64"}

func main() {
	if len(os.Args) > 1 {
		targets = os.Args[1:]
	}
	failed := false
	for _, target := range targets {
		problems, err := check(target, "..")
		for _, p := range problems {
			fmt.Fprintf(os.Stderr, "%s: %s\n", target, p)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", target, err)
		}
		failed = failed || err != nil || len(problems) > 0
	}
	if failed {
		os.Exit(1)
	}
	fmt.Println("compiles for", strings.Join(targets, ", "))
}

// check type-checks the module in a folder for a target, and returns what is wrong with it.
func check(target, dir string) (problems []string, err error) {
	system, processor, ok := strings.Cut(target, "/")
	if !ok {
		return nil, fmt.Errorf("not GOOS/GOARCH")
	}
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo,
		Dir: dir, Tests: true,
		Env: append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0"),
	}, "./...")
	if err != nil {
		return nil, err
	}
	if len(loaded) == 0 {
		return nil, fmt.Errorf("no packages in %s", dir)
	}
	seen := make(map[string]bool) // a file belongs to its package and to that of its tests
	packages.Visit(loaded, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			if s := e.Error(); !seen[s] {
				seen[s] = true
				problems = append(problems, s)
			}
		}
	})
	return problems, nil
}
