# `make demo` and `make test` do all their own set-up; nothing but Python >= 3.11 and make is needed.
PYTHON ?= $(firstword $(foreach v,python3 python3.13 python3.12 python3.11,$(shell command -v $(v) >/dev/null 2>&1 && $(v) -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' >/dev/null 2>&1 && echo $(v))))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PYTHONPATH := $(CURDIR)
export DO_NOT_TRACK := 1
# many tests start programs of ours: compiling everything anew for each of them would take longer than they do
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## set up .venv from the lock file

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed (apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## run a whole annual round on a real workbook, into var/demo
	@$(BIN)/craftsman demo

test: $(STAMP) ## run all tests (SQLite, PostgreSQL, Chromium where found)
	@$(BIN)/python -m pytest -n 4 --dist worksteal

faults: $(STAMP) ## the long fault tests: kills, power cuts, repeats, hostile requests, restore (10-20 minutes)
	@$(BIN)/python -W ignore -m tests.faults.run

check: $(STAMP) ## lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

bench: $(STAMP) ## measure a demo round, through Prefect too, and one of 1,000 nominees
	@$(BIN)/python benchmarks/round.py --prefect

bench-intake: $(STAMP) ## measure imports of 1,000 to 100,000 rows
	@$(BIN)/python benchmarks/intake.py

bench-review: $(STAMP) ## measure assignments, score sheets, ranking and robustness
	@$(BIN)/python benchmarks/review.py

bench-likes: $(STAMP) ## measure 100,000 likes taken in and counted
	@$(BIN)/python benchmarks/likes.py

bench-documents: $(STAMP) ## measure a notice of ten pages and 1,000 certificates
	@$(BIN)/python benchmarks/documents.py

bench-letters: $(STAMP) ## measure the outbox and delivery of 1,000 letters
	@$(BIN)/python benchmarks/letters.py

bench-history: $(STAMP) ## measure a history of a million events, its proofs and its evidence bundle
	@$(BIN)/python -m benchmarks.audit_million

messages: $(STAMP) ## renew the English catalogue of the pages (templates/locale/en.po)
	@$(BIN)/python -m craftsman.portal.messages

bench-portal: $(STAMP) ## measure pages of the portal, and 200 reviewers who save at once
	@$(BIN)/python -W ignore benchmarks/portal.py

golden: $(STAMP) ## keep a small round as this version writes it (once per release)
	@$(BIN)/python -m tests.golden.make
bench-audit: $(STAMP) ## measure what an event costs its act, and the portal under 500 reviewers
	@$(BIN)/python benchmarks/audit.py

serve: $(STAMP) ## start portal, Prefect server and worker
	@$(BIN)/craftsman serve

lock: ## renew requirements.lock (needs uv)
	uv pip compile --generate-hashes --universal --python-version 3.11 --group dev --no-header --quiet pyproject.toml -o requirements.lock

clean: ## remove what demo and tests left (the data of `make serve` stays)
	rm -rf var/demo .pytest_cache .ruff_cache .hypothesis

.PHONY: help install demo test faults check bench bench-intake bench-review bench-likes bench-documents bench-letters bench-audit bench-history bench-portal golden messages serve lock clean
