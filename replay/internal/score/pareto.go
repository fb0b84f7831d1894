package score

// Front tells which points are on the Pareto front: no other point is at most as much in all coordinates, and less in one. Less is
// better; points that are equal are on it together.
func Front(points [][]float64) []bool {
	front := make([]bool, len(points))
	for i, p := range points {
		front[i] = true
		for _, q := range points {
			if dominates(q, p) {
				front[i] = false
				break
			}
		}
	}
	return front
}

func dominates(q, p []float64) bool {
	less := false
	for i := range p {
		if !(q[i] <= p[i]) { // NaN is not at most anything
			return false
		}
		less = less || q[i] < p[i]
	}
	return less
}
