package httpapi

import (
	"context"

	"github.com/magnapp/magnapp/internal/view"
)

// Health is the answer of /health, /livez and /readyz.
type Health struct {
	Status    string `json:"status" enum:"healthy"`
	Timestamp string `json:"timestamp" format:"date-time"`
}

func (a *API) healthy() *answer[Health] {
	return &answer[Health]{Body: Health{Status: "healthy", Timestamp: view.Time(a.Clock.Now())}}
}

func (a *API) health(context.Context, *struct{}) (*answer[Health], error) { return a.healthy(), nil }

func (a *API) livez(context.Context, *struct{}) (*answer[Health], error) { return a.healthy(), nil }

// readyz says whether commands can be taken: the store works and the server is not stopping.
func (a *API) readyz(ctx context.Context, _ *struct{}) (*answer[Health], error) {
	if err := a.Ready(); err != nil {
		a.Logger.Warn("not ready", "request_id", callerOf(ctx).id[0], "error", err)
		return nil, notReady()
	}
	return a.healthy(), nil
}
