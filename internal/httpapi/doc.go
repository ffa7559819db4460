// Package httpapi turns HTTP requests into commands and the game's refusals into problem details. No rule of the game lives here.
//
// A request passes, from outside in: recovery from panics, its id and log line, the client's address behind trusted proxies, cross-origin rules, the trailing slash, the route
// table (404, 405), the rate of creating and joining (429), the body (413, 415), and then a typed handler, which answers 422 for what does not fit its types. What follows is
// decided by the rooms: 404, 401, 403, 409, 503.
package httpapi
