#!/usr/bin/env python3
"""Runs whole made-up trials from FCS files, with and without changes, and holds calls and intervals against the truth.

usage: whole_trials.py PROGRAM FOLDER [--trials 20] [--first-seed 101] [--events 40000] [--panels B] [--jobs 2] [--counts FILE]
Trials that lie finished in FOLDER are taken as they are; `jobs` trials run at once, each on one thread. Prints the naming error of each subset (found against counted
log odds: bias, spread between people, spread between a patient's visits) and of the trials false calls, power and
coverage; --counts writes found and true counts of every sample, from which bench_trials draws its own trials.
"""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess

import numpy as np
import pandas as pd

LARGE = 0.4  # a relative change that must be found


def run_trial(options, folder, seed, is_null):
    if (folder / "result" / "patients.csv").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    quiet = ["--threads", "1", "--quiet"]
    subprocess.run([options.program, "simulate", "--panels", *options.panels, "--events-per-file", str(options.events),
                    "--seed", str(seed), "--out", folder] + quiet + (["--no-changes"] if is_null else []), check=True)
    subprocess.run([options.program, "run", folder / "study.yaml", "--events", "none", "--out", folder / "result"] + quiet,
                   check=True)
    shutil.rmtree(folder / "fcs")
    (folder / "truth" / "events.h5ad").unlink()


def log_odds(events, parent):
    return np.log((events + 0.5) / (parent - events + 0.5))


def counts(folder):
    """Found and true events of every subset in every sample, where both are of the same parent."""
    truth = pd.read_csv(folder / "truth" / "abundance.csv")
    found = pd.read_csv(folder / "result" / "abundance.csv")
    both = truth.merge(found, on=["sample", "patient", "visit", "group", "panel", "subset", "parent"], suffixes=("_true", ""))
    both.insert(0, "kind", folder.name.rstrip("0123456789"))
    both.insert(1, "seed", int(folder.name.lstrip("abcdefghijklmnopqrstuvwxyz")))
    return both


def naming_errors(both):
    """Found minus counted log odds of every subset in every sample, where 50 true events or more are."""
    both = both[(both.events_true >= 50) & (both.events_true < both.parent_events_true) & (both.events < both.parent_events)]
    both = both.copy()
    both["error"] = log_odds(both.events, both.parent_events) - log_odds(both.events_true, both.parent_events_true)
    both["person"] = both.kind + both.seed.astype(str) + " " + both.patient
    return both


def error_table(errors):
    """Per subset: bias, and spread between people, and between the visits of one patient."""
    rows = []
    for subset, of_subset in errors.groupby("subset", sort=False):
        means = of_subset.groupby("person").error.mean()
        visits = of_subset.groupby("person").error
        within = (of_subset.error - visits.transform("mean"))[visits.transform("size") > 1]
        freedom = max(1, len(within) - of_subset.person[within.index].nunique())
        rows.append({"subset": subset, "samples": len(of_subset), "bias": of_subset.error.mean(), "people": means.std(),
                     "visits": np.sqrt((within ** 2).sum() / freedom),
                     "largest": of_subset.error.abs().max(),
                     "fraction": of_subset.fraction_of_parent_true.median(), "events": of_subset.events_true.median()})
    return pd.DataFrame(rows)


def calls(folder):
    keys = ["subset", "patient", "visit"]
    both = pd.read_csv(folder / "truth" / "patients.csv").merge(
        pd.read_csv(folder / "result" / "patients.csv"), on=keys, suffixes=("_true", ""))
    # What is all of its parent in this truth (B cells that are no plasmablasts apart, say) is the same fraction twice.
    both["trial"] = folder.name
    return both[(both.before_true < 1) & (both.before < 1)]


def share(hits, of):
    return f"{hits} of {of} ({100 * hits / of:.1f} %)" if of else "none"


def print_calls(title, rows):
    print(f"\n{title}: {rows.trial.nunique()} trials, {len(rows)} patient calls")
    called = rows.call.isin(["up", "down"])
    quantifiable = rows.call != "not quantifiable"
    unchanged = rows.designed_change.abs() < 1e-9
    print("  false calls where nothing changed: ", share(int((called & unchanged & quantifiable).sum()),
                                                        int((unchanged & quantifiable).sum())))
    for name, large, call in (("falls", rows.designed_change <= -LARGE, "down"), ("rises", rows.designed_change >= LARGE, "up")):
        large &= quantifiable
        print(f"  {name} of 40 % or more called:       ", share(int((rows.call[large] == call).sum()), int(large.sum())))
    known = quantifiable & rows.low.notna() & rows.high.notna()
    covers = known & (rows.low <= rows.designed_change) & (rows.designed_change <= rows.high)
    print("  intervals that hold the design:    ", share(int(covers.sum()), int(known.sum())))
    covers = known & (rows.low <= rows.change_true) & (rows.change_true <= rows.high)
    print("  intervals that hold the counted:   ", share(int(covers.sum()), int(known.sum())))
    table = []
    for subset, of in rows[quantifiable].groupby("subset", sort=False):
        same, large = of.designed_change.abs() < 1e-9, of.designed_change.abs() >= LARGE
        right = np.where(of.designed_change < 0, "down", "up") == of.call
        table.append({"subset": subset, "unchanged": int(same.sum()), "false": int((same & of.call.isin(["up", "down"])).sum()),
                      "large": int(large.sum()), "found": int((large & right).sum()),
                      "coverage": ((of.low <= of.designed_change) & (of.designed_change <= of.high)).mean(),
                      "width": np.log((1 + of.high) / (1 + of.low)).median() / 3.92})
    print(pd.DataFrame(table).to_string(index=False, float_format=lambda x: f"{x:.3f}"))


def print_families(folders):
    any_of, primary = 0, 0
    for folder in folders:
        changes = pd.read_csv(folder / "result" / "changes.csv")
        small = changes[changes.q < 0.05]
        any_of += len(small) > 0
        primary += (small.family == "primary").any()
    print("  trials with any q < 0.05:          ", share(any_of, len(folders)), "; among primary subsets:",
          share(int(primary), len(folders)))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--trials", type=int, default=20)
    arguments.add_argument("--first-seed", type=int, default=101)
    arguments.add_argument("--events", type=int, default=40000)
    arguments.add_argument("--panels", nargs="+", default=["B"])
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--counts")
    options = arguments.parse_args()
    folders, runs = {True: [], False: []}, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for seed in range(options.first_seed, options.first_seed + options.trials):
            for is_null in (True, False):
                folder = options.folder / f"{'null' if is_null else 'changed'}{seed}"
                runs.append(pool.submit(run_trial, options, folder, seed, is_null))
                folders[is_null].append(folder)
        for run in runs:
            run.result()
    counted = pd.concat([counts(folder) for both in folders.values() for folder in both])
    errors = error_table(naming_errors(counted))
    print("naming error, log odds (subsets of 50 true events or more)")
    print(errors.to_string(index=False, float_format=lambda x: f"{x:.3f}"))
    if options.counts:
        columns = ["kind", "seed", "patient", "visit", "group", "subset", "parent", "events", "parent_events",
                   "effective_parent_events", "events_true", "parent_events_true"]
        counted[columns].to_csv(options.counts, index=False, float_format="%.6g")
    print_calls("without changes", pd.concat([calls(folder) for folder in folders[True]]))
    print_families(folders[True])
    print_calls("with the trial's changes", pd.concat([calls(folder) for folder in folders[False]]))
    print_families(folders[False])


if __name__ == "__main__":
    main()
