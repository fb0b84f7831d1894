package score

import "userscale.dev/userscale/replay/internal/timeline"

// Elasticity returns the SPEC RG Cloud Group's measures of elasticity, all in percent: how far the supply of ready pods was below and
// above the demand, relative to the demand and averaged over time (θU, θO), and for which part of the time it was (τU, τO).
//
//	θU = 100/T · Σ max(0, d(t) − R(t)) / d(t)      τU = 100/T · #{t: R(t) < d(t)}
//	θO = 100/T · Σ max(0, R(t) − d(t)) / d(t)      τO = 100/T · #{t: R(t) > d(t)}
//
// θU is at most 100; θO has no upper bound. They are the measures of N. Herbst et al., “Ready for Rain? A View from SPEC Research on the
// Future of Cloud Metrics”, SPEC-RG-2016-01. What θ is divided by differs from paper to paper: here both are by the demand of the time, as
// in equations 12 and 13 of M. Imdoukh, I. Ahmad and M. G. Alfailakawi, “Machine learning-based auto-scaling for containerized
// applications”, Neural Computing and Applications 32, 2020. Elsewhere they are in units of resources (BUNGEE, Herbst's benchmark), by all
// resources that there are, or θO by the supply.
func Elasticity(run *timeline.Timeline) (under, over, underTime, overTime float64) {
	for _, p := range run.Points {
		d := demand(run, p.Users)
		switch gap := float64(p.Ready) - d; {
		case gap < 0:
			under -= gap / d
			underTime++
		case gap > 0:
			over += gap / d
			overTime++
		}
	}
	seconds := float64(len(run.Points))
	return percent(under, seconds), percent(over, seconds), percent(underTime, seconds), percent(overTime, seconds)
}
