# The project's commands. Run `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# One set of flags everywhere, so that every build shares one cache. Race tests alone need cgo.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -buildvcs=false

IMAGES := adapter workload loadgen dcgm-simulator prometheus
EXAMPLES := example-go example-node
LOCALKUBE := bin/localkube
KUSTOMIZATION ?= manifests/base

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use

.PHONY: build
build: bin/adapter bin/workload bin/loadgen ## Build the adapter, the workload and the load generator into bin/

.PHONY: images
images: bin/adapter bin/workload bin/workload-cuda.root bin/loadgen bin/dcgm-simulator bin/prometheus ## Pack the programs into images, bin/images/NAME.tar
	@images/build.sh $(IMAGES) workload-cuda

.PHONY: example-images
example-images: bin/example-go bin/example-node ## Pack two of the examples into images for the end-to-end tests; needs node and npm
	@images/build.sh $(EXAMPLES)

.PHONY: demo
demo: cluster bin/demo bin/loadgen ## The main job on a real cluster: boot, deploy, load, scale out and in (about 9 minutes)
	@$(LOCALKUBE) exec -- bin/demo --loadgen bin/loadgen --out out/demo
	@echo "The cluster is still up: '$(LOCALKUBE) kubectl -n userscale describe hpa' looks at it, 'make demo-down' removes it."

.PHONY: cluster
cluster: packages $(LOCALKUBE) images ## Boot a real one-node Kubernetes on this machine and load the images
	@$(LOCALKUBE) up
	@$(LOCALKUBE) load $(IMAGES:%=bin/images/%.tar)

.PHONY: demo-down
demo-down: ## Remove the demo's cluster, and all that it left on the machine
	@$(LOCALKUBE) down

.PHONY: replay
replay: bin/replay ## Build bin/replay, which runs an autoscaling policy through a recorded load in virtual time

.PHONY: deploy
deploy: ## Deploy to an existing cluster: make deploy KUBECONFIG=… [KUSTOMIZATION=manifests/base]
	@[[ -n "$${KUBECONFIG:-}" ]] || { echo "deploy: KUBECONFIG is not set; it names the cluster to deploy to" >&2; exit 2; }
	@command -v kubectl >/dev/null || { echo "deploy: kubectl is not on the PATH" >&2; exit 2; }
	kubectl apply -k $(KUSTOMIZATION)

##@ Check

.PHONY: test
test: ## Everything that this machine can run: unit, race, integration, end to end on a real cluster
	@test/all.sh

.PHONY: gpu-check
gpu-check: ## The workload on this machine's NVIDIA GPU, as its users see it (2 minutes); without a GPU it says so
	@test/gpu-check.sh || [[ $$? == 77 ]]

.PHONY: lint
lint: bin/golangci-lint ## Check style and likely mistakes in every module
	@for module in . test test/upstream localkube replay; do echo "lint $$module"; (cd $$module && $(CURDIR)/bin/golangci-lint run --config $(CURDIR)/.golangci.yaml ./...); done
	@echo "lint the workload with CUDA"; bin/golangci-lint run --build-tags cuda ./cmd/workload/...

.PHONY: mutants
mutants: packages $(LOCALKUBE) images bin/replay ## Break the code on purpose and see the tests fail, end to end too
	@test/mutants.sh

FUZZTIME ?= 10m

.PHONY: fuzz
fuzz: ## Fuzz every parser: make fuzz [FUZZTIME=10m] [JOBS=1], FUZZTIME for each
	@test/fuzz.sh $(FUZZTIME)

SOAKTIME ?= 10m

.PHONY: soak
soak: bin/workload bin/soak ## Have 2,000 clients, good and bad, visit the workload, and look what is left of them [SOAKTIME=10m]
	@bin/soak --duration $(SOAKTIME)

SEEDS ?= 20
LONGEST ?= 24h
STARTS ?= 20s,1m,2m
TRACES ?= ../shared/traces

.PHONY: replay-bench
replay-bench: ## Compare policies on loads and write docs/policy-benchmark.md (half an hour): make replay-bench [TRACES=FOLDER] [SEEDS=20] [LONGEST=24h] [STARTS=20s,1m,2m]
	@cd replay && go build -o ../bin/replay-bench ./bench
	@bin/replay-bench --traces $(TRACES) --seeds $(SEEDS) --longest $(LONGEST) --pod-starts $(STARTS) --document docs/policy-benchmark.md --out out/replay-bench

.PHONY: replay-bench-search
replay-bench-search: SEEDS := 10
replay-bench-search: LONGEST := 1h
replay-bench-search: STARTS := 1m
replay-bench-search: ## Look for a policy that loses nowhere and write it into the same document (a quarter of an hour): the same variables
	@cd replay && go build -o ../bin/replay-bench ./bench
	@bin/replay-bench --search --traces $(TRACES) --seeds $(SEEDS) --longest $(LONGEST) --pod-starts $(STARTS) --document docs/policy-benchmark.md --out out/replay-bench

.PHONY: bench
bench: ## Benchmarks of the hot paths, with allocations
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: replay-speed
replay-speed: bin/replay bin/replay-speed ## How long a replay of a day takes, and how much memory (half a minute on a machine that is idle)
	@bin/replay-speed --out out/replay-speed

.PHONY: load-check
load-check: bin/loadgen bin/load-check ## The load generator against what it promises, wrk and hey beside it (4 minutes on a machine that is idle)
	@if [[ $$(id -u) == 0 ]] && command -v apt-get >/dev/null; then localkube/install-packages.sh wrk hey; fi
	@bin/load-check --out out/load-check

.PHONY: clean
clean: ## Remove what was built and measured here
	rm -rf bin out

##@ Files

.PHONY: update-benchmarks
update-benchmarks: ## Measure the hot paths anew and write docs/benchmarks.md (some minutes)
	@test/benchmarks.sh

.PHONY: update-configuration
update-configuration: ## Write the schema and the reference of the configuration anew, from pkg/config
	@cd test && go test ./configuration -run TestUpToDate -update

.PHONY: update-screenshots
update-screenshots: ## Take the screenshots in docs/ anew, of test/pages/testdata/demo.json and of a short load
	@test/pages.sh -update

UPLOT ?= 1.6.32

.PHONY: update-picture-assets
update-picture-assets: ## Fetch the plotting library of reports anew: make update-picture-assets [UPLOT=1.6.32]; needs npm
	@picture/uplot/update.sh $(UPLOT)

.PHONY: packages
packages:
	@localkube/install-packages.sh

# Go decides what to rebuild; these rules always ask it.
.PHONY: FORCE
FORCE:

bin/adapter bin/workload: bin/%: FORCE
	@go build -ldflags '-s -w' -o $@ ./cmd/$*

# Loads the NVIDIA driver while it runs, and so, unlike the others, is linked to the machine's libc.
bin/workload-cuda: FORCE
	@go build -tags cuda -ldflags '-s -w' -o $@ ./cmd/workload

bin/workload-cuda.root: bin/workload-cuda
	@images/workload-cuda/collect.sh $@

bin/replay: FORCE
	@cd replay && go build -ldflags '-s -w' -o ../$@ .

bin/loadgen: FORCE
	@go build -ldflags '-s -w' -o $@ ./loadgen

bin/demo bin/dcgm-simulator bin/load-check bin/replay-speed bin/soak bin/gpu-check: bin/%: FORCE
	@cd test && go build -ldflags '-s -w' -o ../$@ ./$*

bin/example-go: FORCE
	@go build -ldflags '-s -w' -o $@ ./examples/go

bin/example-node: FORCE examples/node/node_modules
	@images/example-node/collect.sh $@

examples/node/node_modules: examples/node/package-lock.json
	@cd examples/node && npm ci --silent --no-audit --no-fund
	@touch $@

# Upstream's Prometheus changes only with its version.
bin/prometheus: test/prometheus/go.mod test/prometheus/go.sum
	@echo "building Prometheus (about 2 minutes the first time)"
	@cd test/prometheus && go build -tags remove_all_sd,enable_kubernetes_sd,enable_dns_sd -ldflags '-s -w' -o ../../$@ github.com/prometheus/prometheus/cmd/prometheus
	@touch $@

bin/golangci-lint: tools/go.mod tools/go.sum
	@echo "building golangci-lint (some minutes the first time)"
	@cd tools && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

bin/gotestsum: tools/go.mod tools/go.sum
	@cd tools && go build -o ../$@ gotest.tools/gotestsum
	@touch $@

$(LOCALKUBE): FORCE
	@localkube/build.sh $@
