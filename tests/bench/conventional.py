#!/usr/bin/env python3
"""How right are names where a conventional cytometer blurs what a mass cytometer saw? Turns labelled mass-cytometry sets
into fluorescence panels at several separations and holds every population against what the best cuts reach there.

usage: conventional.py PROGRAM DATA_FOLDER OUT_FOLDER [--panel NAME] [--photons N,N] [--seed 1] [--threads 2]

How a panel is made (constants below): ions of the panel's markers plus autofluorescence, lognormal over cells and larger in myeloid
ones, plus what other channels spill, are photoelectrons by a Poisson law (so many an ion: the separation), with
electronic noise; compensated by the exact matrix; linear values, negative ones included; scatter by lineage; 3 % debris.
Best cuts: for each population the box on the panel's markers with the highest F1 against the labels, found one bound at
a time (an upper limit for straight gates that knows the labels). Goal: F1 at least .90 of the best cuts' in every
population of 50 cells or more whose best cuts reach .5; below that nobody can tell them.
"""
import argparse
import pathlib
import sys

import h5py
import numpy as np

from naming_score import ancestors
from trial_truth import categorical
from weber import read_fcs, write_fcs

import csv
import shutil
import subprocess

PHOTONS = (2.0, 0.5, 0.2)  # photoelectrons an ion
AUTOFLUORESCENCE = (1.0, 8.0)  # ions, range over channels
ELECTRONIC = 2.0  # photoelectrons, sd
SPILL = (2, 0.01, 0.15)  # neighbours of a channel, their share
MYELOID = ("mono", "mdc", "dc", "non")  # labels of cells with more scatter and autofluorescence begin so

B_HIMC = {"IgD+CD27-": (["B-IgDposCD27neg"], ["b_igd_naive_gate"]), "unswitched": (["B-IgDposCD27pos"], ["b_usm"]),
          "switched": (["B-IgDnegCD27pos"], ["b_swm", "b_asc"]), "double negative": (["B-IgDnegCD27neg"], ["b_dn"])}
CD4 = ["CD4-Naive", "CD4-CM", "CD4-EM", "CD4-Eff", "CD4pos_Treg"]
T_HIMC = {f"{cell} {label}": ([f"{cell}-{label}"], [f"{cell.lower()}_{subset}"])
          for cell in ("CD4", "CD8") for label, subset in (("Naive", "naive"), ("CM", "cm"), ("EM", "em"), ("Eff", "temra"))}
TREG = {"Treg": (["CD4pos_Treg"], ["treg"])}
HELPER = {"cTfh": (["+ctfh"], ["ctfh"]), "Th17": (["+th17"], ["th17"]), "Th1": (["+th1"], ["th1"])}
# name -> (set, markers, population -> (labels, subsets))
PANELS = {
    "himc B": ("himc", "CD3 CD14 CD19 CD20 IgD CD27 CD38", B_HIMC),
    "himc B without CD3 and CD14": ("himc", "CD19 CD20 IgD CD27 CD38 CD45", B_HIMC),
    "himc T memory": ("himc", "CD3 CD4 CD8 CD45RA CCR7 CD27", T_HIMC),
    "himc Treg": ("himc", "CD3 CD4 CD25 CD127 CD45RA CD19 CD14", TREG),
    "himc helper": ("himc", "CD3 CD4 CD8 CD45RA CCR7 CD25 CD127 CXCR5 CXCR3 CCR6", T_HIMC | TREG | HELPER),
    "huimm B": ("huimm", "CD3 CD14 CD19 CD20 CD27 CD38", {
        "CD27-": (["Naive B (CD19+CD27-)"], ["b_cd27neg"]), "CD27+": (["Total memory B (CD19+CD27+)"], ["b_cd27pos", "b_asc"])}),
    "huimm T memory": ("huimm", "CD3 CD4 CD8 CD45RA CD45RO CCR7 CD27 CD28", {
        f"{cell} {label}": ([f"{cell} {label}"], [f"{cell.lower()}_{s}" for s in subsets])
        for cell in ("CD4", "CD8") for label, subsets in (("naive", ["naive"]), ("central memory", ["cm"]),
                                                          ("effector memory", ["em_early", "temra_early"]),
                                                          ("terminal effector", ["em_late", "temra_late"]))}),
    "huimm lineages": ("huimm", "CD3 CD4 CD8 CD14 CD19 CD56 HLA-DR CD11c CD123", {
        "B": (["Naive B (CD19+CD27-)", "Total memory B (CD19+CD27+)"], ["b_cell"]),
        "CD4 T": (["CD4 naive", "CD4 central memory", "CD4 effector memory", "CD4 terminal effector"], ["t_cd4"]),
        "CD8 T": (["CD8 naive", "CD8 central memory", "CD8 effector memory", "CD8 terminal effector"], ["t_cd8"]),
        "NK": (["Early NK (CD57-)", "Late NK (CD57+)"], ["nk_cell"]),
        "monocytes": (["Classical monocytes", "Transitional monocytes", "Non-classical monocytes"], ["monocyte"]),
        "pDC": (["pDC"], ["pdc"]), "mDC": (["mDC"], ["mdc"]), "basophils": (["Basophils"], ["basophil"])}),
}


def load(name, data):
    """Ions [events][channels] and marker names of one set, the labels of each event (a list of sets of words)."""
    if name == "himc":
        folder = data / "b_panels/himc"
        values, names, _ = read_fcs(folder / "himc_plate3.fcs")
        words = (folder / "himc_plate3_labels.csv").read_text().split()[1:]
    else:
        folder = data / "huimmprofiling_s1"
        values, names, _ = read_fcs(folder / "downsample.fcs")
        values = 5.0 * np.sinh(values)  # the file holds asinh(ions / 5)
        key = {row["label"]: row["population"] for row in csv.DictReader(open(folder / "label_key.csv"))}
        words = [key[line.strip()] for line in open(folder / "ref_label_downsample.csv") if line.strip()]
    markers = {("CD8" if marker == "CD8a" else marker): i
               for i, marker in ((i, name.split("_")[1] if "_" in name else name) for i, name in enumerate(names))}
    markers |= {"CCR7": i for i, name in enumerate(names) if name.endswith("CCR7")}
    markers |= {"CD45": i for i, name in enumerate(names) if name.endswith("CD45-BC2")}
    labels = {word: np.array([w == word for w in words]) for word in set(words)}
    if name == "himc":  # helper types, as gates on ions: beyond the 99th percentile of naive CD4 T cells
        memory = labels["CD4-CM"] | labels["CD4-EM"]
        above = {m: values[:, markers[m]] > max(np.quantile(values[labels["CD4-Naive"], markers[m]], 0.99), 3.0)
                 for m in ("CXCR5", "CXCR3", "CCR6")}
        labels["+ctfh"] = memory & above["CXCR5"]
        labels["+th17"] = memory & above["CCR6"] & ~above["CXCR3"]
        labels["+th1"] = memory & above["CXCR3"] & ~above["CCR6"]
    return values, markers, labels, np.array([w.lower().startswith(MYELOID) or "monocyte" in w.lower() for w in words])


def blurred(ions, is_myeloid, photons, rng):
    """Compensated linear values of a conventional cytometer [events][markers], and FSC-A, SSC-A."""
    events, channels = ions.shape
    ions = np.maximum(ions, 0).astype(float)
    size = rng.lognormal(0, 0.3, events) * np.where(is_myeloid, 1.8, 1.0)
    own = ions + size[:, None] * rng.uniform(*AUTOFLUORESCENCE, channels)
    spill = np.eye(channels)
    for channel in range(channels):
        others = rng.permutation(np.delete(np.arange(channels), channel))[:SPILL[0]]
        spill[channel, others] = rng.uniform(SPILL[1], SPILL[2], len(others))
    counted = rng.poisson(photons * (own @ spill)) + rng.normal(0, ELECTRONIC, (events, channels))
    values = counted @ np.linalg.inv(spill) / photons * 30.0
    fsc = rng.normal(60000, 7000, events) * np.where(is_myeloid, 1.4, 1.0)
    ssc = rng.lognormal(np.log(18000), 0.18, events) * np.where(is_myeloid, 1.9, 1.0)
    return values, fsc, ssc


def with_debris(values, fsc, ssc, rng):
    """3 % small events with the background of cells, at random places of the file: also says where each cell went."""
    extra = int(0.03 * len(values))
    low = np.quantile(values, 0.1, axis=0)
    debris = low + rng.normal(0, 1, (extra, values.shape[1])) * np.maximum(np.abs(low), 30.0)
    everything = np.column_stack([np.r_[fsc, rng.uniform(8000, 30000, extra)], np.r_[ssc, rng.uniform(3000, 20000, extra)],
                                  np.r_[values, debris]])
    order = rng.permutation(len(everything))
    return everything[order], order


def write_panel(folder, stains, values, fsc, ssc, rng):
    """Writes panel.fcs with debris among the cells [events][stains]; says where each cell went."""
    everything, order = with_debris(values, fsc, ssc, rng)
    folder.mkdir(parents=True, exist_ok=True)
    stains = ["FSC-A", "SSC-A", *stains]
    keys = {"$PAR": str(len(stains)), "$MODE": "L", "$CYT": "made", "APPLY COMPENSATION": "FALSE"}
    for i, stain in enumerate(stains, 1):
        keys |= {f"$P{i}N": stain if i < 3 else f"F{i}-A", f"$P{i}S": "" if i < 3 else stain, f"$P{i}R": "262144", f"$P{i}E": "0,0"}
    write_fcs(folder / "panel.fcs", everything, keys)
    return order


def called_and_true(found, order, labels, of_labels, subsets):
    """Which events of the file are called one of `subsets`, and which are cells of `of_labels`."""
    is_in = np.any([labels[label] for label in of_labels], axis=0)
    called = np.any([found.get(s, np.zeros(len(order), bool)) for s in subsets], axis=0)
    return called, np.r_[is_in, np.zeros(len(order) - len(is_in), bool)][order]


def f1_of(called, truth):
    return 2 * (truth & called).sum() / max(truth.sum() + called.sum(), 1)


def best_box(values, is_in, rounds=60):
    """The highest F1 that a box on `values` [events][markers] reaches, one bound at a time from all open."""
    total, best = is_in.sum(), 0.0
    low, high = np.full(values.shape[1], -np.inf), np.full(values.shape[1], np.inf)
    for _ in range(rounds):
        step = None
        for marker in range(values.shape[1]):
            others = np.ones(len(values), bool)
            for other in range(values.shape[1]):
                if other != marker:
                    others &= (values[:, other] > low[other]) & (values[:, other] <= high[other])
            for side in (0, 1):
                x = values[:, marker]
                inside = others & ((x <= high[marker]) if side == 0 else (x > low[marker]))
                xs, yes = x[inside], is_in[inside]
                order = np.argsort(-xs if side == 0 else xs, kind="stable")
                hits = np.cumsum(yes[order])
                f1 = 2 * hits / (np.arange(1, len(hits) + 1) + total)
                if len(f1) and f1.max() > best + 1e-6 and (step is None or f1.max() > step[0]):
                    at = int(f1.argmax())
                    bound = xs[order[at]]
                    step = (f1.max(), marker, side, np.nextafter(bound, -np.inf) if side == 0 else bound)
        if step is None:
            break
        best = step[0]
        (low if step[2] == 0 else high)[step[1]] = step[3]
    return best


def run(program, folder, threads):
    shutil.rmtree(folder / "result", ignore_errors=True)
    (folder / "samples.csv").write_text("file,patient,visit,group\npanel.fcs,P1,baseline,healthy\n")
    (folder / "study.yaml").write_text("name: conventional\nsamples: samples.csv\n")
    subprocess.run([program, "run", folder / "study.yaml", "--threads", str(threads), "--events", "labels", "--quiet",
                    "--out", folder / "result"], check=True, stderr=open(folder / "said.txt", "w"))
    return folder / "result/events.h5ad"


def memberships(path, events, chains):
    """Subset -> events of the file that are called so, or as a part of it, on any axis."""
    found = {}
    with h5py.File(path) as file:
        obs = file["obs"]
        index = obs["event_index"][:]
        axes = [name for name in obs if name == "subset" or name.startswith("axis_")]
        for axis in axes:
            codes, words = categorical(obs[axis])
            for code, word in enumerate(words[:-1]):
                for above in chains.get(word, []):
                    found.setdefault(above, np.zeros(events, bool))[index[codes == code]] = True
    return found



def options_of_two(doc):
    """The options of a benchmark that may compare two programs."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--other", help="a program of before, on the same files")
    return parser


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--panel", default="")
    parser.add_argument("--photons", default=",".join(map(str, PHOTONS)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    chains, short, every = ancestors(), 0, []
    for number, (name, (source, words, populations)) in enumerate(PANELS.items()):
        if options.panel not in name:
            continue
        ions, columns, labels, is_myeloid = load(source, options.data)
        markers = words.split()
        for photons in map(float, options.photons.split(",")):
            rng = np.random.default_rng([options.seed, number, int(photons * 100)])
            values, fsc, ssc = blurred(ions[:, [columns[m] for m in markers]], is_myeloid, photons, rng)
            folder = options.out / f"{name} {photons:g}".replace(" ", "_")
            order = write_panel(folder, markers, values, fsc, ssc, rng)
            found = memberships(run(options.program, folder, options.threads), len(order), chains)
            at_best = np.column_stack([ssc, np.arcsinh(values / 150)])
            scores = []
            for population, (of_labels, subsets) in populations.items():
                is_in = np.any([labels[label] for label in of_labels], axis=0)
                if is_in.sum() < 50:
                    continue
                f1 = f1_of(*called_and_true(found, order, labels, of_labels, subsets))
                best = best_box(at_best, is_in)
                if best >= 0.5:
                    scores.append((population, f1, best))
            bad = [s for s in scores if s[1] < 0.9 * s[2]]
            short += len(bad); every += scores
            print(f"{name}, {photons:g} photons an ion: macro F1 {np.mean([s[1] for s in scores]):.3f}, best cuts "
                  f"{np.mean([s[2] for s in scores]):.3f}; " +
                  ", ".join(f"{p} {f:.2f}/{b:.2f}{' !' if f < 0.9 * b else ''}" for p, f, b in scores), flush=True)
    ratios = np.array([f / b for _, f, b in every])
    print(f"{len(every)} populations: {np.sum(ratios >= 0.9)} reach .90 of the best cuts, lowest {ratios.min():.2f}, mean {ratios.mean():.3f}")
    sys.exit(short > 0)


if __name__ == "__main__":
    main()
