# Everything a contributor or a machine does here; CI calls these targets and nothing else.
# Each target sets up what it needs: a virtual environment in .venv, from any Python 3.11 or newer.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# An empty environment has no PATH at all.
export PATH := $(if $(PATH),$(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BOT ?=
DATA ?=
WORKERS ?= auto
PYTEST := $(BIN)/pytest

.PHONY: help demo test slow check format lint types floors golden docs picture wheel soak bench lock security clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## Soak the bundled market maker and end in a verdict. [BOT=crosser|leaker|sleeper] [DATA=DIR]
	@$(BIN)/seatrial soak run --profile demo $(if $(BOT),--set "bot.entry=$(BOT)") $(if $(DATA),--data "$(DATA)")

test: $(READY) $(VENV)/.system ## Run the tests (without the slow ones).
	$(PYTEST) -n $(WORKERS) -m "not slow and not online"

slow: $(READY) $(VENV)/.system ## Run the slow tests: the wheel, crashes, real recordings.
	$(PYTEST) -n $(WORKERS) -m "slow and not online"

check: lint types floors test ## Everything that must be green before a commit.

lint: $(READY)
	$(BIN)/ruff format --check tools tests benchmarks .ci
	$(BIN)/ruff check tools tests benchmarks .ci

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports

format: $(READY) ## Format the code and mend what ruff can mend.
	$(BIN)/ruff check --fix tools tests benchmarks .ci
	$(BIN)/ruff format tools tests benchmarks .ci

golden: $(READY) ## Rewrite the golden files; review the diff. Refused in CI.
	@if [ -n "$${CI:-}" ]; then echo "make golden: refused in CI; a golden changes in a commit that a person reads" >&2; exit 5; fi
	$(PYTEST) -n $(WORKERS) -m "not slow and not online" --snapshot-update

docs: $(READY) ## Write the generated pages of docs/ from the program.
	$(BIN)/python .ci/reference.py .

picture: $(READY) ## Take docs/img/report.png from the newest soak, with chromium.
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1200,1500 \
		--virtual-time-budget=8000 --screenshot=docs/img/report.png \
		"file://$(CURDIR)/artifacts/soak/$$(readlink artifacts/soak/latest)/report.html"

wheel: $(READY) ## Build the wheel and test it with the sources gone.
	$(BIN)/python -m build --wheel --no-isolation --outdir dist
	$(PYTEST) -n 0 -m slow tests/test_wheel.py

soak: $(READY) ## Soak 72 hours of market time.
	$(BIN)/seatrial soak run --profile soak_72h $(if $(BOT),--set "bot.entry=$(BOT)") $(if $(DATA),--data "$(DATA)")

bench: $(READY) ## Print every benchmark as a ratio.
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit $$?; done

lock: $(READY) ## Resolve the dependencies anew into requirements.lock.
	VENV=$(VENV) sh .ci/lock requirements.lock

security: $(READY) ## Known vulnerabilities of what is locked, and the workflows. Online.
	VENV=$(VENV) sh .ci/security

clean: ## Remove the virtual environment, caches and builds; records stay.
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): requirements.lock pyproject.toml .ci/venv
	@sh .ci/venv $(VENV)

# What the tests can use beyond Python: present, installed, or left out with the reason.
$(VENV)/.system: $(READY) .ci/system
	@sh .ci/system
	@touch $@
