# Two commands for a newcomer: `make demo` and `make test`. Everything lands in .venv and var; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# -n auto would start a worker for each core; the suite is written for two.
WORKERS ?= 2

.PHONY: demo test check benchmark docs migration clean

demo: $(VENV)/.installed
	@exec $(BIN)/workshop-manager demo

$(VENV)/.installed: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (once)…"
	@$(BIN)/pip install -q -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	@echo "Installing what the tests need (once)…"
	@$(BIN)/pip install -q -e .[test]
	@touch $@

tests/schedule/node/node_modules/.installed: tests/schedule/node/package-lock.json $(VENV)/.installed-test
	@$(BIN)/python -c "from tests.schedule.readers import install_node; install_node()"
	@mkdir -p $(@D) && touch $@

test: $(VENV)/.installed-test tests/schedule/node/node_modules/.installed
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/.installed-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.checks

docs: $(VENV)/.installed-test
	@$(BIN)/python -m tests.checks --write
	@$(BIN)/python -m tests.access.matrix

benchmark: $(VENV)/.installed-test
	@$(BIN)/pip install -q -e .[benchmark]
	@$(BIN)/python -m benchmarks

migration: $(VENV)/.installed-test
	@test -n "$(NAME)" || (echo 'make migration NAME="add a column"'; exit 2)
	@$(BIN)/python -m tests.checks --migration "$(NAME)"

clean:
	rm -rf $(VENV) var build dist *.egg-info
