#!/bin/sh
# SPDX-License-Identifier: MIT
# A search as a SLURM job array: every task is a worker on one journal, on a file system that all nodes mount.
#   sbatch --array=0-15 docs/slurm-array.sh --journal /shared/study.log --study nino12 --trials 200 --budget-kwh 0.5
# A task that is cancelled or runs out of time puts its trial back into the queue. Task 0 writes the results into
# --out, every task its own row of emissions.csv there. Tasks on nodes that die are ended by
#   tune --journal /shared/study.log --study nino12 --bury-older-than 3600
#SBATCH --job-name=greenmile-search
#SBATCH --ntasks=1
#SBATCH --signal=TERM@60
exec srun --ntasks=1 "${TUNE:-build/bin/tune}" --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"
