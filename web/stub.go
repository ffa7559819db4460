// Package web: stand-in until the real page lands in this folder; delete this file then.
package web

import "net/http"

// Site is the page.
type Site struct{}

// New returns the page.
func New() (*Site, error) { return &Site{}, nil }

// ServeHTTP answers 404.
func (*Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }
