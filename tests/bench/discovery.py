#!/usr/bin/env python3
"""Is a population that no rule names found, and nothing where there is nothing? Whole made-up trials of these kinds:
  planted  lupus patients and healthy controls; memory B cells that no rule names, 0.5 % of B cells in patients, 0.02 % in
           the healthy
  plain    the same without them
  equal    six "patients" and six controls that are all drawn from the healthy design
  alone    the same six "patients" without controls, with activity scores drawn at random
  skewed   as equal, but four of the "patients" are of one batch and four of the controls of the other
  apart    as equal, but all "patients" are of one batch and all controls of the other
  untold   as apart, and the sheet does not name the batches

usage: discovery.py PROGRAM FOLDER [--kinds planted plain ...] [--trials 20] [--first-seed 301] [--events 100000]
                    [--jobs 2]
A planted trial succeeds when abnormal.csv lists, with q < 0.05, a cluster most of whose events are the planted ones. A listed
cluster is false when the true subset that most of its events are of is not more frequent in patients at baseline;
where all people are drawn alike, every listed cluster and every defined subset with q < 0.05 is. Trials that lie finished in FOLDER are taken as they are; `jobs`
trials run at once, each on one thread.
"""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess

import h5py
import numpy as np
import pandas as pd

from trial_truth import categorical, events

PLANTED = "unnamed_memory"
KINDS = ["planted", "plain", "equal", "alone", "skewed", "apart", "untold"]
# Who of the simulator's controls plays a patient or a control where all are drawn alike: their numbers. The simulator
# measures two after each other in a batch, and has three batches.
ALIKE = {"equal": (range(7, 13), range(1, 7)),
         "alone": (range(7, 13), ()),
         "skewed": ((3, 4, 9, 10, 1, 2), (7, 8, 13, 14, 15, 16)),
         "apart": ((3, 4, 9, 10, 15, 16), (1, 2, 7, 8, 13, 14))}
ALIKE["untold"] = ALIKE["apart"]


def draw_alike(folder, seed, kind):
    """Makes patients of some of the healthy."""
    sheet = pd.read_csv(folder / "samples.csv", keep_default_na=False)
    patients, controls = ([f"HC{number:02}" for number in numbers] for numbers in ALIKE[kind])
    sheet = sheet[sheet.patient.isin(patients + controls)]
    is_patient = sheet.patient.isin(patients)
    sheet.loc[is_patient, "group"] = "lupus"
    scores = np.random.default_rng(seed).permutation(np.arange(4, 4 + 2 * is_patient.sum(), 2))
    sheet.loc[is_patient, "sledai"] = [str(score) for score in scores]
    if kind == "untold":
        sheet = sheet.drop(columns="batch")
    sheet.to_csv(folder / "samples.csv", index=False)
    (folder / "study.yaml").write_text("samples: samples.csv\ncompare: {activity: sledai}\n")


def run_trial(options, folder, seed, kind):
    if (folder / "result" / "abnormal.csv").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    people = ["--patients", "1", "--controls", str(max(max(numbers, default=0) for numbers in ALIKE[kind]))] if kind in ALIKE else []
    planted = ["--plant-unnamed"] if kind == "planted" else []
    quiet = ["--threads", "1", "--quiet"]
    subprocess.run([options.program, "simulate", "--panels", "B", "--events-per-file", str(options.events), "--seed", str(seed),
                    "--out", folder] + people + planted + quiet, check=True)
    if people:
        draw_alike(folder, seed, kind)
    subprocess.run([options.program, "run", folder / "study.yaml", "--events", "labels", "--out", folder / "result"] + quiet,
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


def judge(folder, kind):
    rows = pd.read_csv(folder / "result" / "abnormal.csv")
    listed = rows[rows.cluster.notna()]
    if kind in ALIKE:
        claimed = rows[rows.cluster.notna() | (rows.q < 0.05)]
        return False, [f"{row.cluster} {row.name} q {row.q:.4f}" for row in claimed.itertuples(index=False)], len(listed), []
    both = joined_events(folder)
    ratio = enrichment(both)
    found, false, lines = False, [], []
    for row in listed.itertuples():
        inside = both[both.cluster.astype(str) == str(int(row.cluster))]
        shares = inside.subset_true.astype(str).value_counts(normalize=True)
        main = shares.index[0]
        found |= main == PLANTED and shares.iloc[0] > 0.5 and row.q < 0.05
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
    arguments.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    arguments.add_argument("--jobs", type=int, default=2)
    options = arguments.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.trials)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [(kind, options.folder / f"{kind}{seed}", seed) for kind in options.kinds for seed in seeds]
        started = [pool.submit(run_trial, options, folder, seed, kind) for kind, folder, seed in runs]
        found, with_false = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
        for (kind, folder, seed), run in zip(runs, started):
            run.result()
            is_found, false, listed, lines = judge(folder, kind)
            found[kind] += is_found
            with_false[kind] += len(false) > 0
            print(f"{folder.name}: {listed} clusters listed; {'; '.join(lines)}{' FALSE ' + ', '.join(false) if false else ''}",
                  flush=True)
    for kind in options.kinds:
        print(f"{kind}: a false claim in {with_false[kind]} of {options.trials} trials"
              + (f", the planted population found in {found[kind]}" if kind == "planted" else ""))


if __name__ == "__main__":
    main()
