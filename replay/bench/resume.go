package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// before are the cells of an earlier run that is gone on with; none where it is not asked for or nothing was written.
func (o settings) before() ([]cell, error) {
	if !o.goOn {
		return nil, nil
	}
	body, err := os.ReadFile(filepath.Join(o.out, "summary.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s summary
	err = json.Unmarshal(body, &s)
	return s.Cells, err
}

// done returns a cell that was run before, with the same load, policies and seeds.
func (o settings) done(before []cell, wanted cell) (cell, bool) {
	for _, c := range before {
		same := c.Load == wanted.Load && c.Hours == wanted.Hours && c.PodStart == wanted.PodStart && len(c.Rows) == len(names)
		if same && len(c.Rows[0].Scores) == o.seeds {
			return c, true
		}
	}
	return cell{}, false
}
