#!/usr/bin/env python3
"""How right are the names? Runs `gateless` with its defaults on labelled sets and holds the calls against the labels.

usage: naming.py PROGRAM DATA_FOLDER OUT_FOLDER [--set NAME] [--threads 2] [--confusions]

The program never sees a label: files that hold labels are written without them, files of one person that were cut up by
population are put together again (events in random order). An event counts as right when its subset, or one that
holds it, is among those LABELS maps its label to; a call of a wider subset, `unassigned` and a dropped event are wrong.
Events without a label, or with one that LABELS lacks, are left out of the scores. Macro F1: unweighted mean of F1 over the set's populations.
Prints one line per goal. OUT_FOLDER keeps the runs.
"""
import argparse
import csv
import json
import pathlib
import sys

import numpy as np
import pandas as pd

import naming_trials
from naming_score import (SHIPPED, Table, ancestors, as_populations, f1_scores, in_file_order, print_confusions, reliability, run)
from weber import read_fcs, write_fcs

MOUSE = SHIPPED.parent / "mouse_spleen.yaml"

# What each label means, as subsets of the knowledge file: (set, label) -> ids. By the gates that the label stands for
# (Maxpar Direct gates of huimm: naive B cells are all CD19+CD27-, "terminal effector" T cells CCR7-/lo CD27-), never
# by what the program calls these events.
LABELS = {
    "huimm": {
        "Naive B (CD19+CD27-)": ["b_cd27neg", "b_igd_naive_gate", "b_dn"],
        "Total memory B (CD19+CD27+)": ["b_cd27pos", "b_usm", "b_swm", "b_asc"],
        "Classical monocytes": ["mono_classical"],
        "Transitional monocytes": ["mono_inter"],
        "Non-classical monocytes": ["mono_nonclassical"],
        "Basophils": ["basophil"],
        "Early NK (CD57-)": ["nk_dim_early", "nk_bright"],
        "Late NK (CD57+)": ["nk_dim_late"],
        "pDC": ["pdc"],
        "mDC": ["mdc"],
        "CD8 naive": ["cd8_naive"],
        "CD8 central memory": ["cd8_cm"],
        "CD8 effector memory": ["cd8_em_early", "cd8_temra_early"],
        "CD8 terminal effector": ["cd8_em_late", "cd8_temra_late"],
        "CD4 naive": ["cd4_naive"],
        "CD4 central memory": ["cd4_cm"],
        "CD4 effector memory": ["cd4_em_early"],
        "CD4 terminal effector": ["cd4_em_late"],
        "CD4- MAIT/NKT (CD28+CD161hi)": ["t_mait"],
        "CD4-CD8- T (TCR gd and other)": ["t_gd", "t_dn"],
    },
    "gatemeclass": {
        "B cells": ["b_cell"], "CD4+ T cells": ["t_cd4"], "CD8+ T cells": ["t_cd8"], "NK": ["nk_cell"],
        "monocytes": ["monocyte"], "neutrophils": ["granulocyte"],
    },
    "mem_pbmc": {
        "CD4 T cells": ["t_cd4"], "CD8 T cells": ["t_cd8"], "Dendritic cells": ["dendritic"],
        "IgM- B cells": ["b_cell"], "IgM+ B cells": ["b_cell"], "Monocytes": ["monocyte"], "NK cells": ["nk_cell"],
    },
    "mouse": {
        "B cells": ["b_cell"], "CD4 T cells": ["t_cd4"], "CD8 T cells": ["t_cd8"], "NK T cells": ["nkt_cell"],
        "NK cells": ["nk_cell"], "gd T cells": ["t_gd"],
    },
    "hipc": {
        "CD8 Naive": ["cd8_naive"], "CD8 Central Memory": ["cd8_cm"], "CD8 Effector Memory": ["cd8_em"],
        "CD8 Effector": ["cd8_temra"], "CD4 Naive": ["cd4_naive"], "CD4 Central Memory": ["cd4_cm"],
        "CD4 Effector Memory": ["cd4_em"], "CD4 Effector": ["cd4_temra"],
        # "Activated" cuts across these (an overlay here): which of the eight its cells are is not told, so no call is
        # right or wrong.
    },
}
# Populations that are one subset here count as one.
JOINED = {"mem_pbmc": {"IgM- B cells": "B cells", "IgM+ B cells": "B cells"}}
GOALS = {  # set -> (accuracy, macro F1)
    "huimm": (0.90, 0.85), "gatemeclass": (0.97, None), "mem_pbmc": (0.93, None), "mouse": (None, 0.85),
    "hipc": (None, None),
}
# Healthy adults: (subset, of these subsets, low, high, source), as DOMAIN.md gives them.
HEALTHY = [
    ("b_cell", ["t_cell", "b_cell", "nk_cell"], 0.06, 0.28, "ARUP, of lymphocytes"),
    ("b_dn", ["b_cell"], 0.0, 0.10, "Wei 2007, always below 10 %"),
    ("b_igd_naive_gate", ["b_cell"], 0.56, 0.80, "Anolik 2004, 68 +/- 6: mean +/- 2 sd"),
    ("b_swm", ["b_cell"], 0.04, 0.40, "ARUP"),
    ("b_usm", ["b_cell"], 0.03, 0.35, "ARUP"),
    ("b_cd21low", ["b_cell"], 0.012, 0.09, "ARUP"),
    ("treg", ["t_cd4"], 0.03, 0.10, "rule of thumb"),
]


def score(table, name, true, called, chains, options):
    """`true` [events] labels, "" for none; `called` as run() gives it."""
    mapping = {}
    for label, ids in LABELS[name].items():
        mapping.setdefault(JOINED.get(name, {}).get(label, label), set()).update(ids)
    true = np.array([JOINED.get(name, {}).get(label, label) for label in true], dtype=object)
    kept = np.isin(true, list(mapping))
    true, called = true[kept], called[kept]
    predicted = as_populations(called.subset, mapping, chains)
    right = predicted == true
    scores = f1_scores(true, predicted)
    accuracy_goal, f1_goal = GOALS[name]
    table.row(f"{name}: accuracy, {len(true)} events", right.mean(), accuracy_goal)
    table.row(f"{name}: macro F1 over {len(scores)} populations", np.mean(list(scores.values())), f1_goal)
    for label, f1 in scores.items():
        print(f"    F1 {f1:.3f} {label} ({(true == label).sum()})")
    if options.confusions:
        print_confusions(true, called.subset.to_numpy())
    holding = {label: {above for one in ids for above in chains.get(one, [])} for label, ids in mapping.items()}
    true_call = right | np.array([subset in holding[label] for label, subset in zip(true, called.subset)])
    reliability(table, name, called.confidence.to_numpy(), right, true_call, called.subset.to_numpy())
    return right.mean(), np.mean(list(scores.values()))


def label_key(path):
    return {int(row["label"]): row["population"] for row in csv.DictReader(open(path))}


def huimm(table, options):
    folder = options.data / "huimmprofiling_s1"
    key = label_key(folder / "label_key.csv")
    key[0] = ""
    labels = np.loadtxt(folder / "ref_label_downsample.csv", int)
    called = in_file_order(run(options.program, options.out / "huimm", [folder / "downsample.fcs"], options.threads),
                           "downsample", len(labels))
    accuracy, f1 = score(table, "huimm", [key[label] for label in labels], called,
                         ancestors(), options)
    for method, others in other_methods(folder, key).items():
        table.row(f"  {method} on all 184,968 events: accuracy (ours must be above)", others[0], accuracy, at_most=True)
        table.row(f"  {method}: macro F1 (ours must be above)", others[1], f1, at_most=True)


def other_methods(folder, key):
    """Accuracy and macro F1 of the outputs that lie beside the set: true label from 0 (none: 20), and the call."""
    order = [key[i] for i in range(1, 21)]
    table = [row[0] for row in csv.reader(open(folder / "other/autogating__acdc__data__data_table2.csv"))][1:]
    named = dict(zip(table, order))
    results = {}
    for method, file in [("ACDC", "acdc__result"), ("MP", "mp__result"), ("MP (2)", "mp__result2")]:
        rows = [row for row in csv.reader(open(folder / f"other/autogating__{file}.csv"))][1:]
        true = np.array([int(float(row[0])) for row in rows])
        calls = [named.get(row[1], "") if method == "ACDC" else order[int(row[1])] for row in rows]
        kept = true < 20
        labels = np.array(order, dtype=object)[true[kept]]
        predicted = np.array(calls, dtype=object)[kept]
        results[method] = ((labels == predicted).mean(), np.mean(list(f1_scores(labels, predicted).values())))
    return results


def gates(table, options):
    """The gates' files of huimm, each a sample, as they are."""
    files = sorted((options.data / "huimmprofiling_s1/by_population").glob("*.fcs"))
    called = run(options.program, options.out / "gates", files, options.threads)
    chains = ancestors()
    for number, name, goals in [
            ("_07_", "naive B file", [(["b_cell"], 0.97), (["b_igd_naive_gate"], 0.88)]),
            ("_08_", "memory B file", [(["b_usm", "b_swm", "b_asc", "b_cd27pos"], 0.90)])]:
        mine = called[called["sample"].str.contains(number)]
        for ids, goal in goals:
            share = np.mean([bool(set(chains.get(subset, [])) & set(ids)) for subset in mine.subset])
            table.row(f"gates: {name}, share called {' or '.join(ids)}", share, goal)
        if options.confusions:
            print_confusions(np.full(len(mine), name), mine.subset.to_numpy())


# Gate files of huimm that are run alone: (number, what all their cells are, subsets that a call must lie in).
GATED = [("_07_", "naive B cells", ["b_cell"]), ("_07_", "naive B cells, as IgD+CD27- or DN", ["b_igd_naive_gate", "b_dn"]),
         ("_08_", "memory B cells", ["b_cell"]), ("_08_", "memory B cells, as memory or plasmablast", ["b_usm", "b_swm", "b_asc"]),
         ("_32_", "CD8 naive T cells", ["t_cell"]), ("_44_", "CD4 terminal effector T cells", ["t_cell"]),
         ("_21_", "late NK cells", ["nk_cell"])]


def gated(table, options):
    """Files of one population, each a study of its own: no other cells show where its markers are negative."""
    chains, calls = ancestors(), {}
    for number, what, ids in GATED:
        if number not in calls:
            file = next((options.data / "huimmprofiling_s1/by_population").glob(f"*{number}*.fcs"))
            calls[number] = run(options.program, options.out / f"gated{number}", [file], options.threads)
        mine = calls[number][calls[number].kept]
        inside = np.array([bool(set(chains.get(subset, [])) & set(ids)) for subset in mine.subset])
        table.row(f"gated before: {what}, share of {len(mine)}", inside.mean())
        if options.confusions:
            print_confusions(np.full(len(mine), what), mine.subset.to_numpy())


def gatemeclass(table, options):
    folder, files, labels = options.data / "gatemeclass_flow", [], []
    (options.out / "gatemeclass").mkdir(parents=True, exist_ok=True)
    for donor in "CDE":
        values, text = [], []
        for path in sorted(folder.glob(f"{donor}1_*.fcs")):
            events, _, keys = read_fcs(path)
            values.append(events)
            text += [path.stem.split("_")[1]] * len(events)
        order = np.random.default_rng(1).permutation(len(text))
        files.append(options.out / f"gatemeclass/{donor}1.fcs")
        write_fcs(files[-1], np.concatenate(values)[order], keys)
        labels.append(np.array(text, dtype=object)[order])
    called = run(options.program, options.out / "gatemeclass", files, options.threads)
    whole = pd.concat([in_file_order(called, file.stem, len(text)) for file, text in zip(files, labels)],
                      ignore_index=True)
    score(table, "gatemeclass", np.concatenate(labels), whole, ancestors(), options)


def from_csv(table, options, name, path, label_column, key=None):
    """A table with a column of labels, which is left out for the run."""
    (options.out / name).mkdir(parents=True, exist_ok=True)
    rows = pd.read_csv(path)
    labels = rows.pop(label_column)
    file = options.out / name / f"{name}.csv"
    rows.to_csv(file, index=False)
    called = in_file_order(run(options.program, options.out / name, [file], options.threads), name, len(rows))
    score(table, name, [key[label] for label in labels] if key else labels.to_list(), called,
          ancestors(), options)


def mem_pbmc(table, options):
    folder = options.data / "mem_pbmc"
    key = {int(row["cluster"]): row["population"] for row in csv.DictReader(open(folder / "cluster_key.csv"))}
    from_csv(table, options, "mem_pbmc", folder / "PBMC_30000_cluster.csv", "cluster", key)


def hipc(table, options):
    from_csv(table, options, "hipc", options.data / "hipc_tcell_stanford/HIPC_Stanford_1228_1A.csv", "label")


def mouse(table, options):
    folder = options.data / "flowsom_68983"
    labels = [row[0].replace("Unlabeled", "") for row in csv.reader(open(folder / "gatingResult.csv"))]
    called = run(options.program, options.out / "mouse", [folder / "68983.fcs"], options.threads, MOUSE)
    score(table, "mouse", labels, in_file_order(called, "68983", len(labels)), ancestors(MOUSE),
          options)


def wilson(fraction, count, z=1.96):
    centre = (fraction + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(fraction * (1 - fraction) / count + z * z / (4 * count * count))
    return centre - half, centre + half


def healthy(table, options, name, files):
    """Fractions against healthy ranges, and that each subset without a figure is listed with a reason. With few events a
    fraction may lie outside by counting alone, so it is also told whether its 95 % interval (Wilson) meets the range."""
    run(options.program, options.out / name, files, options.threads)
    result = options.out / name / "result"
    rows = pd.read_csv(result / "abundance.csv")
    listed = {row["subset"] for row in json.loads((result / "report.json").read_text())["unresolved"]}
    inside, met, judged = 0, 0, 0
    for subset, whole, low, high, source in HEALTHY:
        for sample, of_sample in rows.groupby("sample"):
            events = of_sample.set_index("subset").events
            if subset not in events.index:
                continue
            count = max(events.reindex(whole).sum(), 1e-9)
            fraction = events[subset] / count
            least, most = wilson(fraction, count)
            good, meets = low <= fraction <= high, least <= high and most >= low
            inside, met, judged = inside + good, met + meets, judged + 1
            print(f"    {sample} {subset} {fraction:.3f} ({least:.3f} to {most:.3f}) of {count:.0f} events, healthy {low:g} to "
                  f"{high:g} ({source}) {'' if good else 'outside, but its interval is not' if meets else 'OUTSIDE'}")
    table.row(f"{name}: share of {judged} fractions inside healthy ranges", inside / max(judged, 1), 1.0)
    table.row(f"{name}: share whose 95 % interval meets the range", met / max(judged, 1))
    known = set(ancestors())
    silent = sorted(known - set(rows.subset) - listed)
    table.row(f"{name}: subsets neither measured nor listed as not resolvable", len(silent), 0, at_most=True, digits=0)
    if silent:
        print("    " + ", ".join(silent))


def imdata(table, options):
    healthy(table, options, "imdata", [options.data / "cytometree/IMdata.csv"])


def sdy420(table, options):
    healthy(table, options, "sdy420", sorted((options.data / "sdy420_sdy736_metacyto/SDY420").rglob("*.fcs")))


SETS = {"huimm": huimm, "gates": gates, "gated": gated, "gatemeclass": gatemeclass, "mem_pbmc": mem_pbmc, "mouse": mouse, "hipc": hipc,
        "imdata": imdata, "sdy420": sdy420, "trial": naming_trials.trial, "unnamed": naming_trials.unnamed,
        "absent": naming_trials.absent}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", type=pathlib.Path)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--set", choices=SETS, action="append")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--confusions", action="store_true", help="what the events of each label are called")
    options = arguments.parse_args()
    options.data = options.data.resolve()  # sample sheets name files relative to themselves
    table = Table()
    for name in options.set or SETS:
        SETS[name](table, options)
    print(f"{table.short} figures fall short")
    sys.exit(1 if table.short else 0)


if __name__ == "__main__":
    main()
