// Package matrix is the CPU work of the workload: the product of two square matrices.
package matrix

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// blockSize is how many rows and columns of the product are computed between two looks at the context: at a size of 1000 two
// milliseconds of CPU, at 10,000 some fifteen. gonum computes a block of this size in the calling goroutine.
const blockSize = 64

// Result describes a product. It depends on the size alone, so that an answer can be checked.
type Result struct {
	Trace    float64 // sum of the diagonal
	Checksum float64 // sum of all elements
}

// multiply computes the product of two dense size × size matrices of fixed pseudo-random numbers in [0, 1). A block of rows of the left one
// and a block of columns of the right one exist at a time, so it needs about 1024·size bytes. It returns the context's error if that
// ends first.
func multiply(ctx context.Context, size int) (Result, error) {
	block := min(blockSize, size)
	rows, columns, product := mat.NewDense(block, size, nil), mat.NewDense(block, size, nil), mat.NewDense(block, block, nil)

	var sum Result
	for top := 0; top < size; top += block {
		a := first(rows, size-top)
		fill(a, left, top)
		for start := 0; start < size; start += block {
			if err := ctx.Err(); err != nil {
				return Result{}, err
			}
			b := first(columns, size-start)
			fill(b, right, start)
			c := product.Slice(0, a.RawMatrix().Rows, 0, b.RawMatrix().Rows).(*mat.Dense)
			c.Mul(a, b.T())
			sum.Checksum += mat.Sum(c)
			if start == top {
				sum.Trace += mat.Trace(c)
			}
		}
	}
	return sum, nil
}

// first is the matrix's first n rows, or all if it has fewer.
func first(m *mat.Dense, n int) *mat.Dense {
	rows, columns := m.Dims()
	return m.Slice(0, min(n, rows), 0, columns).(*mat.Dense)
}

// side is which of the two matrices.
type side uint64

const (
	left  side = iota // its rows are lines
	right             // its columns are lines
)

// fill makes the matrix's rows the lines from first on.
func fill(m *mat.Dense, s side, first int) {
	for i := range m.RawMatrix().Rows {
		line(m.RawRowView(i), s, first+i)
	}
}

// line fills in one line's numbers, which are the same whenever they are asked for.
func line(values []float64, s side, number int) {
	random := rand.New(rand.NewPCG(uint64(s), uint64(number)))
	for i := range values {
		values[i] = random.Float64()
	}
}
