# The targets a newcomer would guess; "make" alone lists them.

SHELL     := /bin/bash
GO        ?= go
TOOL      := $(GO) tool -modfile=tools/go.mod
# All packages but those that test the whole binary.
PACKAGES   = $(shell $(GO) list ./... | grep -v '/e2e')
TIMEOUT   ?= 40m

.DEFAULT_GOAL := help
.PHONY: help build run test check fmt fmt-check vet lint cross page unit race e2e browser bench proxies torture-cluster clients need-proxies cover golden deps clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build the program into bin/magnapp
	$(GO) build -o bin/magnapp ./cmd/magnapp

run: ## start the server; ARGS="--port 9000" for settings
	$(GO) run ./cmd/magnapp $(ARGS)

test: deps check page race e2e ## everything: format, vet, lint, the page's types and tests, unit tests with the race detector, real HTTP, real browser

check: fmt-check vet lint cross ## what can be said without running anything

fmt: ## format the code
	gofmt -w $$($(GO) list -f '{{.Dir}}' ./...)

fmt-check:
	@unformatted=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); \
	if [ -n "$$unformatted" ]; then echo "Not formatted; run make fmt:"; echo "$$unformatted"; exit 1; fi

vet: ## go vet
	$(GO) vet ./...

lint: ## staticcheck and revive, in the versions of tools/go.mod
	$(TOOL) staticcheck ./...
	$(TOOL) revive -config revive.toml ./...

cross: ## whether everything compiles for Linux (64 and 32 bits), macOS and Windows, tests included
	$(GO) -C tools run ./cross

page: ## the page's own tests and its types, where there is Node
	@tools/web/check.sh

unit: ## the tests of the packages, quickly, without the race detector
	$(GO) test -timeout $(TIMEOUT) $(PACKAGES)

race: ## the tests of the packages with the race detector
	@tools/need.sh cc
	$(GO) test -race -timeout $(TIMEOUT) $(PACKAGES)

# Those of a cluster come last and alone: each of them is three servers, and browsers beside them would make both slow.
e2e: ## the tests of the whole program: real HTTP, real browsers, crashes
	@tools/need.sh browser firefox openssl
	$(GO) test -count=1 -timeout $(TIMEOUT) $$($(GO) list ./e2e/... | grep -v /e2e/cluster)
	$(GO) test -count=1 -timeout $(TIMEOUT) ./e2e/cluster

browser: ## only the browser tests of those
	@tools/need.sh browser firefox
	$(GO) test -count=1 -timeout $(TIMEOUT) -v ./e2e/browser

bench: ## the table of docs/performance.md, about an hour; ARGS="resume --runs 1" for one row, BASELINE=FILE to compare with another build
	$(GO) run ./cmd/magnapp-bench $(or $(ARGS),table) $(if $(BASELINE),--baseline=$(BASELINE))

proxies: ## a meeting, Firefox and the doctor through each proxy that is installed, and the table of docs/deploy.md; WATCH=15m for how long streams are watched
	@tools/need.sh firefox
	$(GO) test -count=1 -timeout $(or $(PROXIES_TIMEOUT),30m) -v ./e2e/proxies -all $(if $(WATCH),-watch=$(WATCH))

# The build from which torture-cluster upgrades, and how often it kills a node.
BEFORE ?= cf8349c
KILLS  ?= 60

torture-cluster: ## three nodes that are killed 60 times (KILLS=12 for a look), cut off, upgraded from the build BEFORE=COMMIT and restarted one after another ten times, under load; about an hour
	@set -e; before=$$(mktemp -d); \
	trap 'git worktree remove --force "$$before/tree"; rm -rf "$$before"' EXIT; \
	git worktree add --detach "$$before/tree" $(BEFORE); \
	$(GO) build -C "$$before/tree" -o "$$before/magnapp" ./cmd/magnapp; \
	$(GO) test -count=1 -timeout 180m -v -parallel 1 ./e2e/cluster -kills $(KILLS) -before "$$before/magnapp"

clients: ## the libraries of docs/clients.md over restarts, fetched from their registries; needs Node and npm
	cd tools/clients && npm ci --no-audit --no-fund
	$(GO) test -count=1 -timeout $(TIMEOUT) -run Libraries -v ./e2e/clients -libraries

# Of those tests, the meetings through proxies take what is installed; with CI set, nginx, HAProxy and Caddy are.
e2e: need-proxies
need-proxies:
	@if [ -n "$${CI:-}" ]; then tools/need.sh proxies; fi

cover: ## coverage of the packages' tests, in coverage.out and coverage.html
	$(GO) test -timeout $(TIMEOUT) -coverprofile=coverage.out $(PACKAGES)
	$(GO) tool cover -html=coverage.out -o coverage.html
	$(GO) tool cover -func=coverage.out | tail -n 1

golden: ## write the golden files anew; look at the difference before committing
	$(GO) test ./internal/config ./internal/poker ./internal/tracker ./internal/view -update
	$(GO) test ./internal/httpapi -run TestTypesOfThePage -update

deps: ## install, or name, what the tests need from the system
	@tools/need.sh cc browser firefox openssl

clean: ## remove what was built
	rm -rf bin coverage.out coverage.html
