//go:build linux

package proxies

import (
	"context"
	"crypto/x509"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/doctor"
)

// found is what the doctor finds that is no good: for each check how bad it is.
type found map[string]doctor.Level

// simple is how somebody sets up a proxy who has read nothing.
type simple struct {
	name    string
	program string // of the proxies
	plain   bool   // it ends no TLS
	begin   func(*testing.T, *place) *process
	finds   found
	says    string // somewhere among what is to be changed
}

var simpleForms = []simple{
	{"nginx with a proxy_pass", "nginx", false, simpleNginx, found{"join-url": doctor.Fail, "cookie": doctor.Warn, "http-version": doctor.Warn, "forwarded": doctor.Warn, "import": doctor.Warn}, "proxy_set_header Host $http_host;"},
	{"HAProxy with a server", "haproxy", false, simpleHAProxy, found{"join-url": doctor.Warn, "cookie": doctor.Warn, "http-version": doctor.Warn, "forwarded": doctor.Warn}, "http-request set-header X-Forwarded-Proto https"},
	{"Caddy with encode gzip", "caddy", false, simpleCaddy, found{"compression": doctor.Fail}, "encode @rest gzip"},
	{"Apache with a ProxyPass", "apache2", false, simpleApache, found{"join-url": doctor.Warn, "cookie": doctor.Warn, "http-version": doctor.Warn, "forwarded": doctor.Warn}, "RequestHeader set X-Forwarded-Proto"},
	{"Varnish with a backend", "varnishd", true, simpleVarnish, found{"http-version": doctor.Warn, "forwarded": doctor.Warn}, "set req.http.X-Forwarded-Host"},
	{"Varnish with do_gzip", "varnishd", true, gzipVarnish, found{"http-version": doctor.Warn, "forwarded": doctor.Warn, "stream": doctor.Fail}, "no set beresp.do_gzip"},
	{"Squid with a cache_peer", "squid", true, simpleSquid, found{"http-version": doctor.Warn, "forwarded": doctor.Warn, "credentials": doctor.Warn}, "login=PASSTHRU"},
	{"lighttpd with a proxy.server", "lighttpd", false, simpleLighttpd, found{"stream": doctor.Fail}, "server.stream-response-body = 2"},
	{"Traefik with nothing more", "traefik", false, plainTraefik, found{}, ""},
	{"Traefik with compress", "traefik", false, compressingTraefik, found{"compression": doctor.Warn}, "excludedContentTypes: [text/event-stream]"},
	{"Traefik with buffering", "traefik", false, bufferingTraefik, found{"stream": doctor.Fail}, "no buffering middleware"},
	{"Traefik that believes everybody", "traefik", false, believingTraefik, found{"forwarded": doctor.Warn}, "no forwardedHeaders.insecure"},
	{"Traefik that cuts after 10 s", "traefik", false, cuttingTraefik, found{"watch": doctor.Warn}, "writeTimeout: 0"},
	{"nginx that cuts after 10 s of silence", "nginx", false, cuttingNginx, found{"watch": doctor.Warn, "import": doctor.Warn}, "proxy_read_timeout 60s;"},
	{"HAProxy that cuts after 10 s of silence", "haproxy", false, cuttingHAProxy, found{"watch": doctor.Warn}, "timeout server 60s"},
}

func TestDoctorTellsSimpleFormsOfProxies(t *testing.T) {
	onlyAll(t)
	for _, s := range simpleForms {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := examined(t, installed(t, s.program), s.plain, s.begin, 40*time.Second)
			if got := bad(r); !maps.Equal(got, s.finds) {
				t.Errorf("found %v, want %v:\n%s", got, s.finds, written(r))
			}
			if !strings.Contains(written(r), s.says) {
				t.Errorf("nothing says %q:\n%s", s.says, written(r))
			}
		})
	}
}

func TestDoctorFindsNothingInGoodFormsOfProxies(t *testing.T) {
	onlyAll(t)
	for _, p := range proxies {
		if p.begin == nil {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			want := found{}
			if p.plain { // what ends TLS is not there
				want["http-version"] = doctor.Warn
			}
			r := examined(t, installed(t, p.names[0]), p.plain, p.begin, doctor.DefaultWatch)
			if got := bad(r); !maps.Equal(got, want) {
				t.Errorf("found %v, want %v:\n%s", got, want, written(r))
			}
		})
	}
}

// onlyAll leaves a test out where not every proxy is asked for: the small proxies of e2e/doctor have the same mistakes.
func onlyAll(t *testing.T) {
	t.Helper()
	if !*all {
		t.Skip("make proxies runs it")
	}
}

// installed finds a program, or leaves the test out and says so.
func installed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path = filepath.Join("/usr/sbin", name)
		if _, err = os.Stat(path); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
	return path
}

// examined starts a server and a proxy in front of it, and lets the doctor look.
func examined(t *testing.T, proxyProgram string, plain bool, begin func(*testing.T, *place) *process, watch time.Duration) doctor.Report {
	t.Helper()
	p := newPlace(t, proxyProgram)
	behind := start(t, p.dir, []string{"HOST=127.0.0.1", "PORT=" + p.upstream, "DATA_DIR=memory", "TRUSTED_PROXIES=127.0.0.1/32"}, program)
	awaitPort(t, p.upstream, behind)
	running := begin(t, p)
	awaitPort(t, p.port, running)
	newLine(t, p.port, !plain, false, elsewhere).awaits(t) // Traefik listens before it knows where to
	pem, err := os.ReadFile(p.cert)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	scheme := "https"
	if plain {
		scheme = "http"
	}
	return doctor.Run(t.Context(), doctor.Options{URL: scheme + "://" + host + ":" + p.port, Dial: fromElsewhere(p.port), Roots: roots, Watch: watch}, nil)
}

// elsewhere is an address of this machine that nobody trusts, as people have.
const elsewhere = "127.0.0.9"

// fromElsewhere connects to a port of this machine from there.
func fromElsewhere(port string) func(context.Context, string, string) (net.Conn, error) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(elsewhere)}, Timeout: patience}
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, "127.0.0.1:"+port)
	}
}

func bad(r doctor.Report) found {
	all := make(found)
	for _, f := range r.Findings {
		if (f.Level == doctor.Warn || f.Level == doctor.Fail) && all[f.Check] != doctor.Fail {
			all[f.Check] = f.Level
		}
	}
	return all
}

func written(r doctor.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		_ = f.Write(&b) // to a builder
	}
	return b.String()
}

// fill puts what belongs to a place into a configuration.
func (p *place) fill(text string) string {
	return strings.NewReplacer("DIR", p.dir, "PORT", p.port, "UPSTREAM", p.upstream, "CERT", p.cert, "KEY", p.key, "BOTH", p.both).Replace(text)
}

const nginxAround = `daemon off; master_process off; pid DIR/nginx.pid;
events {}
http {
	access_log off; client_body_temp_path DIR/c; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
	server { LISTEN ssl_certificate CERT; ssl_certificate_key KEY; location / { HEADERS proxy_pass http://127.0.0.1:UPSTREAM; } }
}`

func nginxWith(t *testing.T, p *place, listens, headers string) *process {
	t.Helper()
	conf := p.write(t, "nginx.conf", p.fill(strings.NewReplacer("LISTEN", listens, "HEADERS", headers).Replace(nginxAround)))
	return start(t, p.dir, nil, p.program, "-p", p.dir, "-c", conf, "-e", "stderr")
}

func simpleNginx(t *testing.T, p *place) *process {
	return nginxWith(t, p, "listen 127.0.0.1:PORT ssl;", "")
}

func cuttingNginx(t *testing.T, p *place) *process {
	return nginxWith(t, p, "listen 127.0.0.1:PORT ssl http2;", `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
		proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Proto $scheme; proxy_read_timeout 10s;`)
}

func haproxyWith(t *testing.T, p *place, text string) *process {
	t.Helper()
	return start(t, p.dir, nil, p.program, "-db", "-f", p.write(t, "haproxy.cfg", p.fill(text)))
}

func simpleHAProxy(t *testing.T, p *place) *process {
	return haproxyWith(t, p, `global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend f
    bind 127.0.0.1:PORT ssl crt BOTH
    default_backend b
backend b
    server s 127.0.0.1:UPSTREAM
`)
}

func cuttingHAProxy(t *testing.T, p *place) *process {
	return haproxyWith(t, p, `global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
frontend f
    bind 127.0.0.1:PORT ssl crt BOTH alpn h2,http/1.1
    http-request set-header X-Forwarded-For   %[src]
    http-request set-header X-Forwarded-Host  %[req.hdr(Host)]
    http-request set-header X-Forwarded-Proto https
    default_backend b
backend b
    server s 127.0.0.1:UPSTREAM
`)
}

func simpleCaddy(t *testing.T, p *place) *process {
	conf := p.write(t, "Caddyfile", p.fill(`{
	admin off
	auto_https off
}
https://poker.example.com:PORT {
	bind 127.0.0.1
	tls CERT KEY
	encode gzip
	reverse_proxy 127.0.0.1:UPSTREAM
}
`))
	return start(t, p.dir, []string{"XDG_DATA_HOME=" + p.dir, "XDG_CONFIG_HOME=" + p.dir}, p.program, "run", "--adapter", "caddyfile", "--config", conf)
}

func simpleApache(t *testing.T, p *place) *process {
	modules := "/usr/lib/apache2/modules"
	if _, err := os.Stat(modules); err != nil {
		modules = "/usr/lib64/httpd/modules"
	}
	text := "ServerRoot DIR\nDefaultRuntimeDir DIR\nPidFile DIR/apache.pid\nErrorLog /dev/stderr\nServerName localhost\nListen 127.0.0.1:PORT\n"
	for _, m := range []string{"mpm_event", "authz_core", "ssl", "proxy", "proxy_http"} {
		text += "LoadModule " + m + "_module " + modules + "/mod_" + m + ".so\n"
	}
	if os.Getuid() == 0 {
		text += "User nobody\nGroup nogroup\n"
	}
	text += "<VirtualHost 127.0.0.1:PORT>\nSSLEngine on\nSSLCertificateFile CERT\nSSLCertificateKeyFile KEY\nProxyPreserveHost On\nProxyPass / http://127.0.0.1:UPSTREAM/\n</VirtualHost>\n"
	return start(t, p.dir, nil, p.program, "-DFOREGROUND", "-f", p.write(t, "apache.conf", p.fill(text)))
}

func varnishWith(t *testing.T, p *place, more string) *process {
	t.Helper()
	vcl := p.write(t, "simple.vcl", p.fill("vcl 4.1;\nbackend default { .host = \"127.0.0.1\"; .port = \"UPSTREAM\"; }\n"+more))
	return start(t, p.dir, nil, p.program, "-F", "-j", "none", "-n", p.dir+"/work", "-a", "127.0.0.1:"+p.port, "-f", vcl, "-s", "malloc,32m", "-T", "none")
}

func simpleVarnish(t *testing.T, p *place) *process { return varnishWith(t, p, "") }

func gzipVarnish(t *testing.T, p *place) *process {
	return varnishWith(t, p, "sub vcl_backend_response { set beresp.do_gzip = true; }\n")
}

func simpleSquid(t *testing.T, p *place) *process {
	if err := os.Chmod(p.dir, 0o777); err != nil { // Squid gives up its rights before it opens its log
		t.Fatal(err)
	}
	conf := p.write(t, "squid.conf", p.fill(`http_port 127.0.0.1:PORT accel defaultsite=poker.example.com vhost
cache_peer 127.0.0.1 parent UPSTREAM 0 no-query originserver
acl everybody src all
http_access allow everybody
pid_filename DIR/squid.pid
cache_log DIR/squid.log
access_log none
cache_effective_user nobody
coredump_dir DIR
shutdown_lifetime 1 second
`))
	return start(t, p.dir, nil, p.program, "-N", "-n", "magnapp"+p.port, "-f", conf) // a name of its own, for the memory that all of a name share
}

func simpleLighttpd(t *testing.T, p *place) *process {
	conf := p.write(t, "lighttpd.conf", p.fill(`server.modules = ( "mod_openssl", "mod_proxy" )
server.bind = "127.0.0.1"
server.port = PORT
server.document-root = "DIR"
server.upload-dirs = ( "DIR" )
server.errorlog = "/dev/stderr"
ssl.engine = "enable"
ssl.pemfile = "CERT"
ssl.privkey = "KEY"
proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => UPSTREAM ) ) )
`))
	return start(t, p.dir, nil, p.program, "-D", "-f", conf)
}
