#!/usr/bin/env python3
"""Is a population that no rule names found? Whole made-up trials with and without one planted (memory B cells, 0.5 % of
B cells in patients, 0.02 % in the healthy).

usage: discovery.py PROGRAM FOLDER [--trials 20] [--first-seed 301] [--events 100000]
A planted trial succeeds when abnormal.csv lists, with q < 0.05, a cluster most of whose events are the planted ones. A listed
cluster is false when the true subset that most of its events are of is not more frequent in patients at baseline.
"""
import argparse
import pathlib
import shutil
import subprocess

import h5py
import numpy as np
import pandas as pd

from trial_truth import categorical, events

PLANTED = "unnamed_memory"


def run_trial(program, folder, seed, is_planted, count):
    if (folder / "result" / "abnormal.csv").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([program, "simulate", "--panels", "B", "--events-per-file", str(count), "--seed", str(seed), "--quiet",
                    "--out", folder] + (["--plant-unnamed"] if is_planted else []), check=True)
    subprocess.run([program, "run", folder / "study.yaml", "--events", "labels", "--quiet", "--out", folder / "result"],
                   check=True)
    shutil.rmtree(folder / "fcs")


def refined_clusters(path):
    with h5py.File(path) as file:
        column = file["obs"]["refined_metacluster"]
        if isinstance(column, h5py.Group):
            codes, words = categorical(column)
            return words[codes]
        return column[:]


def joined_events(folder):
    found = events(folder / "result" / "events.h5ad")
    found["cluster"] = refined_clusters(folder / "result" / "events.h5ad")
    truth = events(folder / "truth" / "events.h5ad")
    found["sample"], truth["sample"] = (table["sample"].astype(str).str.replace(r".*/|\.fcs$", "", regex=True)
                                        for table in (found, truth))
    return truth.merge(found, on=["sample", "event_index"], suffixes=("_true", ""))


def enrichment(both):
    """True subset -> median share of B cells in patients at baseline over that in the healthy."""
    cells = both[both.subset_true.astype(str).str.startswith("b_") | (both.subset_true == PLANTED)]
    shares = pd.crosstab(cells["sample"], cells.subset_true.astype(str), normalize="index")
    patients = shares[shares.index.str.startswith("SLE") & shares.index.str.contains("_baseline_")].median()
    return patients / shares[shares.index.str.startswith("HC")].median().clip(lower=1e-6)


def judge(folder):
    both = joined_events(folder)
    listed = pd.read_csv(folder / "result" / "abnormal.csv")
    listed = listed[listed.cluster.notna() & (listed.q < 0.05)]
    ratio = enrichment(both)
    found, false, lines = False, [], []
    for row in listed.itertuples():
        inside = both[both.cluster.astype(str) == str(int(row.cluster))]
        shares = inside.subset_true.astype(str).value_counts(normalize=True)
        main = shares.index[0]
        found |= main == PLANTED and shares.iloc[0] > 0.5
        if ratio.get(main, 0.0) <= 1.0:
            false.append(f"{int(row.cluster)}: {main} {shares.iloc[0]:.2f}")
        if main == PLANTED:
            lines.append(f"cluster {int(row.cluster)}: {len(inside)} events, {100 * shares.iloc[0]:.0f} % planted, "
                         f"{100 * (inside.subset_true == PLANTED).sum() / (both.kept & (both.subset_true == PLANTED)).sum():.0f} % "
                         f"of the planted, enrichment {row.enrichment:.0f}, q {row.q:.4f}")
    return found, false, len(listed), lines


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--trials", type=int, default=20)
    arguments.add_argument("--first-seed", type=int, default=301)
    arguments.add_argument("--events", type=int, default=100000)
    options = arguments.parse_args()
    for is_planted in (True, False):
        found, with_false = 0, 0
        for seed in range(options.first_seed, options.first_seed + options.trials):
            folder = options.folder / f"{'planted' if is_planted else 'plain'}{seed}"
            run_trial(options.program, folder, seed, is_planted, options.events)
            is_found, false, listed, lines = judge(folder)
            found += is_found
            with_false += len(false) > 0
            print(f"{folder.name}: {listed} clusters listed; {'; '.join(lines)}{' FALSE ' + ', '.join(false) if false else ''}",
                  flush=True)
        if is_planted:
            print(f"planted population found in {found} of {options.trials} trials")
        print(f"a false cluster in {with_false} of {options.trials} trials {'with' if is_planted else 'without'} planting")


if __name__ == "__main__":
    main()
