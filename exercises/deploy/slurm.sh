#!/usr/bin/env bash
# exercises/deploy/slurm.sh SHARDS [OPTIONS OF dlgrade grade]
# Grades in SHARDS jobs of one Slurm array, then writes gradebook and tables in a job of its own,
# which also grades what a lost job left over. No port is opened. The repository, with its .venv and
# exercises/submitted, lies on a file system that the nodes share. SBATCH_* variables of Slurm
# (SBATCH_PARTITION, SBATCH_ACCOUNT, SBATCH_TIMELIMIT) go to both.
set -euo pipefail
if ! [[ "${1:-}" =~ ^[1-9][0-9]*$ ]]; then sed -n '2,6s/^# //p' "$0" >&2; exit 2; fi
shards=$1
shift
job=$(dirname "$0")/slurm.sbatch
array=$(sbatch --parsable --array="1-$shards" "$job" --no-gradebook "$@")
sbatch --parsable --dependency="afterany:${array%%;*}" "$job" "$@"
