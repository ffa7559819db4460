//go:build linux

package main

import (
	"context"
	"errors"
	"time"
)

// table is every figure that has a target.
type table struct {
	Small bool `help:"Small numbers, to see that it works; the figures mean nothing."`
}

func (t *table) figures() []figureOf {
	var all []figureOf
	for _, s := range t.scenarios() {
		all = append(all, s.figures()...)
	}
	return all
}

// measure measures every scenario. One that fails is a line of the table, and an error in the end.
func (t *table) measure(ctx context.Context, b *bench) (failed error) {
	for _, s := range t.scenarios() {
		err := s.measure(ctx, b)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			say("%v", err)
			b.table.Fail(err, s.figures()...)
			failed = errors.New("not everything could be measured")
		}
	}
	return failed
}

// scenarios are those of the table, with their usual numbers.
func (t *table) scenarios() []scenario {
	playing := play{InFlight: 64, Duration: 5 * time.Second, Warmup: time.Second}
	sizes := many{Sessions: 3000, Users: 16, Rounds: 3}
	manyTeams, votes, rounds := count(1000), count(20_000), uint(100)
	quiet, long, rest := 35*time.Second, 170*time.Second, 38*time.Second
	if t.Small {
		playing.Duration, playing.Warmup = 250*time.Millisecond, 10*time.Millisecond
		sizes.Sessions, manyTeams, votes, rounds = 5, 5, 100, 3
		quiet, long, rest = 100*time.Millisecond, 500*time.Millisecond, 100*time.Millisecond
	}
	teams, backlogs, team, reader := playing, playing, playing, playing
	teams.Sessions, teams.Users, teams.wanted = manyTeams, 16, []playFigure{cpuPerDelivery.withTargets(1.40, 1.03)}
	backlogs.Sessions, backlogs.Users, backlogs.Stories, backlogs.wanted = min(manyTeams, 100), 16, 200, []playFigure{cpuPerDelivery.withTargets(0, 1.05)}
	team.Sessions, team.Users, team.Rate, team.wanted = 1, 16, 100, []playFigure{deliveryP50.withTargets(1.75, 0)}
	reader.Sessions, reader.Users, reader.wanted = 100, 1, []playFigure{cpuPerCommand.withTargets(3.4, 0)}
	trio := &cluster{many: sizes, Played: 100, InFlight: playing.InFlight, Turn: 200, Turns: 10, Duration: playing.Duration, Warmup: playing.Warmup, Quiet: quiet, Rest: rest, Leader: true}
	if t.Small {
		trio.Turn, trio.Turns, trio.Leader = 5, 1, false // nobody can be ready before there is a new leader, which takes seconds
	}
	return []scenario{
		&teams, &backlogs, &team, &reader,
		&start{many: sizes, Quiet: min(quiet, 5*time.Second), Upgrade: true},
		&resume{Users: 16, Votes: votes, Quiet: quiet},
		&updated{Users: 16, Rounds: rounds},
		&sessions{many: sizes, Quiet: long},
		&idle{Quiet: quiet, Duration: rest},
		trio,
		&streams{Sessions: min(manyTeams, 625), Users: 16, InFlight: 64, Quiet: long, Duration: min(2*quiet, 2*answerEvery)},
	}
}
