# make claims   every claim judged; the report lies in out/report.html
# make test     what .ci/run runs: lint, format, types, tests
# Both work in the private environment .venv, built once from the lock.

BIN := .venv/bin

.PHONY: claims test

claims: .venv/.ready
	mkdir -p out
	$(BIN)/cofactor claims --report out/report.html

test: .venv/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/python -m pytest -n 2

.venv/.ready: requirements.lock pyproject.toml scripts/environment
	@scripts/environment
