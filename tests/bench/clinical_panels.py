#!/usr/bin/env python3
"""Are names right on panels of the shapes that clinics use? Few markers, T cells by CD45RO or CD62L, helper types without
regulatory markers, vendors' channel names, files gated to lymphocytes or to enriched cells.

usage: clinical_panels.py PROGRAM DATA_FOLDER OUT_FOLDER [--panel NAME] [--photons 1,0.3] [--threads 2]

Made of the same labelled mass-cytometry sets and in the same way as conventional.py, which see; PANELS says which events
and which names. Prints F1 of each population against that of the best cuts.
"""
import argparse
import pathlib

import numpy as np

from conventional import (B_HIMC, CD4, HELPER, T_HIMC, TREG, best_box, blurred, called_and_true, f1_of, load, memberships,
                          run, write_panel)
from naming_score import ancestors

CD8 = [f"CD8-{stage}" for stage in ("Naive", "CM", "EM", "Eff")]
B = [label for labels, _ in B_HIMC.values() for label in labels]
LINEAGES = {"CD4": (CD4, ["t_cd4"]), "CD8": (CD8, ["t_cd8"])}
IS_B = {"B": (B, ["b_cell"])}
NAIVE = {name: T_HIMC[name] for name in ("CD4 Naive", "CD8 Naive")}
TYPES = {"Th17": HELPER["Th17"], "Th1": HELPER["Th1"]}
FOLLICULAR = {"cTfh": HELPER["cTfh"]}


def huimm(cell):
    """Populations of CD4 or CD8 T cells of huimm, by memory stage and altogether."""
    def labels(*stages):
        return [f"{cell} {stage}" for stage in stages]
    subset = cell.lower()
    return {f"{cell} naive": (labels("naive"), [f"{subset}_naive"]),
            f"{cell} central memory": (labels("central memory"), [f"{subset}_cm"]),
            f"{cell} EM+TE": (labels("effector memory", "terminal effector"), [f"{subset}_em", f"{subset}_temra"]),
            f"{cell} T": (labels("naive", "central memory", "effector memory", "terminal effector"), [f"t_{subset}"])}


STAGES = huimm("CD4") | huimm("CD8")
CD4_HAS_RA = {"CD4 CD45RA+": (["CD4-Naive", "CD4-Eff"], ["cd4_ra_pos"]), "CD4 CD45RA-": (["CD4-CM", "CD4-EM", "CD4pos_Treg"], ["cd4_ra_neg"])}
HAS_RA = CD4_HAS_RA | {"CD8 CD45RA+": (["CD8-Naive", "CD8-Eff"], ["cd8_ra_pos"]), "CD8 CD45RA-": (["CD8-CM", "CD8-EM"], ["cd8_ra_neg"])}
MONOCYTES = {"classical": (["Monocytes-CD16negCD14pos"], ["mono_classical"]), "intermediate": (["Monocytes-CD16posCD14pos"], ["mono_inter"]),
             "non-classical": (["Monocytes-CD16posCD14neg"], ["mono_nonclassical"])}
NK = {"NK": (["NK", "CD56brightNK"], ["nk_cell"])}
MONO_HUIMM = (["Classical monocytes", "Transitional monocytes", "Non-classical monocytes"], ["monocyte"])
B_HUIMM = (["Naive B (CD19+CD27-)", "Total memory B (CD19+CD27+)"], ["b_cell"])
VENDOR = {"CCR7": "BV421-A :: CCR7", "CD45RA": "CD45RA FITC", "CD127": "CD127-PE-Cy7", "CD3": "APC-H7 CD3"}
T7 = "CD3 CD4 CD8 CD45RA CCR7 CD25 CD127"
# name -> (set, markers, population -> (labels, subsets), which events, channel names)
PANELS = {
    "T clinical": ("himc", T7, T_HIMC | TREG | LINEAGES, "all", {}),
    "T clinical lymphocytes": ("himc", T7, T_HIMC | TREG | LINEAGES, "lymphocytes", VENDOR),
    "T clinical CD3+": ("himc", T7, T_HIMC | TREG | LINEAGES, "T", {"CCR7": "CD197"}),
    "T with CD14 and CD19": ("himc", "CD3 CD4 CD8 CD45RA CCR7 CD14 CD19",
                             T_HIMC | LINEAGES | IS_B | {"monocytes": (["Monocytes-CD16negCD14pos"], ["monocyte"])}, "all", {}),
    "T memory by CD27": ("himc", "CD3 CD4 CD8 CD45RA CD27", LINEAGES | NAIVE, "lymphocytes", {}),
    "T memory by CD62L": ("himc", "CD3 CD4 CD8 CD45RA CD62L", LINEAGES | NAIVE, "lymphocytes", {}),
    "chemokines": ("himc", "CD3 CD4 CXCR3 CCR6 CD45RA", TYPES | {"CD4": LINEAGES["CD4"]}, "lymphocytes", {}),
    "chemokines and Treg": ("himc", "CD3 CD4 CD25 CD127 CXCR3 CCR6 CD45RA CXCR5", TREG | HELPER | {"CD4": LINEAGES["CD4"]},
                            "all", {"CXCR3": "CD183", "CCR6": "CD196", "CXCR5": "CD185"}),
    "chemokines and CD8": ("himc", "CD3 CD8 CD4 CD45RA CXCR3 CCR6", TYPES | LINEAGES, "lymphocytes", {}),
    "Tfh": ("himc", "CD3 CD4 CD45RA CXCR5 PD-1 ICOS", FOLLICULAR | {"CD4": LINEAGES["CD4"]}, "lymphocytes", {}),
    "Tfh and B": ("himc", "CD3 CD4 CD19 CD45RA CXCR5 PD-1 ICOS", FOLLICULAR | {"CD4": LINEAGES["CD4"]} | IS_B, "all", {}),
    "Treg": ("himc", "CD3 CD4 CD25 CD127", TREG | {"CD4": LINEAGES["CD4"]}, "lymphocytes", {}),
    "Treg without CD3": ("himc", "CD4 CD25 CD127 CD45RA", TREG, "lymphocytes", {}),
    "T activation": ("himc", "CD3 CD4 CD8 CD45RA CCR7 CD38 HLA-DR", T_HIMC | LINEAGES, "lymphocytes", {}),
    "TBNK": ("himc", "CD45 CD3 CD4 CD8 CD19 CD16 CD56",
             LINEAGES | IS_B | {"NK": (["NK", "CD56brightNK"], ["nk_cell"]), "NKT": (["NKT"], ["nkt_like"])}, "all", {}),
    "T gamma-delta": ("himc", "CD3 CD4 CD8 TCRgd CD45RA CCR7 CD56",
                      T_HIMC | LINEAGES | {"gd": (["Tcells_TCRgd"], ["t_gd"])}, "lymphocytes", {}),
    "T by CD45RO": ("huimm", "CD3 CD4 CD8 CD45RO CCR7", STAGES, "all", {}),
    "T by CD45RA": ("huimm", "CD3 CD4 CD8 CD45RA CCR7 CD19", STAGES, "all", {}),
    "T by CD45RO and CD27": ("huimm", "CD3 CD4 CD8 CD45RO CD27 CD28",
                             {name: STAGES[name] for name in ("CD4 naive", "CD8 naive", "CD4 T", "CD8 T")}, "lymphocytes", {}),
    "B only": ("himc", "CD19 CD20 CD27 CD38 IgD", B_HIMC, "lymphocytes", {}),
    "B enriched": ("himc", "CD19 CD20 CD27 CD38 IgD", B_HIMC, "B", {}),
    "B by CD20": ("himc", "CD20 IgD CD27 CD3", B_HIMC, "lymphocytes", {}),
    "B isotypes": ("himc", "CD19 IgD CD27 IgG IgA CD38 CD3", B_HIMC, "all", {}),
    "B with a dump channel": ("himc", "CD19 IgD CD27 CD38 CD3", B_HIMC, "all", {"CD3": "CD3/CD14/CD16 dump"}),
    "B with CD45": ("himc", "CD45 CD19 IgD CD27", B_HIMC, "all", {}),
    "Treg without CD3 ungated": ("himc", "CD4 CD25 CD127", TREG | {"CD4": LINEAGES["CD4"]}, "all", {}),
    "memory without CD3": ("himc", "CD4 CD8 CD45RA CCR7", T_HIMC | LINEAGES, "lymphocytes", {}),
    "memory without CD3 ungated": ("huimm", "CD4 CD8 CD45RA CCR7 CD27", STAGES, "all", {}),
    "chemokines without CD3": ("himc", "CD4 CXCR3 CCR6 CD45RA", TYPES | {"CD4": LINEAGES["CD4"]}, "lymphocytes", {}),
    "CD45RA alone": ("himc", "CD3 CD4 CD8 CD45RA", LINEAGES | HAS_RA, "lymphocytes", {}),
    "CD45RA alone ungated": ("himc", "CD3 CD4 CD45RA", {"CD4": LINEAGES["CD4"]} | CD4_HAS_RA, "all", {}),
    "B by CD20 without CD3": ("himc", "CD20 IgD CD27", B_HIMC | IS_B, "lymphocytes", {}),
    "monocytes": ("himc", "CD14 CD16 HLA-DR", MONOCYTES, "all", {}),
    "monocytes and lineages": ("huimm", "CD3 CD14 HLA-DR CD19", {"monocytes": MONO_HUIMM, "B": B_HUIMM}, "all", {}),
    "lineages without CD56": ("himc", "CD3 CD4 CD8 CD14 CD16 CD19 HLA-DR", MONOCYTES | LINEAGES | IS_B | NK, "all", {}),
    "NK and monocytes without CD56": ("himc", "CD3 CD14 CD16 HLA-DR", MONOCYTES | NK, "all", {}),
    "B enriched, few markers": ("himc", "CD19 IgD CD27", B_HIMC, "B", {}),
    "B enriched, no dim marker": ("himc", "CD19 CD20 HLA-DR IgD CD27 CD45", B_HIMC, "B", {}),
}
MYELOID = ("Monocytes", "mDC", "pDC", "Non", "Basophil", "Transitional", "Classical", "unassigned")


def kept_events(labels, events, which):
    """Which events [events] a file holds: of gated ones a few stay."""
    some = np.random.default_rng(5).random(events)
    def any_of(wanted):
        return np.any([is_in for label, is_in in labels.items() if wanted(label)] or [np.zeros(events, bool)], axis=0)
    if which == "lymphocytes":
        return ~any_of(lambda label: label.startswith(MYELOID)) | (some < 0.02)
    if which == "T":
        return any_of(lambda label: label.startswith(("CD4", "CD8", "NKT", "Tcells")))
    if which == "B":
        return any_of(lambda label: label in B) | (some < 0.01)
    return np.ones(events, bool)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--panel", default="")
    parser.add_argument("--photons", default="1,0.3")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    chains, every = ancestors(), []
    for number, (name, (source, words, populations, which, names)) in enumerate(PANELS.items()):
        if options.panel not in name:
            continue
        ions, columns, labels, is_myeloid = load(source, options.data)
        kept = kept_events(labels, len(ions), which)
        labels = {label: is_in[kept] for label, is_in in labels.items()}
        markers = words.split()
        for photons in map(float, options.photons.split(",")):
            rng = np.random.default_rng([7, number, int(photons * 100)])
            values, fsc, ssc = blurred(ions[kept][:, [columns[m] for m in markers]], is_myeloid[kept], photons, rng)
            folder = options.out / f"{name} {photons:g}".replace(" ", "_")
            order = write_panel(folder, [names.get(m, m) for m in markers], values, fsc, ssc, rng)
            found = memberships(run(options.program, folder, options.threads), len(order), chains)
            at_best = np.column_stack([ssc, np.arcsinh(values / 150)])
            scores = []
            for population, (of_labels, subsets) in populations.items():
                is_in = np.any([labels[label] for label in of_labels], axis=0)
                if is_in.sum() < 50:
                    continue
                best = best_box(at_best, is_in)
                if best >= 0.5:
                    scores.append((population, f1_of(*called_and_true(found, order, labels, of_labels, subsets)), best))
            every += scores
            print(f"{name}, {photons:g} photons an ion: macro F1 {np.mean([s[1] for s in scores]):.3f}, best cuts "
                  f"{np.mean([s[2] for s in scores]):.3f}; " +
                  ", ".join(f"{p} {f:.2f}/{b:.2f}{' !' if f < 0.9 * b else ''}" for p, f, b in scores), flush=True)
    ratios = np.array([f / b for _, f, b in every])
    print(f"{len(every)} populations: {np.sum(ratios >= 0.9)} reach .90 of the best cuts, none called {np.sum(ratios == 0)}, mean {ratios.mean():.3f}")


if __name__ == "__main__":
    main()
