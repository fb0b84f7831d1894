package cluster

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func lock(t *testing.T, path string, how int) *os.File {
	t.Helper()
	file, err := tryLock(path, how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	first := lock(t, dir, unix.LOCK_EX)
	for _, how := range []int{unix.LOCK_EX, unix.LOCK_SH} {
		if _, err := tryLock(dir, how); !errors.Is(err, errLocked) {
			t.Errorf("a second lock (%d): got %v, want %v", how, err, errLocked)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	lock(t, dir, unix.LOCK_EX)
}

// Two that only look whether somebody holds the lock must not take each other for a holder.
func TestLookers(t *testing.T) {
	dir := t.TempDir()
	lock(t, dir, unix.LOCK_SH)
	lock(t, dir, unix.LOCK_SH)
}

func TestLockNothing(t *testing.T) {
	if _, err := tryLock(filepath.Join(t.TempDir(), "none"), unix.LOCK_EX); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
}

// A lock on a directory that was removed and made again protects nothing.
func TestIsAt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := lock(t, dir, unix.LOCK_EX)
	if same, err := isAt(file, dir); !same || err != nil {
		t.Errorf("got %t, %v for the same directory", same, err)
	}
	if err := os.Rename(dir, dir+"-old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if same, err := isAt(file, dir); same || err != nil {
		t.Errorf("got %t, %v for another directory", same, err)
	}
}
