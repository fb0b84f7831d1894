package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// shapes are loads of kinds that the traces have nothing of, second by second, made from a fixed seed: the same each time. They are
// levels: whoever runs them draws the users of each second about them.
func shapes() []load {
	hour := 3600
	return []load{
		{name: "steps", users: made(hour, steps)},
		{name: "flash crowd", users: made(hour, flashCrowd)},
		{name: "jobs each 10 min", users: made(hour, jobs)},
		{name: "random walk", users: made(hour, walk)},
		{name: "ramp", users: made(hour, ramp)},
		{name: "day in two hours", users: made(2*hour, day)},
	}
}

// made fills so many seconds.
func made(seconds int, shape func(random *rand.Rand, users []float64)) []float64 {
	users := make([]float64, seconds)
	shape(rand.New(rand.NewPCG(1998, uint64(seconds))), users)
	return users
}

// steps holds a level for 5 minutes, then jumps to another, up or down: between 10 and 100.
func steps(random *rand.Rand, users []float64) {
	level := distuv.Uniform{Min: 10, Max: 100, Src: random}
	for t := range users {
		if t%300 == 0 {
			users[t] = level.Rand()
		} else {
			users[t] = users[t-1]
		}
	}
}

// ramp rises from 10 to 100 in the first 40 % of the time, stays for a fifth, and goes back.
func ramp(_ *rand.Rand, users []float64) {
	for t := range users {
		part := float64(t) / float64(len(users))
		users[t] = 10 + 90*min(1, part/0.4, (1-part)/0.4)
	}
}

// day is a working day, squeezed: two humps, the second higher, a dip for lunch between them, and nights with a tenth of the load.
func day(_ *rand.Rand, users []float64) {
	hump := func(hour, at, width float64) float64 { return math.Exp(-(hour - at) * (hour - at) / 2 / width / width) }
	for t := range users {
		hour := 24 * float64(t) / float64(len(users))
		users[t] = 10 + 80*hump(hour, 10.5, 1.6) + 90*hump(hour, 15.5, 2)
	}
}

// flashCrowd is a quiet load that becomes five times as much within a minute, twice, and falls off with a half-life of 8 minutes.
func flashCrowd(_ *rand.Rand, users []float64) {
	const quiet, crowd, rise, halfLife = 20, 80, 60, 480
	for t := range users {
		users[t] = quiet
		for _, begin := range []int{600, 2100} {
			since := float64(t - begin)
			switch {
			case since >= rise:
				users[t] = max(users[t], quiet+crowd*math.Exp2(-(since-rise)/halfLife))
			case since >= 0:
				users[t] = max(users[t], quiet+crowd*since/rise)
			}
		}
	}
}

// jobs are started each 10 minutes, all at once, and are done one after the other: a sawtooth with steep rises.
func jobs(_ *rand.Rand, users []float64) {
	for t := range users {
		users[t] = max(10, 100-90*float64(t%600)/400)
	}
}

// walk is an Ornstein–Uhlenbeck process, noise that remembers: about 50, with a standard deviation of 20 and a correlation time of 3
// minutes, by its exact step (D. Gillespie, Phys. Rev. E 54, 1996), and never below 0.
func walk(random *rand.Rand, users []float64) {
	const mean, deviation, memory = 50, 20, 180
	normal := distuv.Normal{Sigma: 1, Src: random}
	keep := math.Exp(-1.0 / memory)
	x := deviation * normal.Rand()
	for t := range users {
		users[t] = max(0, mean+x)
		x = keep*x + deviation*math.Sqrt(1-keep*keep)*normal.Rand()
	}
}
