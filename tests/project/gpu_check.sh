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
check() { status=0; PATH="$work/bin:$PATH" "$root/scripts/gpu_check" --out "$work/table.md" --seconds "${SECONDS_ALL:-540}" "$work/built" 2>"$work/err" || status=$?; }

program "$work/bin/compute-sanitizer" '[ -n "${NO_TEST:-}" ] || echo "[       OK ] Build/Backends.X/Cuda (1 ms)"
echo "========= ERROR SUMMARY: 0 errors"; [ "$2" = "${BAD_TOOL:-}" ] && exit 9; exit 0'
program "$work/bin/ncu" 'echo "counted"; exit "${NCU_STATUS:-0}"'
program "$work/bin/python3" 'exit 1'
program "$work/bin/nvidia-smi" 'echo "Some GPU, 1.2, 3 MiB, 4 MHz"'
check
[ $status -eq 2 ] || fail "status $status without programs"

program "$work/built/test_compute" '[ "$GATELESS_REQUIRE_GPU" = 1 ] || exit 1
echo "[       OK ] Build/Backends.X/${RAN:-Cuda} (1 ms)"; echo "[  SKIPPED ] Build/Backends.X/${SKIPPED:-CudaTwo} (0 ms)"'
program "$work/built/bench_device" 'if [ "${1:-}" = --gpus ]; then echo "${GPU:-A GPU, 3 GiB}"; exit "${GPU_STATUS:-0}"; fi
[ -z "${SLOW:-}" ] || [ "$1" != "$SLOW" ] || sleep 30
echo "| $1 | 1.0 |"; exit "${BENCH_STATUS:-0}"'
GPU="no driver" GPU_STATUS=4 check
[ $status -eq 4 ] || fail "status $status where the GPU does not answer"
grep -q 'no GPU: no driver' "$work/err" || fail "why the GPU does not answer is not said"
GPU="GLIBC_2.99 not found" GPU_STATUS=1 check
[ $status -eq 5 ] || fail "status $status where the program cannot start"
grep -q 'cannot start here.*GLIBC_2.99' "$work/err" || fail "a program that cannot start is taken for a machine without a GPU"
check
[ $status -eq 0 ] || fail "status $status where all is well"
for part in 'Some GPU' 'A GPU, 3 GiB' 'bytes of the reference | passed |' 'memcheck | passed' 'racecheck | passed' 'synccheck | passed' \
  'initcheck | passed' 'ncu proposed_kernel | passed' '| headline | 1.0 |' '| large | 1.0 |' 'other programs | not run'; do
  grep -qF "$part" "$work/table.md" || fail "the table lacks: $part"
done
grep -q 'counted' "$work/table_logs/ncu_exact_kernel.log" || fail "the whole log of a part is not kept"
for skipped in Cuda CudaChain; do
  SKIPPED=$skipped check
  [ $status -eq 1 ] || fail "a skipped GPU test passes"
  grep -qF 'bytes of the reference | FAILED |' "$work/table.md" || fail "a skipped GPU test is not told"
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
NCU_STATUS=1 check
[ $status -eq 0 ] || fail "counters that may not be read are a failure"
SECONDS_ALL=10 SLOW=headline check
[ $status -eq 0 ] || fail "time that ends is a failure"
grep -qF '| not run | bench_device headline 6, cut short' "$work/table.md" || fail "a part that was cut short is not told"
grep -qF 'memcheck | not run' "$work/table.md" || fail "parts that no time was left for are not told"
rm "$work/bin/nvidia-smi" "$work/bin/compute-sanitizer" "$work/bin/ncu"
PATH=$work/bin:/usr/bin:/bin check
[ $status -eq 0 ] || fail "status $status without nvidia-smi and tools"
grep -qF 'memcheck | not run' "$work/table.md" || fail "a missing sanitizer is not told"
