#!/usr/bin/env python3
"""Times the stage `cluster` of `gateless cluster` beside scikit-learn's Lloyd iterations on the same events, side by side.

    tests/bench/cluster_stage.py GATELESS [--events 5000000] [--nodes 100] [--epochs 10] [--seeds 3]

Each seed makes thirty Gaussian populations of 20 markers from 0.02 % to 20 % of the events (weber.py). scikit-learn does as many
iterations as there are epochs, and its one more look for the labels. Prints wall seconds of both, CPU seconds of the whole command
and of scikit-learn, and how many populations are a metacluster with an F1 above 0.9. Exits with 1 where one is not found."""
import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import h5py
import numpy as np

from compare_sklearn import cpu_seconds
from weber import f1_matrix, thirty, write_fcs


def made(seed, events):
    values, labels = thirty(seed, events)
    order = np.random.default_rng(seed).permutation(len(labels))
    return values.astype(np.float32)[order], labels[order]


def keys_of(values):
    keys = {"$PAR": str(values.shape[1])}
    for channel in range(1, values.shape[1] + 1):
        keys |= {f"$P{channel}N": f"M{channel}", f"$P{channel}S": f"M{channel}", f"$P{channel}E": "0,0", f"$P{channel}R": "1024"}
    return keys


def by_gateless(program, values, seed, options):
    """Seconds of the stage, of the CPU for the whole command, and the metacluster of each event."""
    side = math.isqrt(options.nodes)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.fcs"
        write_fcs(file, values, keys_of(values))
        command = [program, "cluster", file, "--out", f"{folder}/out", "--grid", f"{side}x{options.nodes // side}", "--epochs",
                   options.epochs, "--seed", seed, "--transform", "none", "--compensate", "none", "--events", "labels", "--quiet"]
        before = children()
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        stages = json.loads((Path(folder) / "out" / "run.json").read_text())["stages"]
        with h5py.File(f"{folder}/out/events.h5ad") as made_file:
            clusters = made_file["obs/metacluster"][:]
        stage = next(stage["seconds"] for stage in stages if stage["name"] == "cluster")
        return stage, children() - before, clusters


def children():
    """CPU seconds of the commands so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def by_sklearn(values, seed, options):
    from sklearn.cluster import KMeans

    start = values[np.random.default_rng(seed).choice(len(values), options.nodes, replace=False)]
    model = KMeans(n_clusters=options.nodes, init=start, n_init=1, max_iter=options.epochs, tol=0, algorithm="lloyd")
    wall, cpu = time.perf_counter(), cpu_seconds()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(values)
    return time.perf_counter() - wall, cpu_seconds() - cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    lost = 0
    for seed in range(1, options.seeds + 1):
        values, labels = made(seed, options.events)
        stage, cpu, clusters = by_gateless(options.program, values, seed, options)
        wall, other_cpu = by_sklearn(values, seed, options)
        found = int((f1_matrix(labels, clusters)[1].max(axis=1) > 0.9).sum())
        lost += 30 - found
        print(f"seed {seed}: stage cluster {stage:.2f} s, scikit-learn {wall:.2f} s ({wall / stage:.1f} times); whole command "
              f"{cpu:.1f} CPU s, scikit-learn {other_cpu:.1f} CPU s; {found} of 30 populations found", flush=True)
    sys.exit(lost > 0)


if __name__ == "__main__":
    main()
