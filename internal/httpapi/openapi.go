package httpapi

import (
	"encoding/json"
	"net/http"
)

// openAPI serves the document, as huma has gathered it.
func (a *API) openAPI() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		if err := json.NewEncoder(w).Encode(a.huma.OpenAPI()); err != nil {
			a.Logger.Error("openapi document not written", "error", err)
		}
	})
}
