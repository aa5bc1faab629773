# Every command does the set-up it needs first; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# Set, it makes each of the hundred processes of a run of the tests compile every library anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
# The Python of .venv, else the first that is new enough; PYTHON=... names another.
PY := $(shell for p in $(if $(PYTHON),$(PYTHON),.venv/bin/python python3 python3.12 python3.11 python3.13 python3.14 python); do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
SOLIDITY := contracts interfaces
PYTHON_FILES := salvor scripts tests benchmarks
BENCHES := compliance deploy evergreen gas lab liquidation node oracle tape vaults

.PHONY: help setup demo test check format doctor bench campaign faults shell fresh-clone clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## Install everything into this folder (every other command does it by itself)
	@test -n "$(PY)" || { echo "Python 3.11 or newer is needed and was not found on PATH" >&2; exit 3; }
	@$(PY) -B -m salvor.toolchain.setup

demo: setup ## Run a real deal on a local chain: tape, pool, notes, collections, waterfall, statement
	@$(BIN)/ape run demo

test: setup ## Run all tests
	@# Once: else each worker compiles for itself, and writes over what another reads.
	@$(BIN)/python -m salvor.chain.build
	@$(BIN)/ape test tests -n 2 --dist loadgroup

check: setup ## Lint and type-check Python and Solidity
	$(BIN)/ruff check $(PYTHON_FILES)
	$(BIN)/ruff format --check $(PYTHON_FILES)
	$(BIN)/mypy
	$(BIN)/node node_modules/.bin/solhint --disc --max-warnings 0 'contracts/**/*.sol' 'interfaces/**/*.sol'
	$(BIN)/node node_modules/.bin/prettier --check 'contracts/**/*.sol' 'interfaces/**/*.sol'

format: setup ## Format Python and Solidity
	$(BIN)/ruff check --fix $(PYTHON_FILES)
	$(BIN)/ruff format $(PYTHON_FILES)
	$(BIN)/node node_modules/.bin/prettier --write 'contracts/**/*.sol' 'interfaces/**/*.sol'

doctor: ## Show what was found and how to mend what is missing
	@test -n "$(PY)" || { echo "Python 3.11 or newer: missing; install it" >&2; exit 1; }
	@$(PY) -B -m salvor.toolchain.doctor

bench: setup ## Measure beside a peer: make bench NAME=gas
	@case " $(BENCHES) " in *" $(NAME) "*) ;; *) echo "no such benchmark; there is: $(addprefix NAME=,$(BENCHES))" >&2; exit 2;; esac
	@$(BIN)/python -m benchmarks.$(NAME)

campaign: setup ## Search a suite for a long time on all cores: make campaign SUITE=waterfall_machine MINUTES=60
	@test -n "$(SUITE)" || { echo "say which suite: SUITE=waterfall_machine [MINUTES=10] [JOBS=2] [ENGINE=revm]" >&2; exit 2; }
	@$(BIN)/python -m salvor.lab.campaign $(SUITE) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(JOBS),--jobs $(JOBS)) $(if $(ENGINE),--engine $(ENGINE))

faults: setup ## Disturb a deal's deployment at every single point and run it again (five to twelve minutes)
	@SALVOR_FAULTS=all $(BIN)/python -m pytest -p no:ape_test tests/integration/test_deploy_faults.py tests/property/test_deploy_machine.py -q

shell: setup ## Open a shell in which ape, anvil, forge and cast are on the path
	@PATH="$(CURDIR)/$(BIN):$$PATH" $${SHELL:-/bin/sh}

fresh-clone: ## Clone into a temporary folder with an empty HOME and run both commands there
	@sh tests/fresh_clone.sh

clean: ## Remove what the set-up and the runs made (accounts in .ape stay)
	rm -rf .venv node_modules .build out cache
