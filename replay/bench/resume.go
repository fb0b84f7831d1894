package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// earlier reads what an interrupted run that is gone on with has written; nothing where that is not asked for or nothing was written.
func (o settings) earlier(name string, into any) error {
	if !o.goOn {
		return nil
	}
	body, err := os.ReadFile(filepath.Join(o.out, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// is tells whether a cell of an earlier run is one that is wanted: the same load and pod start, with as many policies and seeds.
func (c *cell) is(wanted *cell, policies, seeds int) bool {
	return c.Load == wanted.Load && c.Hours == wanted.Hours && c.PodStart == wanted.PodStart &&
		len(c.Rows) == policies && len(c.Rows[0].Scores) == seeds
}
