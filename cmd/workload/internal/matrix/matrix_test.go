package matrix

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
)

// TestMultiply compares with the product by the book.
func TestMultiply(t *testing.T) {
	for _, size := range []int{1, 2, 63, 64, 65, 127, 128, 200} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			got, err := multiply(context.Background(), size)
			if err != nil {
				t.Fatal(err)
			}
			want := byTheBook(size)
			if !near(got.Trace, want.Trace) || !near(got.Checksum, want.Checksum) {
				t.Errorf("Multiply(%d) = %+v, want %+v", size, got, want)
			}
		})
	}
}

func byTheBook(size int) Result {
	rows, columns := make([][]float64, size), make([][]float64, size)
	for i := range size {
		rows[i], columns[i] = make([]float64, size), make([]float64, size)
		line(rows[i], left, i)
		line(columns[i], right, i)
	}
	var r Result
	for i := range size {
		for j := range size {
			var c float64
			for k := range size {
				c += rows[i][k] * columns[j][k]
			}
			r.Checksum += c
			if i == j {
				r.Trace += c
			}
		}
	}
	return r
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*math.Abs(b)
}

// countdown is a context that ends when it was asked often enough.
type countdown struct {
	context.Context
	left  int
	asked int
}

func (c *countdown) Err() error {
	c.asked++
	if c.asked > c.left {
		return context.Canceled
	}
	return nil
}

func TestMultiplyStopsBetweenBlocks(t *testing.T) {
	const blocks = 9 // three by three, the last ones smaller
	for left := range blocks + 1 {
		ctx := &countdown{Context: context.Background(), left: left}
		_, err := multiply(ctx, 3*blockSize-1)
		if left < blocks && !errors.Is(err, context.Canceled) {
			t.Errorf("ended before block %d: err = %v, want the context's", left+1, err)
		}
		if want := min(left+1, blocks); ctx.asked != want {
			t.Errorf("ended before block %d: looked at the context %d times, want %d", left+1, ctx.asked, want)
		}
		if left == blocks && err != nil {
			t.Errorf("ended after the last block: err = %v", err)
		}
	}
}

func BenchmarkMultiply(b *testing.B) {
	for _, size := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := multiply(context.Background(), size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
