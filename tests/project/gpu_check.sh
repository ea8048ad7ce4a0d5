#!/usr/bin/env bash
# scripts/gpu_check with programs in the place of those that need a GPU: what it runs, what it takes for a failure, what
# it writes. And without a GPU: one clear line and status 4.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/built"
fail() { echo "gpu_check test: $1" >&2; [ ! -f "$work/err" ] || cat "$work/err" >&2; exit 1; }
# program PATH BODY
program() { printf '#!/bin/bash\n%s\n' "$2" >"$1"; chmod +x "$1"; }
check() { status=0; PATH="$work/bin:$PATH" "$root/scripts/gpu_check" --out "$work/table.md" "$work/built" 2>"$work/err" || status=$?; }

program "$work/bin/nvidia-smi" 'exit 9'
check
[ $status -eq 4 ] || fail "status $status without a GPU"
grep -q 'no GPU' "$work/err" || fail "no GPU is not said"

program "$work/bin/nvidia-smi" 'echo "Some GPU, 1.2, 3 MiB, 4 MHz"'
check
[ $status -eq 2 ] || fail "status $status without programs"

program "$work/bin/compute-sanitizer" '[ -n "${NO_TEST:-}" ] || echo "[       OK ] Build/Backends.X/Cuda (1 ms)"
echo "========= ERROR SUMMARY: 0 errors"; [ "$2" = "${BAD_TOOL:-}" ] && exit 9; exit 0'
program "$work/bin/python3" 'exit 1'
program "$work/built/test_compute" '[ "$GATELESS_REQUIRE_GPU" = 1 ] || exit 1
echo "[       OK ] Build/Backends.X/${RAN:-Cuda} (1 ms)"; echo "[  SKIPPED ] Build/Backends.X/${SKIPPED:-CudaTwo} (0 ms)"'
program "$work/built/bench_device" 'if [ "${1:-}" = --gpus ]; then echo "${GPU:-A GPU, 3 GiB}"; exit "${GPU_STATUS:-0}"; fi
echo "| 100 M x 20 | 1.0 |"; exit "${BENCH_STATUS:-0}"'
GPU="no driver" GPU_STATUS=4 check
[ $status -eq 4 ] || fail "status $status where the GPU does not answer"
grep -q 'no GPU: no driver' "$work/err" || fail "why the GPU does not answer is not said"
check
[ $status -eq 0 ] || fail "status $status where all is well"
for part in 'Some GPU' 'A GPU, 3 GiB' '| backend tests | passed |' 'memcheck | passed' 'racecheck | passed' '100 M x 20' 'not measured'; do
  grep -qF "$part" "$work/table.md" || fail "the table lacks: $part"
done
for skipped in Cuda CudaChain; do
  SKIPPED=$skipped check
  [ $status -eq 1 ] || fail "a skipped GPU test passes"
  grep -qF '| backend tests | FAILED |' "$work/table.md" || fail "a skipped GPU test is not told"
done
RAN=Cpu check
[ $status -eq 1 ] || fail "a binary without GPU tests passes"
NO_TEST=1 check
[ $status -eq 1 ] || fail "a sanitizer that ran no test passes"
grep -qF 'memcheck | FAILED' "$work/table.md" || fail "a sanitizer that ran no test is not told"
BAD_TOOL=racecheck check
[ $status -eq 1 ] || fail "a race passes"
BENCH_STATUS=1 check
[ $status -eq 1 ] || fail "sums that differ pass"
grep -qF 'memcheck | passed' "$work/table.md" || fail "a failed part ends the others"
rm "$work/bin/nvidia-smi"
PATH=/usr/bin:/bin check
[ $status -eq 0 ] || fail "status $status without nvidia-smi"
rm "$work/bin/compute-sanitizer"
PATH=$work/bin:/usr/bin:/bin check
[ $status -eq 1 ] || fail "a missing sanitizer passes"
