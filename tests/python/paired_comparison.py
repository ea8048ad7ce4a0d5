#!/usr/bin/env python3
"""Works out the paired comparison of a result again, by counting, with nothing but the standard library.

usage: paired_comparison.py RESULT_DIR BASELINE VISIT      (of a study of one panel)
Reads fractions from abundance.csv and holds changes.csv's row `VISIT - BASELINE` of every subset against: Wilcoxon's
signed-rank p over all sign patterns, the median of the Walsh averages, and its 95 % interval (the averages cut off at the
largest rank sum whose tail has at most 2.5 %). Prints how many rows agree to 1e-6; exits 1 if one does not.
"""
import csv
import itertools
import pathlib
import statistics
import sys

TOLERANCE = 1e-6


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def differences(abundance, subset, baseline, visit):
    fraction = {(row["patient"], row["visit"]): float(row["fraction_of_parent"])
                for row in abundance if row["subset"] == subset and row["fraction_of_parent"]}
    patients = dict.fromkeys(patient for patient, _ in fraction)
    return [fraction[patient, visit] - fraction[patient, baseline] for patient in patients
            if (patient, visit) in fraction and (patient, baseline) in fraction]


def is_detected(abundance, subset, visits):
    """Whether anybody has the subset at one of the visits; else nothing is said of its change."""
    return any(row["subset"] == subset and row["visit"] in visits and row["detection"] != "not detected" for row in abundance)


def ranks_of(values):
    """Mid-ranks."""
    return [sum(other < value for other in values) + (1 + sum(other == value for other in values)) / 2 for value in values]


def signed_rank_p(changes):
    changes = [change for change in changes if change != 0]
    if not changes:
        return None
    ranks = ranks_of([abs(change) for change in changes])
    observed = sum(rank for rank, change in zip(ranks, changes) if change > 0)
    sums = [sum(rank for rank, sign in zip(ranks, signs) if sign) for signs in itertools.product((0, 1), repeat=len(ranks))]
    below, above = (sum(test(value) for value in sums) / len(sums)
                    for test in (lambda value: value <= observed, lambda value: value >= observed))
    return min(1.0, 2 * min(below, above))


def shift_of(changes):
    """Estimate, low, high; no interval where so few pairs cannot reach 95 %."""
    averages = sorted((changes[i] + changes[j]) / 2 for i in range(len(changes)) for j in range(i, len(changes)))
    sums = sorted(sum(signs) for signs in itertools.product(*((0, rank + 1) for rank in range(len(changes)))))
    cut = next(value for value in range(len(averages) + 1) if sum(each <= value for each in sums) / len(sums) >= 0.025)
    middle = statistics.median(averages)
    return (middle, averages[cut - 1], averages[-cut]) if cut else (middle, None, None)


def main():
    folder, baseline, visit = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    abundance = rows_of(folder / "abundance.csv")
    compared, tested, wrong = 0, 0, []
    for row in rows_of(folder / "changes.csv"):
        if row["comparison"] != f"{visit} - {baseline}":
            continue
        compared += 1
        changes = differences(abundance, row["subset"], baseline, visit)
        expected = dict(zip(("change", "change_low", "change_high"), shift_of(changes)))
        if not is_detected(abundance, row["subset"], (baseline, visit)):
            expected = dict.fromkeys(expected)
        if row["p"]:  # empty where most patients have too few events
            tested += 1
            expected["p"] = signed_rank_p(changes)
        if int(row["patients"]) != len(changes):
            wrong.append(f"{row['subset']}: {row['patients']} patients, not {len(changes)}")
        for column, value in expected.items():
            found = float(row[column]) if row[column] else None
            if (found is None) != (value is None) or found is not None and abs(found - value) > TOLERANCE:
                wrong.append(f"{row['subset']} {column}: {found}, not {value}")
    print(f"{compared} subsets compared, {tested} tested; differ: {wrong or 'none'}")
    sys.exit(1 if wrong or not tested else 0)


if __name__ == "__main__":
    main()
