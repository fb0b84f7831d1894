package picture

import (
	"errors"
	"fmt"
	"math"
)

// Validate says all that keeps p from being drawn, each with its place.
func (p *Picture) Validate() error {
	var errs []error
	if p.Title == "" {
		errs = append(errs, errors.New("title: is empty"))
	}
	errs = append(errs, moments("phases", p.Phases))
	if len(p.Panels) == 0 {
		errs = append(errs, errors.New("panels: there is none"))
	}
	for i := range p.Panels {
		if err := p.Panels[i].validate(); err != nil {
			errs = append(errs, fmt.Errorf("panel %q: %w", p.Panels[i].Title, err))
		}
	}
	for _, t := range p.Tables {
		for i, row := range t.Rows {
			if len(row) != len(t.Header) {
				errs = append(errs, fmt.Errorf("table %q: row %d has %d cells, the header %d", t.Title, i, len(row), len(t.Header)))
			}
		}
	}
	return errors.Join(errs...)
}

func (p *Panel) validate() error {
	errs := []error{increasing(p.Times), moments("events", p.Events), moments("notes", p.Notes)}
	for _, s := range p.Series {
		if !s.Color.known() {
			errs = append(errs, fmt.Errorf("series %q: color %q: there is no such colour", s.Name, s.Color))
		}
		errs = append(errs, p.values(fmt.Sprintf("series %q", s.Name), s.Values))
	}
	for _, r := range p.Ranges {
		errs = append(errs, p.values(fmt.Sprintf("range %q: low", r.Name), r.Low), p.values(fmt.Sprintf("range %q: high", r.Name), r.High), r.ordered())
	}
	for _, b := range p.Bands {
		if !finite(b.Low) || !finite(b.High) || b.Low >= b.High {
			errs = append(errs, fmt.Errorf("band %q: from %v to %v: allowed: two numbers, the lower one first", b.Name, b.Low, b.High))
		}
	}
	for _, l := range p.Limits {
		if !finite(l.Value) {
			errs = append(errs, fmt.Errorf("limit %q: %v: allowed: a number", l.Name, l.Value))
		}
	}
	return errors.Join(errs...)
}

func (p *Panel) values(name string, values Values) error {
	if len(values) != len(p.Times) {
		return fmt.Errorf("%s: %d values at %d times", name, len(values), len(p.Times))
	}
	for i, v := range values {
		if math.IsInf(v, 0) || p.Log && v <= 0 {
			return fmt.Errorf("%s: value %d is %v: allowed: absent, or a number (above 0 on a logarithmic axis)", name, i, v)
		}
	}
	return nil
}

func (r *Range) ordered() error {
	for i := range min(len(r.Low), len(r.High)) {
		if IsAbsent(r.Low[i]) != IsAbsent(r.High[i]) || r.Low[i] > r.High[i] {
			return fmt.Errorf("range %q: from %v to %v at value %d: allowed: two numbers, the lower one first, or both absent", r.Name, r.Low[i], r.High[i], i)
		}
	}
	return nil
}

func increasing(times []float64) error {
	for i, t := range times {
		if !finite(t) || i > 0 && t <= times[i-1] {
			return fmt.Errorf("times: %v at %d: allowed: numbers, each above the one before", t, i)
		}
	}
	return nil
}

func moments(name string, moments []Moment) error {
	for i, m := range moments {
		if !finite(m.At) || i > 0 && m.At < moments[i-1].At {
			return fmt.Errorf("%s: %q is at %v: allowed: a number, not below the one before", name, m.Name, m.At)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
