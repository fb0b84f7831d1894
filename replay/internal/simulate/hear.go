package simulate

import (
	"sync"
	"time"

	"github.com/go-logr/logr"
)

// said is an event that the controller posted.
type said struct {
	at           time.Time
	reason, text string
}

// ear is a logger that hears the controller's events. Whoever posts events to an API server drops those that become too many; the log
// has each. It implements logr.LogSink.
type ear struct {
	*heard
}

type heard struct {
	mu     sync.Mutex // guards events
	events []said
}

func newEar() ear { return ear{&heard{}} }

// take returns what was heard since the last time.
func (h *heard) take() []said {
	h.mu.Lock()
	defer h.mu.Unlock()
	events := h.events
	h.events = nil
	return events
}

// Init implements logr.LogSink.
func (e ear) Init(logr.RuntimeInfo) {}

// Enabled implements logr.LogSink: events are logged at level 3.
func (e ear) Enabled(level int) bool { return level <= 3 }

// Info implements logr.LogSink.
func (e ear) Info(_ int, message string, keysAndValues ...any) {
	if message != "Event occurred" {
		return
	}
	event := said{at: time.Now()}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		text, _ := keysAndValues[i+1].(string)
		switch keysAndValues[i] {
		case "reason":
			event.reason = text
		case "message":
			event.text = text
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
}

// Error implements logr.LogSink. The controller's errors are events as well.
func (e ear) Error(error, string, ...any) {}

// WithValues implements logr.LogSink.
func (e ear) WithValues(...any) logr.LogSink { return e }

// WithName implements logr.LogSink.
func (e ear) WithName(string) logr.LogSink { return e }
