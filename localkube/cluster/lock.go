package cluster

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked by another process")

// tryLock locks an existing file or directory until the returned file, and every copy of it in a child process, is closed. It
// returns errLocked rather than wait. How is unix.LOCK_EX, or unix.LOCK_SH only to see whether somebody holds it.
func tryLock(path string, how int) (*os.File, error) {
	for {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		if err := unix.Flock(int(file.Fd()), how|unix.LOCK_NB); err != nil {
			if errors.Is(err, unix.EWOULDBLOCK) {
				err = errLocked
			}
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		same, err := isAt(file, path)
		if same {
			return file, nil
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		// It was removed and made anew meanwhile: lock the new one.
	}
}

// isAt reports whether the open file is still the one at path.
func isAt(file *os.File, path string) (bool, error) {
	open, err := file.Stat()
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	named, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	return os.SameFile(open, named), nil
}
