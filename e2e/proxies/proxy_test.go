//go:build linux

package proxies

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/testcert"
)

// proxy is a program that may stand between people and the server.
type proxy struct {
	name  string // as the table has it
	names []string
	inCI  bool
	plain bool // it ends no TLS
	// begin starts it with its configuration in deploy/proxies, but for ports, files, and what a server of its own would bring.
	begin func(*testing.T, *place) *process
}

// place is where a proxy runs.
type place struct {
	program, dir   string
	port, upstream string
	cert, key      string // PEM files; both has both
	both           string
}

var proxies = []proxy{
	{name: "none", inCI: true, plain: true},
	{name: "nginx", names: []string{"nginx"}, inCI: true, begin: beginNginx},
	{name: "HAProxy", names: []string{"haproxy"}, inCI: true, begin: beginHAProxy},
	{name: "Caddy", names: []string{"caddy"}, inCI: true, begin: beginCaddy},
	{name: "Apache", names: []string{"apache2", "httpd"}, begin: beginApache},
	{name: "Varnish", names: []string{"varnishd"}, plain: true, begin: beginVarnish},
	{name: "lighttpd", names: []string{"lighttpd"}, begin: beginLighttpd},
	{name: "Traefik", names: []string{"traefik"}, begin: beginTraefik},
	{name: "Envoy", names: []string{"envoy"}, begin: beginEnvoy},
}

// find looks for the proxy's program, also where a person's PATH does not lead.
func (p proxy) find() (string, bool) {
	for _, name := range p.names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
		path := filepath.Join("/usr/sbin", name)
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	return "", len(p.names) == 0
}

func newPlace(t *testing.T, program string) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "magnapp-proxy-") // a test's own folder has a name too long for Varnish
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &place{program: program, dir: dir, port: freePort(t), upstream: freePort(t), cert: dir + "/cert.pem", key: dir + "/key.pem", both: dir + "/both.pem"}
	cert, key, err := testcert.New(host, time.Now().Add(-time.Hour), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // proxies give up their rights
		t.Fatal(err)
	}
	p.write(t, "cert.pem", string(cert))
	p.write(t, "key.pem", string(key))
	p.write(t, "both.pem", string(cert)+string(key))
	return p
}

func (p *place) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// config writes the configuration that deploy/proxies has and that says where the server is, with other words for some.
func (p *place) config(t *testing.T, name, before string, words ...string) string {
	t.Helper()
	return p.part(t, name, before, append(words, "8000", p.upstream)...)
}

// part writes a file of such a configuration.
func (p *place) part(t *testing.T, name, before string, words ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../deploy/proxies", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(text, words[i]) {
			t.Fatalf("%s has no %q", name, words[i])
		}
	}
	return p.write(t, name, before+strings.NewReplacer(words...).Replace(text)) // all at once: a port may look like another one's word
}

func beginNginx(t *testing.T, p *place) *process {
	var temporary strings.Builder
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary.WriteString(what + "_temp_path " + p.dir + "/" + what + "; ")
	}
	conf := p.config(t, "nginx.conf", "", "http {", "http { access_log off; "+temporary.String(), "listen 443", "listen 127.0.0.1:"+p.port, "listen 80", "listen 127.0.0.1:"+freePort(t),
		"/etc/ssl/poker.example.com.pem", p.cert, "/etc/ssl/poker.example.com.key", p.key)
	return start(t, p.dir, nil, p.program, "-p", p.dir, "-c", conf, "-e", p.dir+"/error.log", "-g", "daemon off; pid "+p.dir+"/nginx.pid;")
}

func beginHAProxy(t *testing.T, p *place) *process {
	conf := p.config(t, "haproxy.cfg", "", "bind :443", "bind 127.0.0.1:"+p.port, "bind :80", "bind 127.0.0.1:"+freePort(t), "/etc/ssl/poker.example.com.both.pem", p.both, "maxconn 10000", "maxconn 100")
	return start(t, p.dir, nil, p.program, "-db", "-f", conf)
}

func beginCaddy(t *testing.T, p *place) *process {
	conf := p.config(t, "Caddyfile", "{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n", "poker.example.com {", "https://poker.example.com:"+p.port+" {\n\ttls "+p.cert+" "+p.key)
	return start(t, p.dir, []string{"XDG_DATA_HOME=" + p.dir, "XDG_CONFIG_HOME=" + p.dir}, p.program, "run", "--adapter", "caddyfile", "--config", conf)
}

func beginApache(t *testing.T, p *place) *process {
	modules := "/usr/lib/apache2/modules"
	if _, err := os.Stat(modules); err != nil {
		modules = "/usr/lib64/httpd/modules"
	}
	var before strings.Builder
	before.WriteString("ServerRoot " + p.dir + "\nDefaultRuntimeDir " + p.dir + "\nPidFile " + p.dir + "/apache.pid\nErrorLog /dev/stderr\nServerName localhost\nListen 127.0.0.1:" + p.port + "\n")
	for _, m := range []string{"mpm_event", "authz_core", "headers", "setenvif", "alias", "ssl", "http2", "proxy", "proxy_http"} {
		before.WriteString("LoadModule " + m + "_module " + modules + "/mod_" + m + ".so\n")
	}
	if os.Getuid() == 0 {
		before.WriteString("User nobody\nGroup nogroup\n")
	}
	conf := p.config(t, "apache.conf", before.String(), "*:443", "127.0.0.1:"+p.port, "*:80", "127.0.0.1:1", "/etc/ssl/poker.example.com.pem", p.cert, "/etc/ssl/poker.example.com.key", p.key)
	return start(t, p.dir, nil, p.program, "-DFOREGROUND", "-f", conf)
}

func beginVarnish(t *testing.T, p *place) *process {
	vcl := p.config(t, "varnish.vcl", "")
	return start(t, p.dir, nil, p.program, "-F", "-j", "none", "-n", p.dir+"/work", "-a", "127.0.0.1:"+p.port, "-f", vcl, "-s", "malloc,32m", "-T", "none")
}

func beginLighttpd(t *testing.T, p *place) *process {
	conf := p.config(t, "lighttpd.conf", "server.bind = \"127.0.0.1\"\nserver.upload-dirs = ( \""+p.dir+"\" )\nserver.errorlog = \"/dev/stderr\"\n", "/var/empty", p.dir, ":443", "127.0.0.1:"+p.port,
		"server.port            = 80", "server.port = "+freePort(t), "/etc/ssl/poker.example.com.pem", p.cert, "/etc/ssl/poker.example.com.key", p.key)
	return start(t, p.dir, nil, p.program, "-D", "-f", conf)
}

func beginTraefik(t *testing.T, p *place) *process {
	p.config(t, "traefik-magnapp.yml", "", "/etc/ssl/poker.example.com.pem", p.cert, "/etc/ssl/poker.example.com.key", p.key)
	conf := p.part(t, "traefik.yml", "global: { checkNewVersion: false }\n", ":80", "127.0.0.1:"+freePort(t), ":443", "127.0.0.1:"+p.port, "/etc/traefik/magnapp.yml", p.dir+"/traefik-magnapp.yml")
	return start(t, p.dir, nil, p.program, "--configFile="+conf)
}

func beginEnvoy(t *testing.T, p *place) *process {
	conf := p.config(t, "envoy.yaml", "", "address: 0.0.0.0, port_value: 443", "address: 127.0.0.1, port_value: "+p.port, "address: 0.0.0.0, port_value: 80", "address: 127.0.0.1, port_value: "+freePort(t),
		"/etc/ssl/poker.example.com.pem", p.cert, "/etc/ssl/poker.example.com.key", p.key)
	return start(t, p.dir, nil, p.program, "-c", conf, "--concurrency", "2", "--disable-hot-restart")
}
