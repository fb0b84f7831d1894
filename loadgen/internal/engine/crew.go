package engine

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// crew is the users of a closed loop.
type crew struct {
	loop   Closed
	target Target
	stop   func()       // called when the last request that Count allows has been taken
	taken  atomic.Int64 // requests

	mu      sync.Mutex // guards everything below
	size    int        // users 0 to size − 1 are wanted
	members []*member
	running sync.WaitGroup
}

// member is one user, who may come and go.
type member struct {
	there  bool // has a goroutine; guarded by the crew
	random *rand.Rand
}

func newCrew(loop Closed, target Target, stop func()) *crew {
	return &crew{loop: loop, target: target, stop: stop}
}

// resize has those come who are missing; those who are too many leave by themselves.
func (c *crew) resize(ctx, open context.Context, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.size
	c.size = size
	for i := before; i < size; i++ {
		if i == len(c.members) {
			c.members = append(c.members, &member{random: c.loop.random(uint64(i))})
		}
		if m := c.members[i]; !m.there {
			m.there = true
			c.running.Go(func() { c.user(ctx, open, i, m.random) })
		}
	}
}

// wait returns when all have left.
func (c *crew) wait() { c.running.Wait() }

// stays says whether user i goes on; one who does not has left when this returns.
func (c *crew) stays(i int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members[i].there = i < c.size
	return c.members[i].there
}

// take says whether there may be one more request.
func (c *crew) take() bool {
	if c.loop.Count == 0 || c.taken.Add(1) <= c.loop.Count {
		return true
	}
	c.stop()
	return false
}

// user sends one request after another while open lasts and the user is wanted. The requests themselves live as long as ctx.
func (c *crew) user(ctx, open context.Context, i int, random *rand.Rand) {
	due := time.Now()
	for open.Err() == nil && c.stays(i) && c.take() {
		answered := c.target.Send(ctx, Request{Due: due, User: i, Scenario: c.loop.Mix.pick(random)})
		pause := c.loop.Think.draw(random)
		if !answered {
			pause = max(pause, unansweredPause)
		}
		due = time.Now().Add(pause)
		if !sleep(open, pause) {
			return
		}
	}
}
