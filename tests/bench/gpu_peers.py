#!/usr/bin/env python3
"""k-means of PyTorch or CuPy beside bench_device on the same GPU: same events, markers, nodes and passes.

usage: gpu_peers.py torch|cupy BENCH_DEVICE
The peer is the usual one of few lines: distances by one matrix product a tile, argmin, index_add (or bincount). It gets
uniform events (its time does not depend on them) in float32 with TF32 products off, as its users have it by default, and on.
"""
import subprocess
import sys
import time

SHAPES = [(20_000_000, 10, 100), (20_000_000, 20, 100), (20_000_000, 50, 100), (20_000_000, 20, 1024),
          (20_000_000, 50, 1024)]
PASSES = 10
TILE = 1 << 18


def torch_seconds(events, markers, nodes, tf32):
    import torch

    torch.backends.cuda.matmul.allow_tf32 = tf32
    x = torch.rand((events, markers), device="cuda")
    codebook = x[:nodes].clone()
    ones = torch.ones(TILE, device="cuda")

    def one_pass(codebook):
        sums = torch.zeros_like(codebook)
        counts = torch.zeros(nodes, device="cuda")
        half_norms = 0.5 * (codebook * codebook).sum(1)
        for tile in x.split(TILE):
            nearest = torch.addmm(half_norms, tile, codebook.T, alpha=-1).argmin(1)
            sums.index_add_(0, nearest, tile)
            counts.index_add_(0, nearest, ones[: len(tile)])
        return torch.where(counts[:, None] > 0, sums / counts[:, None].clamp(min=1), codebook)

    one_pass(codebook)
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(PASSES):
        codebook = one_pass(codebook)
    torch.cuda.synchronize()
    return time.perf_counter() - start


def cupy_seconds(events, markers, nodes, tf32):
    import cupy

    x = cupy.random.random((events, markers), dtype=cupy.float32)
    codebook = x[:nodes].copy()

    def one_pass(codebook):
        sums = cupy.zeros_like(codebook)
        counts = cupy.zeros(nodes, dtype=cupy.float32)
        half_norms = 0.5 * (codebook * codebook).sum(1)
        for first in range(0, events, TILE):
            tile = x[first : first + TILE]
            nearest = (half_norms - tile @ codebook.T).argmin(1)
            counts += cupy.bincount(nearest, minlength=nodes)
            cupy.add.at(sums, nearest, tile)
        return cupy.where(counts[:, None] > 0, sums / cupy.maximum(counts[:, None], 1), codebook)

    one_pass(codebook)
    cupy.cuda.Device().synchronize()
    start = time.perf_counter()
    for _ in range(PASSES):
        codebook = one_pass(codebook)
    cupy.cuda.Device().synchronize()
    return time.perf_counter() - start


def main():
    peer, bench = sys.argv[1:]
    seconds = {"torch": torch_seconds, "cupy": cupy_seconds}[peer]
    modes = [False, True] if peer == "torch" else [False]
    print(f"| events x markers, nodes, {PASSES} passes | gateless s | " +
          " | ".join(f"{peer}{' TF32' if tf32 else ''} s" for tf32 in modes) + " | times faster than its best |")
    print("|---" * (3 + len(modes)) + "|")
    for events, markers, nodes in SHAPES:
        command = [bench, str(events), str(markers), str(nodes), str(PASSES), "auto"]
        own = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        theirs = [seconds(events, markers, nodes, tf32) for tf32 in modes]
        print(f"| {events:,} x {markers}, {nodes} | {own:.3f} | " + " | ".join(f"{t:.3f}" for t in theirs) +
              f" | {min(theirs) / own:.1f} |", flush=True)


if __name__ == "__main__":
    main()
