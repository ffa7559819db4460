//go:build linux

package proxies

import (
	"strings"
	"testing"
)

// traefikWith is Traefik as its introduction has it, with more for its entry point or a middleware.
func traefikWith(t *testing.T, p *place, entry, middleware string) *process {
	t.Helper()
	conf := p.write(t, "traefik.yml", p.fill(`global: { checkNewVersion: false }
entryPoints: { websecure: { address: "127.0.0.1:PORT"`+entry+` } }
providers: { file: { filename: DIR/dynamic.yml } }
`))
	text := `http:
  routers: { poker: { rule: "PathPrefix(` + "`/`" + `)", service: poker, tls: {}, middlewares: [more] } }
  services: { poker: { loadBalancer: { servers: [ { url: "http://127.0.0.1:UPSTREAM" } ] } } }
  middlewares: { more: MIDDLEWARE }
tls: { certificates: [ { certFile: CERT, keyFile: KEY } ] }
`
	p.write(t, "dynamic.yml", p.fill(strings.ReplaceAll(text, "MIDDLEWARE", middleware)))
	return start(t, p.dir, nil, p.program, "--configFile="+conf)
}

// nothing is a middleware that changes nothing of ours.
const nothing = `{ headers: { customRequestHeaders: { X-Proxy: traefik } } }`

func plainTraefik(t *testing.T, p *place) *process { return traefikWith(t, p, "", nothing) }

func compressingTraefik(t *testing.T, p *place) *process {
	return traefikWith(t, p, "", `{ compress: {} }`)
}

func bufferingTraefik(t *testing.T, p *place) *process {
	return traefikWith(t, p, "", `{ buffering: { maxRequestBodyBytes: 16000000 } }`)
}

func believingTraefik(t *testing.T, p *place) *process {
	return traefikWith(t, p, `, forwardedHeaders: { insecure: true }`, nothing)
}

func cuttingTraefik(t *testing.T, p *place) *process {
	return traefikWith(t, p, `, transport: { respondingTimeouts: { writeTimeout: 10s } }`, nothing)
}
