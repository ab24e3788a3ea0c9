# OneCity: the commands that people type. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run check test browser java bench screens

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install: $(STAMP) ## .venv with the locked dependencies and the development tools

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OneCity needs Python 3.11 or newer; call make with PYTHON=/path/to/it."; exit 4; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: install ## a simulated city on 127.0.0.1:8000 (ARGS="--port N --data DIR --database URL")
	$(BIN)/onecity run $(ARGS)

check: install ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/onecity pack check packs/zhengzhou
	$(BIN)/onecity pack check packs/boston-2011

# The journeys need a browser and Chinese letters; a Debian machine gets them here, another is told what is missing.
browser:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && fc-list 2>/dev/null | grep -q CJK \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing chromium and fonts-noto-cjk" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
	|| { echo "The browser tests need Chromium and a Chinese font, for example: apt-get install chromium fonts-noto-cjk"; exit 4; }

# A Spark cluster answers the same questions as DuckDB in one test; it needs Java 17 or newer, without a screen.
java:
	@command -v java >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing openjdk-17-jre-headless" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null; } \
	|| { echo "The tests of analytics need Java 17, for example: apt-get install openjdk-17-jre-headless"; exit 4; }

test: install browser java ## all tests, browser journeys included
	$(BIN)/python -m pytest

bench: install ## the figures of the city, into bench/results.json (ARGS="appends bulks sealing millions starts events city kills grid hotspots routing masks map streets burst analytics")
	$(BIN)/python -m bench $(ARGS)

screens: install browser ## the pictures of docs/screens, from a simulated city (ARGS="affair desk-case --into DIR")
	$(BIN)/python -m tools.take_screens $(ARGS)
