# OneCity: the commands that people type. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run check test browser systemd promtool cluster-parts java wheels bundle bench screens fuzz sbom audit

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
	$(BIN)/onecity pack check packs/jiaxing

# The journeys need a browser and Chinese letters; a Debian machine gets them here, another is told what is missing.
browser:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && fc-list 2>/dev/null | grep -q CJK \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing chromium and fonts-noto-cjk" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
	|| { echo "The browser tests need Chromium and a Chinese font, for example: apt-get install chromium fonts-noto-cjk"; exit 4; }

# Units are checked by systemd's own reader; it need not run.
systemd:
	@command -v systemd-analyze >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing systemd" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq systemd >/dev/null; } \
	|| { echo "The tests of the units need systemd-analyze, for example: apt-get install systemd"; exit 4; }

# The wheels of the lock for this platform: the bundle holds them, and its test installs them without a network.
wheels: install
	@$(BIN)/python -m tools.make_bundle --wheels

bundle: install ## dist/onecity-VERSION-PLATFORM.tar: all that a machine without internet needs
	$(BIN)/python -m tools.make_bundle

# The examples of the alert rules are run by Prometheus' own tool; its service is of no use here and is not started.
promtool:
	@command -v promtool >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing prometheus, for promtool" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends prometheus >/dev/null; } \
	|| { echo "The tests of the alert rules need promtool, for example: apt-get install prometheus"; exit 4; }

# The drills lose whole machines: each is a set of namespaces with Debian's own programs in it, so they need root. Nothing
# that is installed for them is started here; whoever wants no sshd after the next start of this machine disables it.
# The outbox sends to Debian's NATS server.
PARTS := postgresql-15 etcd-server patroni python3-idna haproxy iproute2 curl openssh-server rsync nats-server
cluster-parts:
	@dpkg-query --show $(PARTS) >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing $(PARTS)" && apt-get update -qq \
	     && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends --no-upgrade $(PARTS) >/dev/null; } \
	|| { echo "The drills need root on Debian 12 with: $(PARTS)"; exit 4; }

# A Spark cluster answers the same questions as DuckDB in one test; it needs Java 17 or newer, without a screen.
java:
	@command -v java >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "installing openjdk-17-jre-headless" \
	     && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openjdk-17-jre-headless >/dev/null; } \
	|| { echo "The tests of analytics need Java 17, for example: apt-get install openjdk-17-jre-headless"; exit 4; }

test: install browser systemd promtool cluster-parts java wheels ## all tests, browser journeys included
	$(BIN)/python -m pytest

bench: install ## the figures of the city, into bench/results.json (ARGS="appends bulks sealing millions starts events city kills failover partitions grid hotspots routing search masks map streets burst analytics")
	$(BIN)/python -m bench $(ARGS)

screens: install browser ## the pictures of docs/screens, from a simulated city (ARGS="affair desk-case --into DIR")
	$(BIN)/python -m tools.take_screens $(ARGS)

fuzz: install ## every reader of bytes from outside against its fuzzer (ARGS="--seconds 600 photograph --found DIR")
	$(BIN)/python -m fuzz $(ARGS)

sbom: install ## what an installed city consists of, as CycloneDX, into dist/onecity.cdx.json (ARGS="--into FILE")
	$(BIN)/python -m tools.write_sbom $(ARGS)

# An environment of its own: what asks about packages is none of them.
audit: ## known holes in what is locked; asks the network, therefore not in CI
	@test -x $(VENV)/audit/bin/python || $(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r audit.lock
	$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock $(ARGS)
