# The few commands of this repository. `make help` lists them.

SHELL := /bin/sh
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
# The program that `contract` asks for the documents.
CONTRACT_FROM ?= $(CARGO) run -q -p relais-server --bin relais --

.DEFAULT_GOAL := help
.PHONY: help run test lint contract proof fuzz bench ci clean-data

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## build, start on SQLite in ./data with the demo in it, and show who is who (Ctrl-C stops)
	$(CARGO) build --profile quick -p relais-server --bin relais
	@RELAIS_BIN="$(TARGET)/quick/relais" scripts/run.sh

test: ## all tests, on SQLite and on PostgreSQL (a private one is started, unless RELAIS_TEST_POSTGRES names one)
	@CARGO="$(CARGO)" scripts/test.sh --workspace

lint: ## formatting, clippy, dependencies and licences
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@CARGO="$(CARGO)" scripts/dependencies.sh

contract: ## regenerate openapi/ and fail when it differs from what is committed
	$(CONTRACT_FROM) openapi --write openapi
	@scripts/contract.sh

proof: ## the long proof: drills, races and kills in full, then fuzzing
	RELAIS_PROOF=full CARGO="$(CARGO)" scripts/test.sh -p relais-server --test it -- drill race
	CARGO="$(CARGO)" scripts/schemathesis.sh full

fuzz: ## the short fuzzing run of continuous integration
	@CARGO="$(CARGO)" scripts/schemathesis.sh short

bench: ## measure referrals and directory against the bare database, on both databases
	bench/run.sh

# Lint shares nothing with the rest but build scripts and macros; the tests' build makes the program that `contract` runs.
# The tests come last, so that the last lines are cargo's own.
ci: lint ## what continuous integration runs: lint, contract, short fuzzing, test
	$(CARGO) test --workspace --no-run
	@$(MAKE) --no-print-directory contract CONTRACT_FROM="$(TARGET)/debug/relais"
	RELAIS_BIN="$(abspath $(TARGET))/debug/relais" $(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory test

clean-data: ## erase ./data, what `make run` keeps
	rm -rf data
