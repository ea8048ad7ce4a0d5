#!/usr/bin/env python3
"""Are names right on panels that nobody chose? Markers, gating and noise of each panel come from a seed.

usage: random_panels.py PROGRAM DATA_FOLDER OUT_FOLDER [--other PROGRAM] [--seeds 0,40] [--lists]

Made of the same labelled mass-cytometry sets and in the same way as conventional.py, which see. A panel has the markers
that T cells (CD3 CD4 CD8 CD45RA CCR7) or B cells (CD19 IgD CD27) are divided by and up to six more; 0.25 to 2.5
photoelectrons an ion. Prints the macro F1 of each panel, with --other of two programs on the same files, and populations
whose F1 differs by .03. --lists: three to eight markers of any kind instead, and only populations that are called wrongly:
200 cells or more, of which less than half are right.
"""
import collections
import shutil

import numpy as np

import clinical_panels as clinical
from conventional import (B_HIMC, HELPER, TREG, T_HIMC, blurred, called_and_true, f1_of, load, memberships, options_of_two,
                          run, write_panel)
from naming_score import ancestors

KINDS = {  # name -> (set, markers, further ones, population -> (labels, subsets))
    "T": ("himc", "CD3 CD4 CD8 CD45RA CCR7", "CD27 CD25 CD127 CXCR5 CXCR3 CCR6 CD19 CD14 CD16 CD56 HLA-DR CD38 TCRgd CD45",
          T_HIMC | clinical.LINEAGES),
    "T of huimm": ("huimm", "CD3 CD4 CD8 CD45RA CCR7", "CD27 CD28 CD19 CD14 CD56 HLA-DR CD38 CD45RO CD45 CD20", clinical.STAGES),
    "B": ("himc", "CD19 IgD CD27", "CD20 CD38 CD3 CD14 HLA-DR CD45 IgG IgA CD16 CD56", B_HIMC),
}
MONOCYTES_HIMC = (["Monocytes-CD16posCD14pos", "Monocytes-CD16negCD14pos", "Monocytes-CD16posCD14neg",
                   "Monocytes-CD16negCD14neg"], ["monocyte"])
LISTS = {  # set -> (markers, population -> (labels, subsets))
    "himc": ("CD3 CD4 CD8 CD45RA CCR7 CD27 CD25 CD127 CXCR5 CXCR3 CCR6 CD19 CD20 IgD CD38 CD14 CD16 CD56 HLA-DR TCRgd CD45 CD11c "
             "CD123 IgG IgA CD33 PD-1 ICOS CD28 CD57",
             B_HIMC | clinical.IS_B | T_HIMC | clinical.LINEAGES | TREG | HELPER | clinical.MONOCYTES | clinical.NK |
             {"gd": (["Tcells_TCRgd"], ["t_gd"]), "monocytes": MONOCYTES_HIMC, "pDC": (["pDCs"], ["pdc"])}),
    "huimm": ("CD3 CD4 CD8 CD45RA CD45RO CCR7 CD27 CD28 CD19 CD20 CD38 CD14 CD56 HLA-DR TCRgd CD45 CD11c CD123 CD57 CD161",
              clinical.STAGES | {"B": clinical.B_HUIMM, "monocytes": clinical.MONO_HUIMM, "mDC": (["mDC"], ["mdc"]),
                                 "NK": (["Early NK (CD57-)", "Late NK (CD57+)"], ["nk_cell"]),
                                 "basophils": (["Basophils"], ["basophil"]), "pDC": (["pDC"], ["pdc"])}),
}


def draw(rng, sets, is_list):
    """Kind, set, markers, populations, which events and photons of one panel."""
    if is_list:
        source = str(rng.choice(["himc", "himc", "huimm"]))
        words, populations = LISTS[source]
        there = [m for m in words.split() if m in sets[source][1]]
        markers = list(rng.choice(there, rng.integers(3, 9), replace=False))
        if not set(markers) & {"CD3", "CD19", "CD20", "CD4", "CD14"}:
            markers.append("CD3")
        return source, source, markers, populations, rng.choice(["all", "all", "lymphocytes"]), rng.uniform(np.log(0.3), np.log(2))
    kind = str(rng.choice(["T", "T", "B", "T of huimm"]))
    source, words, more, populations = KINDS[kind]
    there = [m for m in more.split() if m in sets[source][1]]
    markers = words.split() + list(rng.choice(there, rng.integers(0, min(6, len(there)) + 1), replace=False))
    rng.shuffle(markers)
    if kind == "T" and {"CD25", "CD127"} <= set(markers):
        populations = populations | TREG
    gated = kind if kind in ("T", "B") else "lymphocytes"
    return kind, source, markers, populations, rng.choice(["all", "lymphocytes", gated]), rng.uniform(np.log(0.25), np.log(2.5))


def wrong_calls(found, order, labels, populations):
    names = np.full(len(next(iter(labels.values()))), "no label", object)
    for label, is_in in labels.items():
        if not label.startswith("+"):
            names[is_in] = label
    names = np.r_[names, np.full(len(order) - len(names), "debris", object)][order]
    for population, (of_labels, subsets) in populations.items():
        called, truth = called_and_true(found, order, labels, of_labels, subsets)
        if called.sum() >= 200 and (called & truth).sum() < 0.5 * called.sum():
            most = collections.Counter(names[called & ~truth]).most_common(3)
            print(f"  {population}: called {called.sum()}, right {(called & truth).sum()} of {truth.sum()}; {most}", flush=True)


def main():
    parser = options_of_two(__doc__)
    parser.add_argument("--seeds", default="0,40")
    parser.add_argument("--lists", action="store_true")
    options = parser.parse_args()
    sets = {name: load(name, options.data) for name in ("himc", "huimm")}
    chains, means = ancestors(), collections.defaultdict(list)
    for seed in range(*map(int, options.seeds.split(","))):
        rng = np.random.default_rng([11, int(options.lists), seed])
        kind, source, markers, populations, which, photons = draw(rng, sets, options.lists)
        photons = float(np.round(np.exp(photons), 2))
        ions, columns, labels, is_myeloid = sets[source]
        kept = clinical.kept_events(labels, len(ions), which)
        labels = {label: is_in[kept] for label, is_in in labels.items()}
        populations = {p: v for p, v in populations.items() if all(label in labels for label in v[0])}
        values, fsc, ssc = blurred(ions[kept][:, [columns[m] for m in markers]], is_myeloid[kept], photons, rng)
        folder = options.out / f"{'list' if options.lists else 'panel'} {seed}".replace(" ", "_")
        order = write_panel(folder, markers, values, fsc, ssc, rng)
        scores = []
        for program in [options.other, options.program] if options.other else [options.program]:
            found = memberships(run(program, folder, 2), len(order), chains)
            scores.append({p: f1_of(*called_and_true(found, order, labels, *v)) for p, v in populations.items()
                           if np.any([labels[label] for label in v[0]], axis=0).sum() >= 50})
        print(f"{seed}: {kind}, {which}, {photons:g} photons an ion, {' '.join(markers)}", end="" if not options.lists else "\n")
        if options.lists:
            wrong_calls(found, order, labels, populations)
        else:
            macro = [np.mean(list(one.values())) for one in scores]
            means[kind].append(macro)
            moved = [f"{p} {scores[0][p]:.2f} to {scores[-1][p]:.2f}" for p in scores[0] if abs(scores[0][p] - scores[-1][p]) >= 0.03]
            print(": " + " to ".join(f"{m:.3f}" for m in macro) + "".join(", " + one for one in moved), flush=True)
        shutil.rmtree(folder)
    for kind, macros in means.items():
        macros = np.array(macros)
        change = macros[:, -1] - macros[:, 0]
        print(f"{kind}: {len(macros)} panels, mean {' to '.join(f'{m:.4f}' for m in macros.mean(axis=0))}; better by .003 in "
              f"{np.sum(change > 0.003)}, worse in {np.sum(change < -0.003)}, the worst by {-change.min():.3f}")


if __name__ == "__main__":
    main()
