#!/usr/bin/env bash
# An archive on a cluster with Slurm: a job for each part of its files, then one that combines the parts.
#
#   pipelines/slurm/archive.sh MODEL STUDY OUT FILE...
#
# MODEL: model.h5 of an earlier run; STUDY: study file of the whole archive; OUT: folder for parts and result.
# GATELESS_PART_FILES: files of a part (20); GATELESS_SBATCH: further options of sbatch ("--partition=long --mem=16G").
# A job that failed may be sent again: parts that are finished are left as they are.
set -euo pipefail
model=$(realpath "${1:?archive.sh MODEL STUDY OUT FILE...}") study=$(realpath "${2:?}") out=${3:?}
shift 3
[ $# -gt 0 ] || { echo "archive.sh: no files" >&2; exit 2; }
size=${GATELESS_PART_FILES:-20}
mkdir -p "$out/lists"
out=$(realpath "$out")
realpath "$@" >"$out/lists/files"
rm -f "$out"/lists/part*
split --lines="$size" --numeric-suffixes=1 --suffix-length=4 "$out/lists/files" "$out/lists/part"
last=$(find "$out/lists" -name 'part*' | wc -l)
read -ra options <<<"${GATELESS_SBATCH:-}"

map='part=part$(printf %04d "$SLURM_ARRAY_TASK_ID")
mapfile -t files <"$OUT/lists/$part"
[ -e "$OUT/$part/run.json" ] || gateless map "$MODEL" "${files[@]}" --out "$OUT/$part" --events none --threads "${SLURM_CPUS_PER_TASK:-1}"'
combine='gateless combine "$OUT"/part* --study "$STUDY" --out "$OUT/result" --events none --threads "${SLURM_CPUS_PER_TASK:-1}"'

export MODEL=$model STUDY=$study OUT=$out
array=$(sbatch --parsable --job-name=gateless-map --array=1-"$last" --output="$out/lists/map-%a.log" "${options[@]}" --wrap "bash -euo pipefail -c '$map'")
sbatch --job-name=gateless-combine --dependency=afterok:"${array%%;*}" --output="$out/lists/combine.log" "${options[@]}" --wrap "bash -euo pipefail -c '$combine'"
