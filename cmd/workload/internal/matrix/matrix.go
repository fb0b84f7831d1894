// Package matrix is the CPU work of the workload: the product of two square matrices.
package matrix

import (
	"context"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// blockRows is how many rows of the product are computed between two looks at the context: at a size of 1000 some tens of
// milliseconds of CPU. It is also gonum's own block size.
const blockRows = 64

// Result describes a product. It depends on the size alone, so that an answer can be checked.
type Result struct {
	Trace    float64 // sum of the diagonal
	Checksum float64 // sum of all elements
}

// Multiply computes the product of two dense size × size matrices of fixed pseudo-random numbers in [0, 1). The left matrix
// and the product exist one block of rows at a time, so a call needs little more than 8·size² bytes. It returns the context's
// error if that ends first.
func Multiply(ctx context.Context, size int) (Result, error) {
	left, right := source(size, 1), source(size, 2)
	b := mat.NewDense(size, size, random(right, size*size))
	rows := min(blockRows, size)
	a, c := mat.NewDense(rows, size, nil), mat.NewDense(rows, size, nil)

	var sum Result
	for first := 0; first < size; first += rows {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		n := min(rows, size-first)
		block := a.Slice(0, n, 0, size).(*mat.Dense)
		fill(left, block)
		product := c.Slice(0, n, 0, size).(*mat.Dense)
		product.Mul(block, b)
		sum.Checksum += mat.Sum(product)
		for i := range n {
			sum.Trace += product.At(i, first+i)
		}
	}
	return sum, nil
}

func source(size int, side uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(size), side))
}

func random(r *rand.Rand, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = r.Float64()
	}
	return values
}

func fill(r *rand.Rand, m *mat.Dense) {
	rows, _ := m.Dims()
	for i := range rows {
		row := m.RawRowView(i)
		for j := range row {
			row[j] = r.Float64()
		}
	}
}
