# `make` lists what there is to do.
.DEFAULT_GOAL := help
.PHONY: help setup build test door door-test format lint fuzz bench clean

LIBTORCH ?= $(if $(BURNISH_LIBTORCH),$(BURNISH_LIBTORCH),$(CURDIR)/.deps/libtorch)

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 14

setup: ## Install libvips, libtorch and build tools where they are missing
	@scripts/bootstrap

build: setup ## Build every product in release mode
	swift build -c release --product burnish
	swift build -c release --product parity

# Optimised, because debug builds hide early releases, in a folder of its own, so that programs need not be built anew; one
# test after another, because some count live tensors and memory.
TESTS = -c release -Xswiftc -enable-testing --scratch-path .build-test
test: setup door-test ## Run every test
	@scripts/bootstrap --browser
	swift build $(TESTS) --build-tests
	swift test $(TESTS) --skip-build --no-parallel

door: setup ## Build the door to libtorch alone: .build/door/libCTorch.so
	scripts/build-door "$(LIBTORCH)" .build/door

door-test: door ## Call an operator through the door from plain C
	scripts/test-door .build/door

bench: build ## Measure speed and memory, beside the reference libraries in Python (1 GB, once)
	Benchmarks/run --reference

format: ## Format the sources
	swift format format -i -r Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift

lint: ## Fail on a formatting fault
	swift format lint --strict -r Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift

fuzz: setup ## Fuzz the parsers for a minute each
	scripts/fuzz safetensors 60
	scripts/fuzz torch 60

clean: ## Remove build results, not .deps
	rm -rf .build .build-test
