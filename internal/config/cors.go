package config

import (
	"errors"
	"net/http"
	"strings"

	"github.com/jub0bs/cors"
	"github.com/jub0bs/cors/cfgerrors"
)

// checkCORS asks the library that will enforce it, and says what it answers in the names of the settings.
func (r *reader) checkCORS(c Config) {
	if len(r.problems) > 0 {
		return // a list that could not be read is reported already
	}
	for _, origin := range c.CORSOrigins {
		if origin != "*" && strings.Contains(origin, "*") {
			r.fail("CORS_ORIGINS", "%q has a wildcard inside; name each origin, or * alone", origin)
			return
		}
	}
	_, err := cors.NewMiddleware(c.CORS())
	for err := range cfgerrors.All(err) {
		r.failCORS(err)
	}
}

func (r *reader) failCORS(err error) {
	var (
		origin     *cfgerrors.UnacceptableOriginPatternError
		everyone   *cfgerrors.IncompatibleOriginPatternError
		method     *cfgerrors.UnacceptableMethodError
		headerName *cfgerrors.UnacceptableHeaderNameError
	)
	switch {
	case err == nil:
	case errors.As(err, &origin):
		r.fail("CORS_ORIGINS", "%q is not an origin: scheme://host or scheme://host:port in lower case, no path, no slash at the end, no default port", origin.Value)
	case errors.As(err, &everyone):
		r.fail("CORS_ORIGINS", "%q cannot be combined with CORS_CREDENTIALS=true; name the origins, or set it to false", everyone.Value)
	case errors.As(err, &method):
		r.fail("CORS_METHODS", "%q is not a method that a page may use", method.Value)
	case errors.As(err, &headerName):
		r.fail("CORS_HEADERS", "%q is not a header that a page may send", headerName.Value)
	default:
		r.fail("CORS_ORIGINS", "%v", err)
	}
}

func isAuthorization(name string) bool { return http.CanonicalHeaderKey(name) == "Authorization" }
