#!/usr/bin/env python3
"""Are B cells named rightly where patients have other shares of them than healthy people?

usage: b_compositions.py PROGRAM DATA_FOLDER OUT_FOLDER [--other PROGRAM] [--photons 0.5,1.5] [--seeds 1,2,3]

Studies of six files of 12,000 events, made of the labelled mass-cytometry set 'himc' as in troubled_panels.py, which see. In
half or all of the files B cells are drawn anew, with so many of each subset; autofluorescence, spill and noise of a study come
from its seed. Prints the mean F1 of the four subsets over the files, of each seed and of all, beside that of the best two
borders (IgD and CD27, the same for all files, drawn with the labels within labelled B cells), and the share of
double-negative cells among B cells in both halves of the files, called / labelled.
"""

import numpy as np

from conventional import load, options_of_two
from naming_score import ancestors
from troubled_panels import B7, B_LABELS, Maker, analyse, b_figures, memberships_of
from weber import read_fcs

STUDIES = {  # name -> (cells of each of B_LABELS, files)
    "as healthy people": ([], []),
    "half of the files 45 % double-negative": ([700, 30, 250, 800], [1, 3, 5]),
    "half of the files few naive": ([60, 60, 250, 300], [1, 3, 5]),
    "all files few naive": ([60, 60, 250, 300], range(6)),
    "half of the files 76 % switched": ([200, 60, 1200, 120], [1, 3, 5]),
    "all files 34 B cells": ([20, 2, 4, 8], range(6)),
}


def drawn(labels, events, cells, rng):
    """Indices of `events` random ones; B cells are replaced by so many of each subset, where they are given."""
    kept = rng.choice(events, 12000, replace=False)
    if cells:
        are_b = np.any([labels[label] for label in B_LABELS], axis=0)
        kept = np.r_[kept[~are_b[kept]], *[rng.choice(np.flatnonzero(labels[label]), n) for label, n in zip(B_LABELS, cells)]]
    return rng.permutation(kept)


def best_shared(files):
    """Mean F1 of the four subsets by the best two borders that all files share. files: [(IgD, CD27, label number)]"""
    grid = [np.linspace(*np.quantile(np.concatenate([one[axis] for one in files]), [0.01, 0.99]), 45) for axis in (0, 1)]
    edges = [np.r_[-99.0, one, 99.0] for one in grid]
    total = np.zeros((45, 45))
    for igd, cd27, of in files:
        for number, (is_igd, is_cd27) in enumerate([(1, 0), (1, 1), (0, 1), (0, 0)]):  # as B_LABELS
            sides = []
            for which in (of >= 0, of == number):
                counts = np.histogram2d(igd[which], cd27[which], edges)[0]
                below = counts.cumsum(axis=0)[:-1]
                rows = counts.sum(axis=0) - below if is_igd else below
                left = rows.cumsum(axis=1)[:, :-1]
                sides.append(rows.sum(axis=1)[:, None] - left if is_cd27 else left)
            total += 2 * sides[1] / np.maximum(sides[0] + np.sum(of == number), 1)
    return total.max() / (4 * len(files))


def main():
    parser = options_of_two(__doc__)
    parser.add_argument("--photons", default="0.5,1.5")
    parser.add_argument("--seeds", default="1,2,3")
    options = parser.parse_args()
    sets = load("himc", options.data)
    chains, labels, markers = ancestors(), sets[2], B7.split()
    options.out.mkdir(parents=True, exist_ok=True)
    names = [f"f{i}.fcs" for i in range(6)]
    programs = [options.other, options.program] if options.other else [options.program]
    for photons in map(float, options.photons.split(",")):
        maker = Maker(sets, photons)
        for study, (cells, which) in STUDIES.items():
            f1, dn, best = [], [], []
            for seed in map(int, options.seeds.split(",")):
                orders, own, values = [], [], []
                for i, name in enumerate(names):
                    kept = drawn(labels, len(sets[0]), cells if i in which else [], np.random.default_rng([29, i]))
                    orders.append(maker.write(options.out / name, B7, kept, 0.0, None, None, seed))
                    own.append({label: is_in[kept] for label, is_in in labels.items()})
                    of = np.full(len(orders[-1]), -1)
                    for number, label in enumerate(B_LABELS):
                        of[: len(kept)][own[-1][label]] = number
                    of = of[orders[-1]]
                    table = np.arcsinh(np.asarray(read_fcs(options.out / name)[0])[of >= 0][:, -len(markers):] / 150)
                    values.append((table[:, markers.index("IgD")], table[:, markers.index("CD27")], of[of >= 0]))
                best.append(best_shared(values))
                figures = []
                for program in programs:
                    h5, _ = analyse(program, options.out, names)
                    figures.append([b_figures(memberships_of(h5, i, len(orders[i]), chains), orders[i], own[i]) for i in range(6)])
                figures = np.array(figures)  # [programs][files][called, labelled, F1]
                f1.append(figures[:, :, 2].mean(axis=1))
                dn.append(np.array([figures[:, half::2, :2].mean(axis=1) for half in (0, 1)]))
            f1, dn = np.array(f1), np.mean(dn, axis=0)
            shown = [f"{', '.join(f'{one:.2f}' for one in f1[:, p])}, mean {f1[:, p].mean():.3f}, "
                     f"DN {', '.join('{:.3f} / {:.3f}'.format(*dn[half, p]) for half in (0, 1))}" for p in range(len(programs))]
            print(f"{photons:g} photons, {study}: {' -> '.join(shown)} (best shared borders {np.mean(best):.3f})", flush=True)


if __name__ == "__main__":
    main()
