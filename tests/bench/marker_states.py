#!/usr/bin/env python3
"""Medians and changes of markers within subsets, a second time: from events.h5ad with NumPy and SciPy.

marker_states.py RESULT BASELINE  (a result of `gateless run`); prints the largest differences and the largest changes.
"""
import csv
import sys

import anndata
import numpy as np
from scipy import stats


def rows(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(folder, baseline):
    events = anndata.read_h5ad(f"{folder}/events.h5ad")
    labels = events.obs["subset"].astype(str).to_numpy()
    samples = events.obs["sample"].astype(str).to_numpy()
    parents = {row["subset"]: row["parent"] for row in rows(f"{folder}/abundance.csv")}

    parents["unassigned"] = ""  # a row of the table, no subset

    def holds(label, subset):
        while label:
            if label == subset:
                return True
            label = parents.get(label, "")
        return False

    within = {}
    medians, worst = {}, 0.0
    for row in rows(f"{folder}/marker_medians.csv"):
        subset = row["subset"]
        if subset not in within:
            inside = [label for label in set(labels) if holds(label, subset)]
            within[subset] = np.isin(labels, inside)
        cells = within[subset] & (samples == row["sample"])
        assert int(row["events"]) == cells.sum(), (row["sample"], subset, row["events"], cells.sum())
        for column, told in row.items():
            if not column.startswith("median:") or told == "":
                continue
            values = np.sort(np.asarray(events.X[cells, events.var_names.get_loc(column[7:])]).ravel())
            own = values[(len(values) - 1) // 2]
            worst = max(worst, abs(own - float(told)))
            if int(row["events"]) > 50 and row["group"] != "healthy":
                medians[subset, column[7:], row["patient"], row["visit"]] = float(own)
    print(f"medians: {len(medians)} of more than 50 cells, largest difference {worst:.1e} (written to 1e-4)")

    changes = rows(f"{folder}/marker_changes.csv")
    p, worst = [], 0.0
    for row in changes:
        visit = row["comparison"].split(" - ")[0]
        patients = sorted({key[2] for key in medians})
        pairs = [(medians.get((row["subset"], row["marker"], patient, baseline)),
                  medians.get((row["subset"], row["marker"], patient, visit))) for patient in patients]
        differences = np.array([after - before for before, after in pairs if before is not None and after is not None])
        kept = differences[differences != 0]
        if len(kept) == 0 or row["p"] == "":
            p.append(np.nan)
            continue
        # exact over all sign patterns, mid-ranks: what SciPy gives without ties
        ranks = stats.rankdata(abs(kept))
        patterns = (np.arange(2 ** len(kept))[:, None] >> np.arange(len(kept))) & 1
        sums = patterns @ ranks
        own = ranks[kept > 0].sum()
        p.append(min(1.0, 2 * min((sums <= own).mean(), (sums >= own).mean())))
        worst = max(worst, abs(p[-1] - float(row["p"])))
    p = np.array(p)
    told = np.array([float(row["q"]) if row["q"] else np.nan for row in changes])
    tested = ~np.isnan(p)
    q = np.full(len(p), np.nan)
    q[tested] = stats.false_discovery_control(p[tested])
    print(f"p: {tested.sum()} tests, largest difference {worst:.1e}; q: {np.nanmax(abs(q - told)):.1e} (written to four digits)")
    found = sorted((row for row in changes if row["q"] and float(row["q"]) < 0.05),
                   key=lambda row: -abs(float(row["change"]) / float(row["spread"] or 1)))
    print(f"{len(found)} of {len(changes)} with q < 0.05; the largest in spreads of the cells:")
    for row in found[:10]:
        print(f"  {row['name']}: {row['marker']} {row['median_before']} -> {row['median_after']} "
              f"({float(row['change']) / float(row['spread']):+.2f}), q {row['q']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
