package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// setting is the text of one setting, before it is checked.
type setting string

// toggle is a setting whose flag may stand alone: --debug says the same as --debug=true.
type toggle string

// Options make a kong command line with [Settings] in it read the environment env (as of [os.Environ]) and the .env file of the folder dir
// besides its arguments, list names and defaults in its help, and answer --version, if it has a [kong.VersionFlag], with version. A .env
// that cannot be read is reported when the command line is parsed, naming the file and the line.
//
// Settings belong into the default command (`default:"withargs"`), so that other commands refuse flags they would not heed; the help of the
// program lists them nevertheless.
func Options(env []string, dir, version string) []kong.Option {
	s := readSources(env, dir)
	return []kong.Option{
		kong.Vars{"version": version},
		kong.TypeMapper(settingType, textMapper{s}),
		kong.TypeMapper(toggleType, toggleMapper{textMapper{s}}),
		kong.Resolvers(s),
		kong.ValueFormatter(describe),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}),
		kong.Help(printHelp),
	}
}

var (
	settingType = reflect.TypeFor[setting]()
	toggleType  = reflect.TypeFor[toggle]()
)

// environmentName is the one rule between the two spellings of a setting.
func environmentName(flag string) string {
	return strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func isSetting(v *kong.Value) bool {
	return v.Target.Type() == settingType || v.Target.Type() == toggleType
}

// Validate reports a .env that could not be read; kong calls it once it knows what is to be run.
func (s *sources) Validate(*kong.Application) error { return s.err }

// Resolve finds the value of a setting that the command line does not mention.
func (s *sources) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !isSetting(flag.Value) {
		return nil, nil
	}
	if value, ok := s.get(environmentName(flag.Name)); ok {
		return value, nil
	}
	return nil, nil
}

// textMapper takes any text: whether it can be used is for [Settings.Config] to say, in the same words wherever it came from.
type textMapper struct{ sources *sources }

// Decode reads the flag's value. A flag that is given but empty is absent, so that what is next in rank holds.
func (m textMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("value", &text); err != nil {
		return err
	}
	if text = strings.TrimSpace(text); text == "" {
		text, _ = m.sources.get(environmentName(ctx.Value.Name))
	}
	if text == "" {
		text = ctx.Value.Default
	}
	target.SetString(text)
	return nil
}

type toggleMapper struct{ textMapper }

// IsBool tells kong that the flag needs no value.
func (toggleMapper) IsBool() bool { return true }

func (m toggleMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		return m.textMapper.Decode(ctx, target)
	}
	target.SetString("true")
	return nil
}

// describe adds to a setting's help what it is called in the environment and what holds without it.
func describe(v *kong.Value) string {
	if !isSetting(v) {
		return kong.DefaultHelpValueFormatter(v)
	}
	text := fmt.Sprintf("%s [%s", v.Help, environmentName(v.Name))
	if v.HasDefault {
		text += ", default " + v.Default
	}
	return text + "]"
}

// printHelp shows the default command's flags with the program's own: who asks the program for help wants to see the settings.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if app := ctx.Model; ctx.Selected() == nil && app.DefaultCmd != nil {
		app.Flags = append(app.Flags, app.DefaultCmd.Flags...)
	}
	return kong.DefaultHelpPrinter(options, ctx)
}
