package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The modules are joined into few files by esbuild, in this process, when the page is first asked for: on a slow line each file costs more than what is in it. There is still nothing to
// build beforehand. Each language, and whatever else a module imports with import(), is a file of its own that is loaded when it is needed.

const (
	entry = "app.js"
	texts = "i18n/" // the folder of the languages
	// core stands for all that the entry imports. It is no file.
	core = "core:"
	// oldest is the youngest version of the language that the page may need.
	oldest = api.ES2022
)

// bundled are the joined modules.
type bundled struct {
	files   map[string][]byte // by name
	first   []string          // names of the modules that the page needs at once; the entry is the first
	catalog map[string]string // the name of each language's file
}

// join joins the page's modules.
func join(static fs.FS) (bundled, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, Outdir: "/", Bundle: true, Splitting: true, Format: api.FormatESModule, Target: oldest, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsEndOfFile,
		Sourcemap: api.SourceMapLinked, Metafile: true, LogLevel: api.LogLevelSilent,
		Plugins: []api.Plugin{{Name: "static", Setup: func(b api.PluginBuild) { (&modules{static: static}).setup(b) }}},
	})
	if err := errorOf(result.Errors); err != nil {
		return bundled{}, fmt.Errorf("join the modules: %w", err)
	}
	b := bundled{files: make(map[string][]byte)}
	for _, f := range result.OutputFiles {
		b.files[path.Base(f.Path)] = f.Contents
	}
	return b, b.read(result.Metafile)
}

func errorOf(messages []api.Message) error {
	var errs []error
	for _, m := range messages {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		errs = append(errs, errors.New(at+m.Text))
	}
	return errors.Join(errs...)
}

// modules gives esbuild the embedded files.
type modules struct {
	static fs.FS
}

// namespace is what esbuild calls the place where the files come from.
const namespace = "static"

func (m *modules) setup(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := path.Join(path.Dir(a.Importer), a.Path)
		if a.Kind == api.ResolveEntryPoint || a.Path == core {
			name = a.Path
		}
		return api.OnResolveResult{Path: name, Namespace: namespace, PluginData: a.Kind == api.ResolveJSDynamicImport}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		source, err := m.load(a.Path, a.PluginData == true)
		return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS}, err
	})
}

// imports finds what a module of ours imports at its top.
var imports = regexp.MustCompile(`(?m)^import [^'"]*['"]([^'"]+)['"]`)

// load returns a module's source. One that is loaded later is made to need all that the page has loaded before, so that esbuild keeps that together instead of in a file for each
// combination of those who share it.
func (m *modules) load(name string, later bool) (string, error) {
	read := name
	if name == core {
		read = entry
	}
	source, err := fs.ReadFile(m.static, read)
	if err != nil {
		return "", fmt.Errorf("read module: %w", err)
	}
	switch {
	case name == core:
		var all strings.Builder
		for _, match := range imports.FindAllSubmatch(source, -1) {
			fmt.Fprintf(&all, "import '%s'\n", match[1])
		}
		return all.String(), nil
	case later && imports.Match(source):
		return string(source) + "\nimport '" + core + "'\n", nil
	}
	return string(source), nil
}

// read finds out from esbuild's own account which file is what.
func (b *bundled) read(metafile string) error {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
			Imports    []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return fmt.Errorf("read the account of the joined modules: %w", err)
	}
	b.catalog = make(map[string]string)
	for output, of := range meta.Outputs {
		name := path.Base(output)
		source := strings.TrimPrefix(of.EntryPoint, namespace+":")
		if language, ok := strings.CutPrefix(source, texts); ok {
			b.catalog[strings.TrimSuffix(language, ".js")] = name
		}
		if source == entry {
			b.first = append(b.first, name)
		}
	}
	for i := 0; i < len(b.first); i++ { // grows meanwhile
		for output, of := range meta.Outputs {
			if path.Base(output) != b.first[i] {
				continue
			}
			for _, imported := range of.Imports {
				if name := path.Base(imported.Path); imported.Kind == "import-statement" && !slices.Contains(b.first, name) {
					b.first = append(b.first, name)
				}
			}
		}
	}
	if len(b.first) == 0 {
		return errors.New("the joined modules have no beginning")
	}
	return nil
}

// minified returns a style sheet, or a script that is no module, without what only people need.
func minified(name string, source []byte) ([]byte, error) {
	loader := api.LoaderJS
	if path.Ext(name) == ".css" {
		loader = api.LoaderCSS
	}
	result := api.Transform(string(source), api.TransformOptions{
		Loader: loader, Charset: api.CharsetUTF8, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, LogLevel: api.LogLevelSilent, Sourcefile: name,
	})
	if err := errorOf(result.Errors); err != nil {
		return nil, fmt.Errorf("minify: %w", err)
	}
	return result.Code, nil
}
