// Package api stands in for Nomad's client: the Nomad service discovery that imports it is left out of the build
// (tag remove_all_sd), but its import still has to resolve to a package for the module graph to be complete.
package api
