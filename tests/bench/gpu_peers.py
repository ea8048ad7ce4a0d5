#!/usr/bin/env python3
"""k-means of other programs beside bench_device on the same GPU: the same events, first codebook, nodes and passes.

usage: gpu_peers.py [--seconds N] BENCH_DEVICE
bench_device writes the events and the first codebook; every program that can be imported is given both, and its sum of
squared distances after the passes stands beside, as a part of gateless': about 1, or the work was another. Programs:
  torch         the usual few lines: distances by one cuBLAS product a tile, argmin, index_add; float32, and TF32
  flash-kmeans  batch_kmeans_Euclid (pip install flash-kmeans)
  fastersom     a batch map with no neighbourhood (pip install fastersom)
  fastkmeans    starts on events of its own choice (pip install fastkmeans)
A program that is not there, or fails, is said to be. Status 0 where bench_device ran.
"""
import argparse
import subprocess
import tempfile
import time

SHAPES = [(20_000_000, 10, 100), (20_000_000, 20, 100), (20_000_000, 50, 100), (20_000_000, 20, 1024),
          (10_000_000, 50, 1024)]
PASSES = 10
TILE = 1 << 18


def sides_of(nodes):
    """Rows and columns of a grid of so many nodes."""
    rows = next(rows for rows in range(int(nodes**0.5), 0, -1) if nodes % rows == 0)
    return rows, nodes // rows


def by_torch(tf32):
    def run(x, codebook):
        import torch

        torch.backends.cuda.matmul.allow_tf32 = tf32
        ones = torch.ones(TILE, device="cuda")
        for _ in range(PASSES):
            sums = torch.zeros_like(codebook)
            counts = torch.zeros(len(codebook), device="cuda")
            half_norms = 0.5 * (codebook * codebook).sum(1)
            for tile in x.split(TILE):
                nearest = torch.addmm(half_norms, tile, codebook.T, alpha=-1).argmin(1)
                sums.index_add_(0, nearest, tile)
                counts.index_add_(0, nearest, ones[: len(tile)])
            codebook = torch.where(counts[:, None] > 0, sums / counts[:, None].clamp(min=1), codebook)
        return codebook

    return run


def by_flash_kmeans(x, codebook):
    from flash_kmeans import batch_kmeans_Euclid

    return batch_kmeans_Euclid(x[None], len(codebook), max_iters=PASSES, tol=-1.0, init_centroids=codebook[None])[1][0]


def by_fastersom(x, codebook):
    import torch
    from fastersom import SOM

    rows, columns = sides_of(len(codebook))
    som = SOM(rows, columns, n_epochs=PASSES, sigma_initial=1e-3, sigma_final=1e-3, init=codebook, device="cuda")
    return torch.as_tensor(som.fit(x).weights_, device="cuda").reshape(codebook.shape).float()


def by_fastkmeans(x, codebook):
    import torch
    from fastkmeans import FastKMeans

    means = FastKMeans(x.shape[1], len(codebook), niter=PASSES, tol=-1.0, gpu=True)
    means.train(x.cpu().numpy())
    return torch.as_tensor(means.centroids, device="cuda").float()


PEERS = {"torch": by_torch(False), "torch TF32": by_torch(True), "flash-kmeans": by_flash_kmeans, "fastersom": by_fastersom,
         "fastkmeans": by_fastkmeans}


def inertia_of(x, codebook):
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False
    half_norms = 0.5 * (codebook * codebook).sum(1)
    total = 0.0
    for tile in x.split(TILE):
        least = torch.addmm(half_norms, tile, codebook.T, alpha=-1).min(1).values
        total += float((tile.double() ** 2).sum() + 2.0 * least.double().sum())
    return total


def measured(peer, x, codebook, own_inertia):
    """Seconds of the second run, the first compiles and warms; and its inertia as a part of gateless'."""
    import torch

    try:
        for _ in range(2):
            torch.cuda.synchronize()
            start = time.perf_counter()
            found = PEERS[peer](x, codebook.clone())
            torch.cuda.synchronize()
            seconds = time.perf_counter() - start
        return f"{seconds:.3f} ({inertia_of(x, found) / own_inertia:.4f})"
    except ImportError:
        return "not here"
    except Exception as error:  # whatever a peer fails with, the others are measured
        print(f"gpu_peers: {peer}: {type(error).__name__}: {str(error)[:300]}", flush=True)
        return "failed"


def own_figures(bench, shape, way, folder=None):
    command = [bench, "peer", *map(str, shape), str(PASSES), way] + ([folder] if folder else [])
    return [float(word) for word in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1e9, help="shapes that begin later are left out")
    parser.add_argument("bench")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    import numpy
    import torch

    print(f"| events x markers, nodes, {PASSES} passes | gateless chain s | gateless proposal s | " +
          " | ".join(f"{peer} s (inertia)" for peer in PEERS) + " |")
    print("|---" * (3 + len(PEERS)) + "|", flush=True)
    for shape in SHAPES:
        events, markers, nodes = shape
        name = f"{events:,} x {markers}, {nodes}"
        if time.monotonic() > end:
            print(f"| {name} | not run: the time ended |", flush=True)
            continue
        with tempfile.TemporaryDirectory() as folder:
            chain, inertia = own_figures(options.bench, shape, "chain", folder)
            proposal, _ = own_figures(options.bench, shape, "proposal")
            x = torch.from_numpy(numpy.fromfile(f"{folder}/events.f32", "<f4").reshape(events, markers)).cuda()
            codebook = torch.from_numpy(numpy.fromfile(f"{folder}/codebook.f32", "<f4").reshape(nodes, markers)).cuda()
        print(f"| {name} | {chain:.3f} | {proposal:.3f} | " +
              " | ".join(measured(peer, x, codebook, inertia) for peer in PEERS) + " |", flush=True)
        del x, codebook
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
