"""What naming.py and its trials share: running the program, reading its calls, scores, the printed table."""
import csv
import pathlib
import shutil
import subprocess

import h5py
import numpy as np
import pandas as pd
import yaml

from trial_truth import categorical

SHIPPED = pathlib.Path(__file__).resolve().parent.parent.parent / "configs" / "pbmc.yaml"
SURE = 0.9  # confidence


class Table:
    """Rows of what, goal and figure, printed as they come."""

    def __init__(self):
        self.short = 0

    def row(self, what, figure, goal=None, at_most=False, digits=3):
        good = goal is None or (figure <= goal if at_most else figure >= goal)
        self.short += not good
        shown = "" if goal is None else f"{'<=' if at_most else '>='} {goal:.{digits}f}"
        print(f"{what:64s} {shown:>10s} {figure:8.{digits}f}  {'' if goal is None else 'yes' if good else 'NO'}",
              flush=True)


def run(program, folder, files, threads, knowledge=None):
    """One study of `files`, all defaults. Returns its events in file order, per sample."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "result", ignore_errors=True)
    with open(folder / "samples.csv", "w", newline="") as sheet:
        rows = csv.writer(sheet)
        rows.writerow(["file", "patient", "visit", "group"])
        rows.writerows([str(file), f"P{i + 1}", "baseline", "all"] for i, file in enumerate(files))
    lines = [f"name: {folder.name}", "samples: samples.csv"]
    if knowledge:
        lines.append(f"knowledge: [{knowledge}]")
    (folder / "study.yaml").write_text("\n".join(lines) + "\n")
    subprocess.run([program, "run", folder / "study.yaml", "--events", "labels", "--threads", str(threads), "--quiet",
                    "--out", folder / "result"], check=True)
    return read_calls(folder / "result")


def read_calls(result):
    """sample, event (index in its file), subset, confidence, kept: one row an event."""
    with h5py.File(result / "events.h5ad") as file:
        obs = file["obs"]
        columns = {"event": obs["event_index"][:], "confidence": obs["confidence"][:], "kept": obs["kept"][:].astype(bool)}
        for name in ("sample", "subset"):
            codes, words = categorical(obs[name])
            columns[name] = words[codes].astype(str)
    called = pd.DataFrame(columns)
    called.loc[~called.kept, "subset"] = "dropped"
    return called


def ancestors(knowledge=SHIPPED):
    """Subset -> itself and all that hold it, as the knowledge file tells."""
    parent = {subset["id"]: subset.get("parent", "") for subset in yaml.safe_load(open(knowledge))["subsets"]}
    chains = {}
    for subset in parent:
        chains[subset] = [subset]
        while parent.get(chains[subset][-1]):
            chains[subset].append(parent[chains[subset][-1]])
    return chains


def as_populations(subsets, mapping, chains):
    """The population that each called subset stands for; "" for what is none of them or several."""
    population_of = {}
    for subset in set(subsets):
        inside = {label for label, ids in mapping.items() if set(chains.get(subset, [])) & set(ids)}
        population_of[subset] = inside.pop() if len(inside) == 1 else ""
    return np.array([population_of[subset] for subset in subsets], dtype=object)


def f1_scores(true, predicted):
    scores = {}
    for label in sorted(set(true)):
        both = ((true == label) & (predicted == label)).sum()
        scores[label] = 2 * both / max((true == label).sum() + (predicted == label).sum(), 1)
    return scores


def print_confusions(true, called):
    for label in sorted(set(true)):
        counts = pd.Series(called[true == label]).value_counts()
        words = ", ".join(f"{subset} {count}" for subset, count in counts.items() if count >= 0.01 * counts.sum())
        print(f"      {label} ({counts.sum()}): {words}")


def reliability(table, name, confidence, right, true_call, subsets):
    """Calls by their confidence; what is not called claims nothing. `true_call`: right, or a subset that holds the
    right one (true, but not to the point)."""
    is_call = ~np.isin(subsets, ["unassigned", "dropped", ""])
    sure = is_call & (confidence >= SURE)
    if sure.any():
        table.row(f"{name}: right among calls of confidence >= {SURE}, {sure.mean():.0%} of events", right[sure].mean(), 0.93)
        table.row(f"{name}: the same, calls of a wider subset counted as right", true_call[sure].mean())
    else:
        print(f"{name}: no call has a confidence of {SURE} or more")
    edges = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001]
    for low, high in zip(edges, edges[1:]):
        inside = is_call & (confidence >= low) & (confidence < high)
        if inside.any():
            print(f"    confidence {low:.2f} to {min(high, 1):.2f}: {inside.sum():6d} calls, mean {confidence[inside].mean():.3f}, "
                  f"right {right[inside].mean():.3f}, or wider {true_call[inside].mean():.3f}")


def in_file_order(called, sample, events):
    """The calls of one sample, one row an event of the file; events that the run lost are `dropped`."""
    rows = called[called["sample"] == sample].set_index("event").reindex(range(events))
    rows["subset"] = rows["subset"].fillna("dropped")
    rows["confidence"] = rows["confidence"].fillna(0.0)
    return rows.reset_index()
