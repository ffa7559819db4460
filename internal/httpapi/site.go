package httpapi

import "net/http"

// site serves the page; what it does not know is a problem like any other.
func (a *API) site() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			a.notOfSite(r).ServeHTTP(w, r)
			return
		}
		exchangeOf(w).shared = true
		guard := &siteWriter{ResponseWriter: w}
		a.Site.ServeHTTP(guard, r)
		if guard.missing {
			a.writeProblem(w, r, pathNotFound())
		}
	})
}

// notOfSite answers a method that no page takes: there is a page, which takes another, or there is none.
func (a *API) notOfSite(r *http.Request) http.Handler {
	probe := &siteWriter{ResponseWriter: silent{}}
	head := shallow(r)
	head.Method, head.Body = http.MethodHead, http.NoBody
	a.Site.ServeHTTP(probe, head)
	if probe.missing {
		return a.notFound()
	}
	return a.methodNotAllowed([]string{http.MethodGet})
}

// siteWriter keeps the site's own 404 from the client.
type siteWriter struct {
	http.ResponseWriter
	missing bool
}

// WriteHeader notes a 404 and passes everything else on.
func (w *siteWriter) WriteHeader(status int) {
	if w.missing = status == http.StatusNotFound; !w.missing {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write passes on what belongs to no 404.
func (w *siteWriter) Write(b []byte) (int, error) {
	if w.missing {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what lies beneath.
func (w *siteWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// silent is an answer that goes nowhere.
type silent struct{}

// Header returns headers that nobody sees.
func (silent) Header() http.Header { return http.Header{} }

// Write forgets.
func (silent) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader forgets.
func (silent) WriteHeader(int) {}
