package doctor

import (
	"net/http"
	"strings"
)

// proxies are those whose directives are known, in the order in which they are shown.
var proxies = []string{"nginx", "HAProxy", "Caddy", "Apache", "Varnish", "Squid", "lighttpd", "Traefik", "Envoy"}

// A remedy is something to change, which each proxy calls by a name of its own.
type remedy map[string]string

// The remedies. Where a proxy is missing, it has nothing of the kind, or we do not know.
var (
	letStreamsThrough = remedy{
		"nginx":    "proxy_buffering off; and no proxy_ignore_headers X-Accel-Buffering",
		"HAProxy":  "no http-response wait-for-body; option http-no-delay",
		"Caddy":    "reverse_proxy { flush_interval -1 }",
		"Apache":   "ProxyPass / http://127.0.0.1:8000/ flushpackets=on",
		"Varnish":  "return (pass) for ^/api/ in vcl_recv; for text/event-stream no set beresp.do_gzip = true, and no set beresp.do_stream = false",
		"Squid":    "cache deny all",
		"lighttpd": "server.stream-response-body = 2",
		"Traefik":  "no buffering middleware",
		"Envoy":    "no envoy.filters.http.buffer on /api/sse/",
	}
	compressNoStreams = remedy{
		"nginx":    "location /api/sse/ { gzip off; … }",
		"HAProxy":  "compression type without text/event-stream",
		"Caddy":    "@rest not path /api/sse/*  and  encode @rest gzip",
		"Apache":   "SetEnvIf Request_URI ^/api/sse/ no-gzip",
		"Varnish":  "no set beresp.do_gzip = true for ^/api/sse/",
		"lighttpd": "deflate.mimetypes without text/event-stream",
		"Traefik":  "compress: { excludedContentTypes: [text/event-stream] }",
		"Envoy":    "compressor: content_type without text/event-stream",
	}
	keepStreamsOpen = remedy{
		"nginx":    "proxy_read_timeout 60s; send_timeout 60s;",
		"HAProxy":  "timeout client 60s  and  timeout server 60s",
		"Caddy":    "no timeouts { write … }, and no read_timeout below 60s in transport http",
		"Apache":   "ProxyTimeout 60  and  Timeout 60",
		"Varnish":  "varnishd -p send_timeout=0 (it is a total), set beresp.between_bytes_timeout = 60s; or return (pipe) for ^/api/sse/ with -p pipe_timeout=60",
		"Squid":    "read_timeout 15 minutes, client_lifetime 1 day",
		"lighttpd": "server.max-write-idle = 360, proxy.server without a \"read-timeout\" below 60",
		"Traefik":  "entryPoints.….transport.respondingTimeouts.writeTimeout: 0s",
		"Envoy":    "route: { timeout: 0s }  and  stream_idle_timeout: 60s",
	}
	sayTheHost = remedy{
		"nginx":    "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;",
		"HAProxy":  "http-request set-header X-Forwarded-Host %[req.hdr(Host)]",
		"Caddy":    "no header_up Host …",
		"Apache":   "ProxyPreserveHost On",
		"Varnish":  "sub vcl_recv { set req.http.X-Forwarded-Host = req.http.Host; }",
		"Squid":    "http_port … accel vhost, and no forceddomain= in cache_peer",
		"lighttpd": "no \"map-host-request\" in proxy.header",
		"Traefik":  "passHostHeader: true",
		"Envoy":    "no host_rewrite_literal",
	}
	sayTheScheme = remedy{
		"nginx":    "proxy_set_header X-Forwarded-Proto $scheme;",
		"HAProxy":  "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
		"Caddy":    "nothing: it says so by itself; look at TRUSTED_PROXIES",
		"Apache":   "RequestHeader set X-Forwarded-Proto \"https\"",
		"Varnish":  "sub vcl_recv { set req.http.X-Forwarded-Proto = \"https\"; } behind what ends TLS",
		"Squid":    "request_header_add X-Forwarded-Proto https all",
		"lighttpd": "proxy.forwarded = ( \"for\" => 1, \"proto\" => 1, \"host\" => 1 ) with setenv.set-request-header",
		"Traefik":  "nothing: it says so by itself; look at TRUSTED_PROXIES",
		"Envoy":    "nothing: it says so by itself; look at TRUSTED_PROXIES",
	}
	setForwarded = remedy{
		"nginx":    "proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;",
		"HAProxy":  "http-request set-header X-Forwarded-For %[src]  (-Host %[req.hdr(Host)], -Proto likewise)",
		"Caddy":    "no trusted_proxies that contains your clients",
		"Apache":   "RequestHeader unset X-Forwarded-For early (-Host too); RequestHeader set X-Forwarded-Proto \"https\"",
		"Varnish":  "sub vcl_recv { set req.http.X-Forwarded-For = client.ip; set req.http.X-Forwarded-Host = req.http.Host; set req.http.X-Forwarded-Proto = …; }",
		"Squid":    "forwarded_for truncate; request_header_access X-Forwarded-Host deny all (-Proto too), and request_header_add",
		"lighttpd": "setenv.set-request-header = ( \"X-Forwarded-Host\" => \"\", \"X-Forwarded-Proto\" => \"https\" )",
		"Traefik":  "no forwardedHeaders.insecure, no trustedIPs that contain your clients",
		"Envoy":    "use_remote_address: true, request_headers_to_remove: [x-forwarded-host]",
	}
	speakHTTP2 = remedy{
		"nginx":    "listen 443 ssl http2;  (from 1.25.1: http2 on;)",
		"HAProxy":  "bind :443 ssl crt … alpn h2,http/1.1",
		"Caddy":    "nothing: it does by itself, unless protocols leaves out h2",
		"Apache":   "Protocols h2 http/1.1  with mod_http2 and the event MPM",
		"Varnish":  "varnishd -p feature=+http2, and alpn-protos = \"h2, http/1.1\" in what ends TLS",
		"lighttpd": "server.feature-flags without \"server.h2proto\" => \"disable\"",
		"Traefik":  "nothing: it does by itself, unless the TLS options' alpnProtocols leave out h2",
		"Envoy":    "alpn_protocols: [h2, http/1.1]  and  codec_type: AUTO",
	}
	letBodiesThrough = remedy{
		"nginx":    "proxy_http_version 1.1; proxy_set_header Connection \"\"; client_max_body_size 16m;",
		"HAProxy":  "no http-request deny by req.body_size below 10 MB",
		"Caddy":    "no request_body { max_size … } below 10MB",
		"Apache":   "LimitRequestBody 0  and no enablereuse=off in ProxyPass",
		"Varnish":  "return (pass) for POST, as the built-in rules do",
		"Squid":    "request_body_max_size 0",
		"lighttpd": "server.max-request-size = 16384  (KB)",
		"Traefik":  "no buffering: { maxRequestBodyBytes } below 10 MB",
		"Envoy":    "no envoy.filters.http.buffer with max_request_bytes below 10 MB",
	}
	keepHeaders = remedy{
		"nginx":    "no proxy_hide_header, and no add_header of the same name",
		"HAProxy":  "no http-response del-header",
		"Caddy":    "no header -… and no header_down -…",
		"Apache":   "no Header unset",
		"Varnish":  "no unset beresp.http.… and no unset resp.http.…",
		"Squid":    "no reply_header_access … deny",
		"lighttpd": "no setenv.set-response-header with an empty value",
		"Traefik":  "no customResponseHeaders with an empty value",
		"Envoy":    "no response_headers_to_remove",
	}
	passRequestHeaders = remedy{
		"nginx":    "no proxy_set_header … \"\" for Cookie, Authorization, Last-Event-ID; no proxy_pass_request_headers off",
		"HAProxy":  "no http-request del-header for Cookie, Authorization, Last-Event-ID",
		"Caddy":    "no header_up -Cookie, -Authorization, -Last-Event-ID",
		"Apache":   "no RequestHeader unset for Cookie, Authorization, Last-Event-ID",
		"Varnish":  "no unset req.http.Cookie and the like for ^/api/; return (pass)",
		"Squid":    "login=PASSTHRU in cache_peer; no request_header_access … deny",
		"lighttpd": "no setenv.set-request-header with an empty value",
		"Traefik":  "no customRequestHeaders with an empty value",
		"Envoy":    "no request_headers_to_remove",
	}
	cacheNothing = remedy{
		"nginx":   "no proxy_cache and no proxy_ignore_headers Cache-Control for /api/",
		"HAProxy": "no http-request cache-use for /api/",
		"Apache":  "no CacheEnable for /api/",
		"Varnish": "sub vcl_recv { if (req.url ~ \"^/api/\") { return (pass); } }",
		"Squid":   "cache deny all",
		"Envoy":   "no envoy.filters.http.cache for /api/",
	}
	holdMoreStreams = remedy{
		"nginx":    "worker_connections 4096; (two for each stream), http2_max_concurrent_streams 128; no limit_conn below that",
		"HAProxy":  "maxconn 4000 (global, frontend and server), tune.h2.max-concurrent-streams 100",
		"Apache":   "MaxRequestWorkers 2000 with the event MPM (the default of 150 is one for each stream)",
		"Varnish":  "-p thread_pool_max=5000",
		"Squid":    "max_filedescriptors 16384",
		"lighttpd": "server.max-connections = 4096",
		"Traefik":  "no inFlightReq middleware below 16 for each client",
		"Envoy":    "circuit_breakers: { thresholds: [{ max_connections, max_requests }] }",
	}
	redirectNothing = remedy{
		"nginx":    "location / { proxy_pass http://127.0.0.1:8000; } without a path, and no rewrite … redirect for /api/",
		"HAProxy":  "no http-request redirect but that from http to https",
		"Caddy":    "no redir for /api/*",
		"Apache":   "ProxyPass / http://127.0.0.1:8000/ with both slashes; DirectorySlash Off",
		"lighttpd": "no url.redirect for /api/",
		"Traefik":  "no redirectRegex for /api/",
		"Envoy":    "no path_redirect for /api/",
	}
)

// of leaves of a remedy what concerns the proxy that was recognized; all of it if none was, or if nothing is known for that one.
func (r remedy) of(proxy string) map[string]string {
	if change := r[proxy]; change != "" {
		return map[string]string{proxy: change}
	}
	return r
}

// signs are by what the proxies can be recognized in the headers of their answers.
var signs = []struct{ header, contains, proxy string }{
	{"X-Varnish", "", "Varnish"},
	{"Via", "varnish", "Varnish"},
	{"Via", "squid", "Squid"},
	{"Via", "caddy", "Caddy"},
	{"Server", "nginx", "nginx"},
	{"Server", "openresty", "nginx"},
	{"Server", "caddy", "Caddy"},
	{"Server", "apache", "Apache"},
	{"Server", "lighttpd", "lighttpd"},
	{"Server", "envoy", "Envoy"},
	{"Server", "squid", "Squid"},
	{"X-Envoy-Upstream-Service-Time", "", "Envoy"},
}

// recognize names the proxy that shows itself in an answer's headers; empty if none does.
func recognize(h http.Header) string {
	for _, s := range signs {
		for _, value := range h.Values(s.header) {
			if strings.Contains(strings.ToLower(value), s.contains) {
				return s.proxy
			}
		}
	}
	return ""
}
