#!/usr/bin/env python3
"""Instructions that a warp issues for 32 events in the proposal of the cuda backend, counted from SASS: no GPU needed.

usage: sass_count.py [--nvcc NVCC] [--nvdisasm NVDISASM] [MARKERS NODES ARCH ...]     (20 100 80 90)
nvdisasm comes with the CUDA toolkit, or from PyPI: pip install nvidia-cuda-nvdisasm. Counted is the longest way through the
loop over runs of events that an ordinary run can take: sums in shared memory, no flush, no crowd of events at one node.
Inner loops count as often as they run; remainders of unrolled loops count once each. Exit status 1: above the goal.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EIGHTS = [2, 3, 4, 5, 7, 9, 13, 16]  # kProposedVariants of cuda/proposed_pass.hpp
GOAL = 1250  # at 20 markers, 100 nodes
RARE = re.compile(r"\b(REDG|RED\.|REDUX\.SUM|BAR\.SYNC|EXIT)")  # global sums, crowds, flushes, the end


def sass_of(nvcc, nvdisasm, arch):
    with tempfile.TemporaryDirectory() as work:
        cubin = Path(work) / "pass.cubin"
        subprocess.run([nvcc, "-I", ROOT, "-std=c++20", "-O3", "--fmad=false", f"-arch=sm_{arch}", "-cubin", "-o", cubin,
                        ROOT / "cuda" / "launch_pass.cu"], check=True)
        return subprocess.run([nvdisasm, "-c", cubin], check=True, capture_output=True, text=True).stdout


def kernel_lines(sass, variant):
    """Instructions and labels of one kernel, in order."""
    name = re.compile(rf"^\.text\.\S*proposed_kernelILi{variant}E")
    lines, inside = [], False
    for line in sass.splitlines():
        if line.startswith(".text."):
            inside = bool(name.match(line))
        elif line.strip().startswith(".section"):
            inside = False
        elif inside:
            text = re.sub(r"/\*.*?\*/", "", line).strip()
            if re.match(r"\.L_x_\d+:$", text) or text.endswith(";"):
                lines.append(text)
    return lines


def branch_of(text):
    """Target and condition of a branch, else nothing. Divergence checks never jump where a warp stays together."""
    found = re.match(r"(@!?U?P\d+ )?BRA(\.\w+)* .*`\((\.L_x_\d+)\)", text)
    if not found or "BRA.DIV" in text:
        return None
    conditional = found.group(1) is not None or re.search(r"BRA(\.\w+)* !?U?P\d", text) is not None
    return found.group(3), conditional


def count(lines, markers, nodes, eights):
    places = {text[:-1]: i for i, text in enumerate(lines) if text.endswith(":")}
    back = []
    for i, text in enumerate(lines):
        branch = branch_of(text)
        if branch and places[branch[0]] <= i:
            back.append((places[branch[0]], i))
    # A loop's body lies in one piece; the loop over runs is the largest with tensor-core products.
    products = [loop for loop in back if any("HMMA" in text for text in lines[loop[0]:loop[1]])]
    first, last = max(products, key=lambda loop: loop[1] - loop[0])
    a_tile = 2 * (3 * (eights // 2) + 2 * (eights % 2))
    tiles = (nodes + 7) // 8
    times = [1] * len(lines)
    for start, end in back:
        body = lines[start:end + 1]
        if not first < start <= end < last:
            continue
        hmma = sum("HMMA" in text for text in body)
        atoms = sum("ATOMS.ADD" in text for text in body)
        if hmma:
            trips = tiles // (hmma // a_tile)
        elif atoms and not any(RARE.search(text) for text in body):
            trips = markers // (atoms // 2)
        else:
            continue
        for i in range(start, end + 1):
            times[i] *= trips
    # The longest way from each line to the end of the loop with so many additions to shared memory, backwards: one that adds
    # the high and the low half of each marker, and none that is rare.
    longest = [{} for _ in range(len(lines) + 1)]
    for i in range(last, first - 1, -1):
        text = lines[i]
        if i == last:
            longest[i] = {0: 1}
        elif text.endswith(":"):
            longest[i] = longest[i + 1]
        elif text.startswith("@") or not RARE.search(text):
            branch = branch_of(text)
            ways = [longest[i + 1]] if branch is None or branch[1] else []
            if branch and i < places[branch[0]] <= last:
                ways.append(longest[places[branch[0]]])
            adds = times[i] if "ATOMS.ADD" in text else 0
            for way in ways:
                for added, length in way.items():
                    total = added + adds
                    if total <= 2 * markers:
                        longest[i][total] = max(longest[i].get(total, 0), length + times[i])
    return longest[first][2 * markers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nvcc", default=shutil.which("nvcc"))
    parser.add_argument("--nvdisasm", default=shutil.which("nvdisasm"))
    parser.add_argument("numbers", nargs="*", type=int)
    options = parser.parse_args()
    if not options.nvcc or not options.nvdisasm:
        sys.exit("sass_count: nvcc or nvdisasm is not in PATH; name them with --nvcc and --nvdisasm")
    markers, nodes, *archs = options.numbers or [20, 100]
    variant = next(i for i, eights in enumerate(EIGHTS) if markers < 8 * eights)
    failed = False
    print("| proposal | sm | instructions per 32 events |\n|---|---|---|")
    for arch in archs or [80, 90]:
        found = count(kernel_lines(sass_of(options.nvcc, options.nvdisasm, arch), variant), markers, nodes, EIGHTS[variant])
        print(f"| {markers} markers, {nodes} nodes | {arch} | {found:,} |")
        failed |= (markers, nodes) == (20, 100) and found > GOAL
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
