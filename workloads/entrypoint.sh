#!/bin/sh
# SageMaker runs the image as `docker run IMAGE serve` or `docker run IMAGE train`: one word picks the program.
# `exec`, so that SIGTERM reaches Python itself and what is being answered is finished first.
set -eu
case "${1:-serve}" in
  serve) exec python -m workloads.serving "$@" ;;
  train) shift; exec python -m workloads.readmission.train "$@" ;;
  *) echo "error: $1 is not a command; allowed: serve, train" >&2; exit 2 ;;
esac
