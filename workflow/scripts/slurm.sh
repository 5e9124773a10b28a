#!/usr/bin/env bash
# SLURM and munge from Debian's packages, where they are not and may be installed; exit code 77 where not.
set -euo pipefail
command -v slurmctld slurmd munged >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "symlens: SLURM is not here, and only root on Debian or Ubuntu can have it installed: the cluster is NOT tested" >&2
	exit 77
fi
echo "symlens: installing slurm-wlm and munge" >&2
export DEBIAN_FRONTEND=noninteractive
{ apt-get install -y --no-install-recommends slurm-wlm munge ||
	{ apt-get update && apt-get install -y --no-install-recommends slurm-wlm munge; }; } >/dev/null || {
	echo "symlens: apt-get could not install SLURM: the cluster is NOT tested" >&2
	exit 77
}
