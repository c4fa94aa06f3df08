# The two commands: `make run` and `make test`. Each sets up what it needs.

SHELL := /bin/bash
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready
export RASA_TELEMETRY_ENABLED := false
# Compiled modules halve the start of the program.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONWARNINGS := ignore::DeprecationWarning,ignore:::sqlalchemy

.PHONY: run test check proof conform conform-slack conform-x lock clean

run: $(READY)  ## Everything on this machine, with its page. ARGS="--once" replays samples.
	@$(VENV)/bin/firstline run $(ARGS)

# More tests at once than cores: many wait for a disk or a clock. TESTERS=0 runs them one by one.
TESTERS ?= 3
PYTEST := $(PYTHON) -m pytest tests -n $(TESTERS) --dist worksteal --durations=15

test: $(READY) check  ## All tests.
	@$(PYTEST) $(ARGS)

check: $(READY)  ## Fast checks: style, types, imports, policy, texts and training data.
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy --strict --explicit-package-bases bot actions tests/slack_double
	@$(VENV)/bin/yamllint --strict .
	@$(PYTHON) -m pytest -q tests/unit/test_architecture.py
	@$(VENV)/bin/firstline check
	@scripts/validate

proof: $(READY)  ## The long proofs, and the bench; well over an hour. See CONTRIBUTING.md.
	@$(PYTEST) --proof $(ARGS)
	@$(VENV)/bin/firstline bench --against-stock --million

RECORDS := $(CURDIR)/var
conform: $(READY)  ## Hold what we ask against published descriptions: SLACK_SPEC=file X_SPEC=file.
	@test -n "$(SLACK_SPEC)$(X_SPEC)" || { echo "give SLACK_SPEC=slack_web_openapi_v2.json or X_SPEC=x-openapi.json"; exit 2; }
	@if test -n "$(SLACK_SPEC)"; then $(MAKE) --no-print-directory conform-slack; fi
	@if test -n "$(X_SPEC)"; then $(MAKE) --no-print-directory conform-x; fi

conform-slack:
	@rm -f $(RECORDS)/slack-record.jsonl
	@SLACK_DOUBLE_RECORD=$(RECORDS)/slack-record.jsonl $(PYTHON) -m pytest -q tests/integration -k slack
	@$(PYTHON) -m tests.slack_double.conform $(SLACK_SPEC) $(RECORDS)/slack-record.jsonl --page docs/slack-conformance.md

conform-x:
	@rm -f $(RECORDS)/x-record.jsonl
	@LOCAL_X_RECORD=$(RECORDS)/x-record.jsonl $(PYTHON) -m pytest -q tests/local_x $(filter-out %_days.py,$(wildcard tests/*/test_x*.py))
	@LOCAL_X_RECORD=$(RECORDS)/x-record.jsonl $(PYTHON) -m pytest -q tests/contract -k XHarness
	@$(PYTHON) -m tests.local_x.conform $(X_SPEC) $(RECORDS)/x-record.jsonl --page docs/x-conformance.md

lock:  ## Pin the dependencies anew after a change of pyproject.toml.
	@scripts/lock

$(READY): requirements.lock pyproject.toml .python-version scripts/setup
	@scripts/setup

clean:  ## Remove what set-up and runs have made. Asks nothing: var/ holds your data.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .rasa
