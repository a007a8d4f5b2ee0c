# Everything that can be done with the course. `make` alone lists it.
# Needs make, a network for the first run, and Python 3.11 or later; all else goes into .venv.
#   PYTHON=/path/to/python   the Python to build .venv with
#   ARGS="--port 9000"       options for the command behind a target

SHELL = /bin/sh
VENV = .venv
RUN = $(VENV)/bin/python
STAMP = $(VENV)/.installed
PYTEST = $(RUN) -m pytest -n 2 --dist loadfile
UV = $(RUN) -m uv --quiet

.PHONY: help lab test setup browser sandbox lint unit lessons check refresh describe bench pictures lock clean
.NOTPARALLEL:

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | while IFS='	' read -r name what; do \
	  printf '  make %-10s %s\n' "$$name" "$$what"; \
	done

lab: setup  ## open the course in JupyterLab
	@$(RUN) -m backchannel.cli lab $(ARGS)

test: setup browser sandbox lint unit lessons  ## run everything that CI runs

setup: $(STAMP)  ## create or update .venv

unit: setup  ## run the tests without the lessons
	$(PYTEST) $(ARGS) tests

# A fresh workspace and a fresh IPython folder: neither a student's work nor a person's start-up files count.
lessons: setup  ## run every lesson and compare it with its stored outputs
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	BACKCHANNEL_WORKSPACE="$$fresh/workspace" IPYTHONDIR="$$fresh/ipython" \
	  $(PYTEST) --nbval --nbval-current-env --nbval-cell-timeout=60 \
	  --nbval-sanitize-with tests/notebooks/sanitize.cfg $(ARGS) notebooks

lint: setup  ## check the form of the code and its types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

check refresh describe bench pictures: setup
	@$(RUN) -m backchannel.cli $@ $(ARGS)

check:  ## check the course data and the lessons
refresh:  ## run the lessons and store their outputs
describe:  ## write the pages on data and codebook anew
bench:  ## measure the speed
pictures:  ## make the pictures of the README

lock: setup  ## write requirements.lock anew (newer versions too: ARGS=--upgrade)
	$(UV) pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --extra dev pyproject.toml -o requirements.lock --custom-compile-command "make lock" $(ARGS) >/dev/null

clean:  ## remove what these targets made; never workspace/ or documents/
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the folder it was made in, since a .venv does not survive being moved or copied.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

# One lock serves students and authors alike: a second set of versions would be a second course to test.
$(STAMP): requirements.lock pyproject.toml
	@if [ "$$(cat $(STAMP) 2>/dev/null)" = "$(CURDIR)" ] && $(RUN) -c '' 2>/dev/null; then exit 0; fi; \
	if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; \
	else set -- python3.13 python3.12 python3.11 python3 python; fi; \
	found=; bare=; \
	for python in "$$@"; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	  if "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then found=$$python; break; fi; \
	  bare=$${bare:-$$python}; \
	done; \
	if [ -n "$$found" ]; then \
	  echo "Setting up .venv with $$found; this happens once and takes about a minute."; \
	  rm -f $(STAMP); \
	  "$$found" -m venv --clear $(VENV); \
	elif [ -n "$$bare" ]; then \
	  echo "The course needs Python's venv module, which $$bare lacks: install it (on Debian and Ubuntu the" \
	    "package python3-venv) and run make again." >&2; exit 1; \
	else \
	  echo "The course needs Python 3.11 or later, and none was found as $$*: install one, or name it with" \
	    "make PYTHON=/path/to/python." >&2; exit 1; \
	fi
	@{ { $(RUN) -m uv --version >/dev/null 2>&1 || \
	    $(RUN) -m pip install --quiet --disable-pip-version-check \
	      "$$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.lock)"; } && \
	  $(UV) pip install --python $(RUN) --compile-bytecode -r requirements.lock && \
	  $(UV) pip install --python $(RUN) --no-deps -e . ; \
	} || { echo "The packages of the course could not be installed, for the reason above; a network is" \
	  "needed for this: check it and run make again." >&2; exit 1; }
	@printf '%s\n' "$(CURDIR)" > $(STAMP)

# $(call install,PROGRAMS,PACKAGE,NAME,TESTS): install a package on Debian where none of the programs is there.
# Never a reason to fail: the tests say themselves that they were skipped.
define install
	@for name in $(1); do \
	  command -v $$name >/dev/null 2>&1 && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
	if [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1 && $$sudo true 2>/dev/null; then \
	  echo "Installing $(2) for the $(4)."; \
	  { $$sudo apt-get update -qq && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(2); \
	  } >/dev/null && exit 0; \
	fi; \
	echo "No $(2) here, so the $(4) will be skipped; to run them, install $(3)" \
	  "and call make test again."
endef

browser:
	$(call install,chromium chromium-browser google-chrome google-chrome-stable,chromium,Chromium or Chrome,browser tests)

sandbox:
	$(call install,bwrap,bubblewrap,bubblewrap,tests of the sandbox for submissions)
