#!/usr/bin/env bash
# Writes docs/benchmarks.md: the medians of several rounds of the hot paths' benchmarks. Called by `make update-benchmarks`.
# A round runs all of them, so that a busy moment of the machine does not fall on one benchmark alone. ROUNDS sets their number.
set -euo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:-'-trimpath -buildvcs=false'}
rounds=${ROUNDS:-5}
packages=(./pkg/scrape/pods ./pkg/scrape/exposition ./pkg/scrape/dcgm ./pkg/store ./pkg/provider ./pkg/smoothing)
results=$(mktemp)
load() { uptime | sed 's/.*averages*: *//; s/,* .*//'; } # of the last minute
trap 'rm -f "$results"' EXIT

# What each benchmark does, in the order of the tables: all = work on all pods, one = on 10 pods of them, step = one step of any kind.
rows='all Collect collect: ask every pod, answered from memory
all CollectSockets collect: ask every pod over a kept connection; the server is in the figure
all Targets tick: list the pods to ask
all Record tick: record all values, workloads of 10 pods
all RecordOneWorkload tick: record all values, one workload
all GroupOneWorkload list: one workload of all pods, in the store
all List list: the API objects of the answer
one Group list: a workload of 10 pods
one Pod one pod by its name
one Describe all that is known of a workload of 10 pods
step Read/body=json pick the value out of a JSON body
step Read/body=text pick the value out of Prometheus text of 51 metrics
step Sums/body=text add up two metrics of an 18 KiB page, Prometheus text
step Sums/body=openmetrics the same page in OpenMetrics
step Sums/body=protobuf the same in protobuf
step Attribute find the GPUs of 1,000 pods in two fields of each
step Step one step of the estimator
step Rate the rate of a counter between two readings'

loads=()
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds" >&2
	go test -run '^$' -bench . -benchmem -benchtime "${BENCHTIME:-200ms}" "${packages[@]}" >>"$results"
	loads+=("$(load)")
done

tables() {
	awk -v rows="$rows" '
	function median(name, kind,    n, i, j, v, sorted) {
		n = split(samples[name, kind], sorted, " ")
		for (i = 2; i <= n; i++) {
			v = sorted[i] + 0
			for (j = i - 1; j > 0 && sorted[j] + 0 > v; j--) sorted[j + 1] = sorted[j]
			sorted[j + 1] = v
		}
		return n % 2 ? sorted[(n + 1) / 2] + 0 : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
	}
	function digits(x) { return x >= 99.95 ? sprintf("%.0f", x) : x >= 9.995 ? sprintf("%.1f", x) : sprintf("%.2f", x) }
	function time(ns) { return ns >= 1e6 ? digits(ns / 1e6) " ms" : ns >= 1e3 ? digits(ns / 1e3) " µs" : digits(ns) " ns" }
	function figures(name) { return time(median(name, "ns/op")) " | " median(name, "B/op") " | " median(name, "allocs/op") " |" }
	function sized(kind, name, words,    i, at, base) {
		base = median(name "/pods=10", "ns/op")
		for (i = 1; i <= 3; i++) {
			at = name "/pods=" sizes[i]
			if (!(at in known)) continue
			used[at]
			printf "| %s | %s | %s %s |\n", words, sizes[i], figures(at), digits(median(at, "ns/op") / base / (kind == "all" ? sizes[i] / 10 : 1))
		}
	}
	function head(kind,    columns) {
		columns = "time | bytes | allocations |"
		if (kind == "step") printf "\n## Single steps\n\n| | %s\n|---|--:|--:|--:|\n", columns
		else if (kind == "all") printf "\n## Work on all pods\n\n| | pods | %s time per pod, against 10 pods |\n|---|--:|--:|--:|--:|--:|\n", columns
		else printf "\n## Work on 10 pods out of all\n\n| | pods | %s time, against out of 10 pods |\n|---|--:|--:|--:|--:|--:|\n", columns
	}
	/^Benchmark/ {
		sub(/^Benchmark/, "", $1); sub(/-[0-9]+$/, "", $1)
		known[$1]
		for (i = 3; i < NF; i += 2) samples[$1, $(i + 1)] = samples[$1, $(i + 1)] " " $i
	}
	END {
		split("10 1000 10000", sizes, " ")
		count = split(rows, lines, "\n")
		for (l = 1; l <= count; l++) {
			split(lines[l], word, " ")
			words = substr(lines[l], length(word[1] " " word[2] " ") + 1)
			if (word[1] != kind) head(kind = word[1])
			if (kind != "step") sized(kind, word[2], words)
			else if (word[2] in known) { used[word[2]]; printf "| %s | %s\n", words, figures(word[2]) }
		}
		for (name in known) if (!(name in used)) { print "benchmarks.sh: no row for Benchmark" name > "/dev/stderr"; failed = 1 }
		exit failed
	}' "$results"
}

{
	cat <<-TEXT
		# Benchmarks of the hot paths

		Written by \`make update-benchmarks\` with $(go env GOVERSION), $(go env GOOS)/$(go env GOARCH), $(getconf _NPROCESSORS_ONLN) processors: medians of $rounds rounds.

		Times belong to the machine and to what else it did meanwhile: its load averages after the rounds were ${loads[*]},
		of which the benchmarks' own part is 1 to 2. Bytes and allocations hardly do. Nor do, on a machine with nothing else to do, the
		ratios in the last column, which compare figures of the same rounds: 1 means that a pod costs as much among many as among few, or
		that a list does not get slower with the pods that it does not ask for. Nothing here crosses a network or the API server library,
		whose authentication and encoding come on top.
	TEXT
	tables
} >"$results.md" || { rm -f "$results.md"; exit 1; }
mv "$results.md" docs/benchmarks.md
