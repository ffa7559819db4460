package config_test

import (
	"bytes"
	"flag"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jub0bs/cors"

	"github.com/magnapp/magnapp/internal/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

// cli is a program as cmd/magnapp is one: settings in the default command, and a command that has nothing to do with them.
type cli struct {
	Version kong.VersionFlag `help:"Print the version and exit."`
	Serve   struct {
		config.Settings
	} `cmd:"" default:"withargs" help:"Run the server (default)."`
	Other struct {
		Count int `default:"1" help:"How many."`
	} `cmd:"" help:"Do something else."`
}

type exit int

// run parses one command line in an environment and a folder of its own. It returns what was printed, and the exit code, -1 when parsing went on.
func run(t *testing.T, c *cli, env []string, dir string, args ...string) (printed string, code int, err error) {
	t.Helper()
	var out bytes.Buffer
	options := append(config.Options(env, dir, "v1.2.3"),
		kong.Name("magnapp"), kong.Description("Planning poker for distributed teams."),
		kong.Writers(&out, &out), kong.Exit(func(code int) { panic(exit(code)) }))
	parser, err := kong.New(c, options...)
	if err != nil {
		t.Fatalf("the command line does not build: %v", err)
	}
	defer func() {
		if stopped, ok := recover().(exit); ok {
			printed, code = out.String(), int(stopped)
		}
	}()
	_, err = parser.Parse(args)
	return out.String(), -1, err
}

// load is what a server started with these would use.
func load(t *testing.T, env []string, dotenv string, args ...string) (config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	if dotenv != "" {
		write(t, filepath.Join(dir, ".env"), dotenv)
	}
	var c cli
	if _, _, err := run(t, &c, env, dir, args...); err != nil {
		return config.Config{}, err
	}
	return c.Serve.Config()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var compare = cmpopts.EquateComparable(netip.Prefix{})

// defaults is the contract's list.
func defaults() config.Config {
	return config.Config{
		Host: "0.0.0.0", Port: 8000,
		MaxSessions: 3, MaxUsersPerSession: 16,
		SessionTimeout: 10 * time.Minute, CleanupInterval: 2 * time.Minute, GracePeriod: 5 * time.Minute, KeepEnded: 24 * time.Hour,
		CORSOrigins: []string{"http://localhost:5173"}, CORSCredentials: true,
		CORSMethods: []string{"GET", "POST", "DELETE"}, CORSHeaders: []string{"*"},
		DataDir: "data", Sync: time.Second,
		RateLimit:   config.RateLimit{Events: 120, Per: time.Minute},
		CommandRate: config.RateLimit{Events: 20, Per: time.Second}, StreamsPerAddress: 500, ConnectionsPerAddress: 1000,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	}
}

func TestDefaultsAreThoseOfTheContract(t *testing.T) {
	got, err := load(t, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults(), got, compare); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestTheHigherRankedSourceWins(t *testing.T) {
	tests := map[string]struct {
		args   []string
		env    []string
		dotenv string
		want   int
	}{
		"nothing said":           {want: 3},
		".env":                   {dotenv: "MAX_SESSIONS=4", want: 4},
		"environment over .env":  {env: []string{"MAX_SESSIONS=5"}, dotenv: "MAX_SESSIONS=4", want: 5},
		"flag over both":         {args: []string{"--max-sessions", "6"}, env: []string{"MAX_SESSIONS=5"}, dotenv: "MAX_SESSIONS=4", want: 6},
		"flag after the command": {args: []string{"serve", "--max-sessions=6"}, want: 6},
		"empty flag is absent":   {args: []string{"--max-sessions="}, env: []string{"MAX_SESSIONS=5"}, want: 5},
		"empty flag and empty environment are absent": {args: []string{"--max-sessions="}, env: []string{"MAX_SESSIONS="}, dotenv: "MAX_SESSIONS=4", want: 4},
		"empty environment is absent":                 {env: []string{"MAX_SESSIONS="}, dotenv: "MAX_SESSIONS=4", want: 4},
		"blank environment is absent":                 {env: []string{"MAX_SESSIONS=  "}, dotenv: "MAX_SESSIONS=4", want: 4},
		"empty .env is absent":                        {dotenv: "MAX_SESSIONS=", want: 3},
		"everything empty":                            {args: []string{"--max-sessions="}, env: []string{"MAX_SESSIONS="}, dotenv: "MAX_SESSIONS=", want: 3},
		"zero is a value":                             {env: []string{"MAX_SESSIONS=0"}, dotenv: "MAX_SESSIONS=4", want: 0},
		".env with comments, quotes and export":       {dotenv: "# limits\nexport MAX_SESSIONS=\"4\" # four\n", want: 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, test.env, test.dotenv, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			if got.MaxSessions != test.want {
				t.Errorf("MaxSessions = %d, want %d", got.MaxSessions, test.want)
			}
		})
	}
}

func TestOnlyTheGivenEnvironmentCounts(t *testing.T) {
	t.Setenv("MAX_SESSIONS", "99")
	got, err := load(t, nil, "PORT=1234")
	if err != nil {
		t.Fatal(err)
	}
	if got.MaxSessions != 3 {
		t.Errorf("MaxSessions = %d: read from the process's environment", got.MaxSessions)
	}
	if leaked, ok := os.LookupEnv("PORT"); ok && leaked == "1234" {
		t.Error(".env leaked into the process's environment")
	}
}

func TestValuesThatAreUnderstood(t *testing.T) {
	tests := map[string]struct {
		env  []string
		want func(*config.Config)
	}{
		"any free port":       {[]string{"PORT=0"}, func(c *config.Config) { c.Port = 0 }},
		"IPv6 host":           {[]string{"HOST=::1"}, func(c *config.Config) { c.Host = "::1" }},
		"named host":          {[]string{"HOST=poker.example.com"}, func(c *config.Config) { c.Host = "poker.example.com" }},
		"debug":               {[]string{"DEBUG=True"}, func(c *config.Config) { c.Debug = true }},
		"fraction of minutes": {[]string{"SESSION_TIMEOUT_MINUTES=0.05"}, func(c *config.Config) { c.SessionTimeout = 3 * time.Second }},
		"fraction of hours":   {[]string{"KEEP_ENDED_HOURS=.5"}, func(c *config.Config) { c.KeepEnded = 30 * time.Minute }},
		"no hours":            {[]string{"KEEP_ENDED_HOURS=0"}, func(c *config.Config) { c.KeepEnded = 0 }},
		"fraction of seconds": {[]string{"GRACE_PERIOD_SECONDS=.25", "CLEANUP_INTERVAL_SECONDS=1e1"}, func(c *config.Config) {
			c.GracePeriod, c.CleanupInterval = 250*time.Millisecond, 10*time.Second
		}},
		"no limits":              {[]string{"MAX_SESSIONS=0", "MAX_USERS_PER_SESSION=0"}, func(c *config.Config) { c.MaxSessions, c.MaxUsersPerSession = 0, 0 }},
		"memory":                 {[]string{"DATA_DIR=memory"}, func(c *config.Config) { c.DataDir = config.Memory }},
		"open":                   {[]string{"AUTH=open"}, func(c *config.Config) { c.AuthOpen = true }},
		"no rate limit":          {[]string{"RATE_LIMIT=off"}, func(c *config.Config) { c.RateLimit = config.RateLimit{} }},
		"rate a second":          {[]string{"RATE_LIMIT=5/s"}, func(c *config.Config) { c.RateLimit = config.RateLimit{Events: 5, Per: time.Second} }},
		"rate an hour":           {[]string{"RATE_LIMIT=7/h"}, func(c *config.Config) { c.RateLimit = config.RateLimit{Events: 7, Per: time.Hour} }},
		"commands":               {[]string{"COMMAND_RATE=90/m"}, func(c *config.Config) { c.CommandRate = config.RateLimit{Events: 90, Per: time.Minute} }},
		"any commands":           {[]string{"COMMAND_RATE=off"}, func(c *config.Config) { c.CommandRate = config.RateLimit{} }},
		"no limits of addresses": {[]string{"STREAMS_PER_ADDRESS=0", "CONNECTIONS_PER_ADDRESS=0"}, func(c *config.Config) { c.StreamsPerAddress, c.ConnectionsPerAddress = 0, 0 }},
		"metrics elsewhere":      {[]string{"METRICS_TOKEN=s3cret", "METRICS_LISTEN=127.0.0.1:9100"}, func(c *config.Config) { c.MetricsToken, c.MetricsListen = "s3cret", "127.0.0.1:9100" }},
		"metrics on any address": {[]string{"METRICS_LISTEN=:0"}, func(c *config.Config) { c.MetricsListen = ":0" }},
		"hosts": {[]string{"ALLOWED_HOSTS=Poker.example.com, board:8000,[2001:db8::1]:80,192.0.2.1,[::1]"}, func(c *config.Config) {
			c.AllowedHosts = []string{"poker.example.com", "board:8000", "[2001:db8::1]:80", "192.0.2.1", "[::1]"}
		}},
		"sync always":             {[]string{"SYNC=always"}, func(c *config.Config) { c.Sync = 0 }},
		"sync sometimes":          {[]string{"SYNC=1m30s"}, func(c *config.Config) { c.Sync = 90 * time.Second }},
		"TLS":                     {[]string{"TLS_CERT=a.pem", "TLS_KEY=a.key"}, func(c *config.Config) { c.TLSCert, c.TLSKey = "a.pem", "a.key" }},
		"public URL":              {[]string{"PUBLIC_URL=https://example.com/poker/"}, func(c *config.Config) { c.PublicURL = "https://example.com/poker" }},
		"proxies":                 {[]string{"TRUSTED_PROXIES=10.1.2.3/8, 192.0.2.7,2001:db8::1"}, func(c *config.Config) { c.TrustedProxies = prefixes("10.0.0.0/8", "192.0.2.7/32", "2001:db8::1/128") }},
		"several origins":         {[]string{"CORS_ORIGINS=https://a.example, http://10.0.0.5:3000,"}, func(c *config.Config) { c.CORSOrigins = []string{"https://a.example", "http://10.0.0.5:3000"} }},
		"origins as a JSON list":  {[]string{`CORS_ORIGINS=["https://a.example", "https://b.example"]`}, func(c *config.Config) { c.CORSOrigins = []string{"https://a.example", "https://b.example"} }},
		"everyone without cookie": {[]string{"CORS_ORIGINS=*", "CORS_CREDENTIALS=false"}, func(c *config.Config) { c.CORSOrigins, c.CORSCredentials = []string{"*"}, false }},
		"methods in lower case":   {[]string{"CORS_METHODS=get,patch"}, func(c *config.Config) { c.CORSMethods = []string{"GET", "PATCH"} }},
		"headers":                 {[]string{"CORS_HEADERS=Content-Type,Authorization"}, func(c *config.Config) { c.CORSHeaders = []string{"Content-Type", "Authorization"} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, test.env, "")
			if err != nil {
				t.Fatal(err)
			}
			want := defaults()
			test.want(&want)
			if diff := cmp.Diff(want, got, compare); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func prefixes(ranges ...string) (out []netip.Prefix) {
	for _, r := range ranges {
		out = append(out, netip.MustParsePrefix(r))
	}
	return out
}

func TestSwitchesNeedNoValue(t *testing.T) {
	got, err := load(t, []string{"DEBUG=false"}, "", "--debug", "--cors-credentials=false", "serve")
	if err != nil {
		t.Fatal(err)
	}
	if !got.Debug || got.CORSCredentials {
		t.Errorf("Debug = %t, CORSCredentials = %t; want true, false", got.Debug, got.CORSCredentials)
	}
}

// bad lists values that stop the start; TestBadValueNamesItsVariable sends each through every source.
var bad = map[string][]string{
	"HOST":                     {"not a host", "localhost:8000", "[::1]", "http://x"},
	"PORT":                     {"abc", "-1", "65536", "80.5", "0x50"},
	"DEBUG":                    {"perhaps", "2"},
	"MAX_SESSIONS":             {"abc", "-1", "1.5", "99999999999", "3 4"},
	"MAX_USERS_PER_SESSION":    {"many", "-16"},
	"SESSION_TIMEOUT_MINUTES":  {"0", "-1", "NaN", "Inf", "-Inf", "1e300", "1e-12", "10m", "ten"},
	"CLEANUP_INTERVAL_SECONDS": {"0", "1e17"},
	"GRACE_PERIOD_SECONDS":     {"0", "5min"},
	"KEEP_ENDED_HOURS":         {"-1", "NaN", "a day", "1e300"},
	"CORS_ORIGINS":             {"localhost", "http://localhost:5173/", "https://a.example/page", "http://a.example:80", "null", "*", "https://*.example.com", "http://localhost:*", `["https://a.example"`, ",", "https://a.example https://b.example"},
	"CORS_CREDENTIALS":         {"maybe"},
	"CORS_METHODS":             {"TRACE", "GE T"},
	"CORS_HEADERS":             {"Content Type", "Cookie"},
	"AUTH":                     {"none", "Open"},
	"RATE_LIMIT":               {"120", "0/m", "-1/m", "1.5/s", "10/d", "/m", "99999999/s", "unlimited"},
	"COMMAND_RATE":             {"20", "0/s", "fast"},
	"STREAMS_PER_ADDRESS":      {"-1", "x"},
	"CONNECTIONS_PER_ADDRESS":  {"-1", "1.5"},
	"METRICS_TOKEN":            {"hunter2 x", "hunter2\u00e9"},
	"METRICS_LISTEN":           {"9100", "127.0.0.1", "127.0.0.1:x", "a b:1", "::1:80:"},
	"ALLOWED_HOSTS":            {"https://poker.example.com", "a b", "poker.example.com:x", ",", "*", "2001:db8::1", "host/path"},
	"TRUSTED_PROXIES":          {"10.0.0.0/33", "proxy.example.com", "10.0.0"},
	"SYNC":                     {"never", "0s", "-1s", "1ns", "5", "999999h"},
	"PUBLIC_URL":               {"example.com", "ftp://example.com", "https://", "https://example.com?a=b", "https://example.com/#x", "https://me@example.com", "/poker"},
	"TLS_CERT":                 {"without-its-key.pem"},
	"TLS_KEY":                  {"without-its-certificate.key"},
	"CLUSTER_NAME":             {"blue team", "blue.team", strings.Repeat("b", 51)},
	"CLUSTER_LISTEN":           {"6222", "a b:6222"},
	"CLUSTER_PEERS":            {"10.0.0.2", ":6222,10.0.0.2:6222"},
	"CLUSTER_SECRET":           {"hunter2", "hunter2 hunter2 hunter2"},
	"CLUSTER_SECRET_FILE":      {"no-such-file"},
	"CLUSTER_INSECURE":         {"perhaps"},
	"NATS_URL":                 {"10.0.0.3:4222", "http://10.0.0.3:4222", "nats://", "nats://me:hunter2@10.0.0.3:4222/x", "nats://a,hunter2"},
	"NATS_CREDENTIALS":         {"a.creds"},
	"NATS_CA":                  {"a.pem"},
}

func TestBadValueNamesItsVariable(t *testing.T) {
	for name, values := range bad {
		for _, value := range values {
			t.Run(name+"="+value, func(t *testing.T) {
				_, fromEnv := load(t, []string{name + "=" + value}, "")
				_, fromFile := load(t, nil, name+"='"+value+"'\n")
				_, fromFlag := load(t, nil, "", "--"+strings.ReplaceAll(strings.ToLower(name), "_", "-")+"="+value)
				for source, err := range map[string]error{"environment": fromEnv, ".env": fromFile, "flag": fromFlag} {
					checkNamed(t, source, err, name)
				}
			})
		}
	}
}

func checkNamed(t *testing.T, source string, err error, name string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: accepted", source)
	case !strings.HasPrefix(err.Error(), name+": "):
		t.Errorf("%s: %q does not begin with %s", source, err, name)
	case strings.Contains(err.Error(), "hunter2"):
		t.Errorf("%s: %q has the secret in it", source, err)
	}
}

func TestMessageSaysWhatWouldDo(t *testing.T) {
	_, err := load(t, []string{"MAX_SESSIONS=abc", "SYNC=never", "NATS_URL=hunter2"}, "")
	want := `MAX_SESSIONS: "abc" is not a whole number of 0 or more (at most 2147483647)
SYNC: "never" is neither a duration of at least a millisecond, such as 500ms or 2s, nor "always"
NATS_URL: has an address that is neither nats://host:port nor tls://host:port`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestBrokenDotenvNamesFileAndLine(t *testing.T) {
	tests := map[string]struct {
		text string
		line string
	}{
		"no equals sign":                {"PORT=1\n\n# here\nCLUSTER_SECRET hunter2\nDEBUG=1\n", "line 4"},
		"a bare word at the end":        {"PORT=1\nhunter2", "line 2"},
		"a name with a dash":            {"max-sessions=3\n", "line 1"},
		"a quote without an end":        {"PORT=1\nCLUSTER_NAME='a\nb'\nCLUSTER_SECRET=\"hunter2\nDEBUG=1\n", "line 4"},
		"no name":                       {"=hunter2\n", "line 1"},
		"a dollar as if of a name":      {"PORT=1\n# $HOME\nCLUSTER_SECRET=pa$HUNTER2\nCLUSTER_NAME='a$B'\n", "line 3"},
		"a dollar in double quotes":     {"PORT=1\nCLUSTER_SECRET=\"hunter2${X}\"\n", "line 2"},
		"a name of the environment":     {"DATA_DIR=$HOME/hunter2\n", "line 1"},
		"a name that comes later":       {"DATA_DIR=$NAME/hunter2\nNAME=a\n", "line 1"},
		"a dollar before a parenthesis": {"CLUSTER_SECRET=$(HUNTER2)x\n", "line 1"},
		"a dollar before a backslash":   {"CLUSTER_SECRET=\"$\\HUNTER2x\"\n", "line 1"},
		"a dollar, later a backslash":   {"CLUSTER_SECRET=$HUNTER\\2x\n", "line 1"},
		"a default as of a shell":       {"CLUSTER_SECRET=${HUNTER2:-x}\n", "line 1"},
		"two dollars":                   {"PORT=1\r\nCLUSTER_SECRET=pa$$HUNTER2\r\n", "line 2"},
		"a value of such a value":       {"A='b'\nB=$A$HUNTER2\nCLUSTER_SECRET=${B}\n", "line 3"},
		"a line that is put right":      {"A=$B\nA=1\nCLUSTER_SECRET=$HUNTER2\n", "line 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, nil, test.text)
			if err == nil {
				t.Fatal("accepted")
			}
			if message := err.Error(); !strings.Contains(message, ".env "+test.line+" ") || strings.Contains(strings.ToLower(message), "hunter2") {
				t.Errorf("%q does not name .env and %s, or has the secret in it", message, test.line)
			}
		})
	}
}

func TestDollarsOfDotenvThatAreMeant(t *testing.T) {
	for text, want := range map[string]string{
		`METRICS_TOKEN='a$B${C}$(d'`:           "a$B${C}$(d",
		`METRICS_TOKEN=a\$B`:                   "a$B",
		`METRICS_TOKEN="a\$B\$(c"`:             "a$B$(c",
		`METRICS_TOKEN=a$b$(c)$`:               "a$b$(c)$",
		"NAME=b\nMETRICS_TOKEN=a$NAME-${NAME}": "ab-b",
		"NAME=\nMETRICS_TOKEN=a${NAME}b":       "ab",
		"N=b\nMETRICS_TOKEN=a$N\nN=c\n":        "ab",
		"METRICS_TOKEN=$X\nMETRICS_TOKEN='$Y'": "$Y",
		"METRICS_TOKEN=a$$b\r\n# $X\r\n":       "a$$b",
		"METRICS_TOKEN='a' # $X":               "a",
		"METRICS_TOKEN=a # $X":                 "a",
	} {
		got, err := load(t, nil, text)
		if err != nil || got.MetricsToken != want {
			t.Errorf("%s: %q, %v; want %q", text, got.MetricsToken, err, want)
		}
	}
}

// TestDotenvIsRefusedOnlyForWhatIsUsed holds that a file which is shared with other programs, such as those of a compose.yaml, may have lines as they read them.
func TestDotenvIsRefusedOnlyForWhatIsUsed(t *testing.T) {
	text := "DATABASE_URL=postgres://$USER:$PASSWORD@db/x\nMETRICS_TOKEN=a$B\n"
	for name, test := range map[string]struct {
		env, args []string
		want      string
	}{
		"the environment beats it": {env: []string{"METRICS_TOKEN=c"}, want: "c"},
		"a flag beats it":          {args: []string{"--metrics-token=d"}, want: "d"},
	} {
		if got, err := load(t, test.env, text, test.args...); err != nil || got.MetricsToken != test.want {
			t.Errorf("%s: %q, %v; want %q", name, got.MetricsToken, err, test.want)
		}
	}
	for name, test := range map[string]struct{ env, args []string }{
		"an empty variable beats nothing": {env: []string{"METRICS_TOKEN="}},
		"an empty flag beats nothing":     {args: []string{"--metrics-token="}},
	} {
		if _, err := load(t, test.env, text, test.args...); err == nil || !strings.Contains(err.Error(), ".env line 2 ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreadableDotenvIsReported(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(t, &cli{}, nil, dir); err == nil || !strings.Contains(err.Error(), ".env") {
		t.Errorf("error %v does not name .env", err)
	}
}

func TestOtherCommandsRefuseSettings(t *testing.T) {
	for _, args := range [][]string{{"other", "--port=1"}, {"--port=1", "other"}, {"--prot=1"}} {
		if _, _, err := run(t, &cli{}, nil, t.TempDir(), args...); err == nil {
			t.Errorf("%q was accepted, and would have changed nothing", args)
		}
	}
	if _, _, err := run(t, &cli{}, []string{"PORT=abc"}, t.TempDir(), "other"); err != nil {
		t.Errorf("a command without settings heeds them: %v", err)
	}
}

func TestHelpListsEverySetting(t *testing.T) {
	t.Setenv("COLUMNS", "110")
	got, code, _ := run(t, &cli{}, []string{"PORT=1234"}, t.TempDir(), "--help")
	if code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	golden(t, "testdata/help.txt", got)
	for name := range bad {
		if !strings.Contains(got, "["+name) {
			t.Errorf("%s is not in the help", name)
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

func TestVersionIsPrinted(t *testing.T) {
	got, code, _ := run(t, &cli{}, nil, t.TempDir(), "--version")
	if got != "v1.2.3\n" || code != 0 {
		t.Errorf("printed %q, exit code %d", got, code)
	}
	if config.Version() == "" {
		t.Error("this build has no version")
	}
}

func TestAddressIsWhereToListen(t *testing.T) {
	for want, c := range map[string]config.Config{
		"0.0.0.0:8000": {Host: "0.0.0.0", Port: 8000},
		"[::1]:0":      {Host: "::1"},
	} {
		if got := c.Address(); got != want {
			t.Errorf("Address() = %q, want %q", got, want)
		}
	}
}

func TestAcceptedOriginsAreGoodForBothGuards(t *testing.T) {
	for _, origin := range []string{"http://localhost:5173", "https://a.example", "http://10.0.0.5:3000", "http://[::1]:9090"} {
		c, err := load(t, []string{"CORS_ORIGINS=" + origin}, "")
		if err != nil {
			t.Errorf("%s: %v", origin, err)
			continue
		}
		if _, err := cors.NewMiddleware(c.CORS()); err != nil {
			t.Errorf("%s: %v", origin, err)
		}
		if err := http.NewCrossOriginProtection().AddTrustedOrigin(origin); err != nil {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

func TestAnyHeaderMeansAuthorizationToo(t *testing.T) {
	c, err := load(t, []string{"CORS_CREDENTIALS=false"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"*", "Authorization"}, c.CORS().RequestHeaders); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The files that people copy from must not promise anything else than what the program does.
func TestExampleFileHoldsTheDefaults(t *testing.T) {
	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	got, err := load(t, nil, string(example))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults(), got, compare); diff != "" {
		t.Errorf(".env.example (-want +got):\n%s", diff)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range bad {
		if !strings.Contains(string(example), "\n"+name+"=") {
			t.Errorf(".env.example does not have %s", name)
		}
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not have %s", name)
		}
	}
}
