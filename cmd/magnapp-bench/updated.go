//go:build linux

package main

import (
	"context"
	"fmt"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
)

// updated is the event with the whole session, after many rounds.
type updated struct {
	Users  count `default:"16" help:"Participants of the session."`
	Rounds uint  `default:"100" help:"Rounds to play."`
}

func (u *updated) figures() []figureOf {
	name := fmt.Sprintf("session_updated, %d people, %d rounds", u.Users, u.Rounds)
	return []figureOf{{Name: name, Unit: "KB", Against: theBaseline, Target: 8, Itself: true}}
}

func (u *updated) measure(ctx context.Context, b *bench) error {
	return b.inRuns("session_updated", func() error {
		return b.inTurns(u.figures(), func(_ int, program string) ([]float64, error) {
			size, err := u.sizeOn(ctx, b, program)
			return []float64{float64(size) / 1024}, err
		})
	})
}

func (u *updated) sizeOn(ctx context.Context, b *bench, program string) (size int, err error) {
	p, err := b.launchNew(ctx, program)
	if err != nil {
		return 0, err
	}
	err = stopping(p, func() error {
		return calling(p, func(c *api.Client) error {
			sessions, err := c.Make(ctx, 1, int(u.Users))
			if err != nil {
				return err
			}
			if err := c.Rounds(ctx, sessions, int(u.Rounds)); err != nil {
				return err
			}
			first, err := c.First(ctx, sessions[0])
			size = first.Size
			return err
		})
	})
	return size, err
}
