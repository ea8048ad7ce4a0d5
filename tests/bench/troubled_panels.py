#!/usr/bin/env python3
"""What becomes of names where a panel was compensated wrongly, cut at 0, gated to one lineage, or where a stain failed?

usage: troubled_panels.py PROGRAM DATA_FOLDER OUT_FOLDER [--other PROGRAM] [--seeds 5,6,7] [--photons 1.5]

Made of the labelled mass-cytometry set 'himc' in the same way as conventional.py, which see. `+.15`: so much of IgD is left in
CD27 after compensation; `-.04`: so much too much was taken away; `cut`: values below 0 are 0. Files of one lineage hold
nothing else but 3 % debris. Studies have six files of 12,000 events, three of which are troubled. Prints the share of
double-negative cells among B cells (called / labelled, of a study the range over its files) and the mean F1 of the four B
subsets or of naive, CM, EM and TEMRA cells.
"""
import shutil
import subprocess

import h5py
import numpy as np

from conventional import B_HIMC, T_HIMC, blurred, called_and_true, f1_of, load, memberships, options_of_two, write_panel
from naming_score import ancestors
from trial_truth import categorical
from weber import read_fcs, write_fcs

B7 = "CD3 CD14 CD19 CD20 IgD CD27 CD38"
CASES = {  # name -> (markers, labels of the file, left of IgD in CD27, lowest value)
    "plain": (B7, "", 0.0, None),
    "CD27 +.15": (B7, "", 0.15, None),
    "CD27 +.10": (B7, "", 0.10, None),
    "CD27 -.04": (B7, "", -0.04, None),
    "cut at 0": (B7, "", 0.0, 0.0),
    "B cells alone, 3 markers": ("CD19 IgD CD27", "B-", 0.0, None),
    "B cells alone, 6 markers": ("CD45 CD19 IgD CD27 CD38 CD20", "B-", 0.0, None),
    "CD4 T cells alone, 5 markers": ("CD3 CD4 CD8 CD45RA CCR7", "CD4", 0.0, None),
}
STUDIES = {"half of the files CD27 -.06": -0.06, "half of the files CD27 +.15": 0.15, "IgD failed in half of the files": "IgD"}
B_LABELS = ["B-IgDposCD27neg", "B-IgDposCD27pos", "B-IgDnegCD27pos", "B-IgDnegCD27neg"]


class Maker:
    """Files of one panel: the same events, autofluorescence and spill for a seed, whatever the trouble."""

    def __init__(self, sets, photons):
        self.ions, self.columns, self.labels, self.is_myeloid = sets
        self.photons = photons

    def write(self, path, markers, kept, left, lowest, failed, seed):
        markers = markers.split()
        rng = np.random.default_rng(seed)
        ions = self.ions[kept][:, [self.columns[m] for m in markers]]
        if failed:
            ions = ions * np.array([m != failed for m in markers])
        values, fsc, ssc = blurred(ions, self.is_myeloid[kept], self.photons, rng)
        if left:
            values[:, markers.index("CD27")] += left * values[:, markers.index("IgD")]
        order = write_panel(path.parent, markers, values, fsc, ssc, rng)
        written = path.parent / "panel.fcs"
        if lowest is not None:  # of debris, too
            everything, _, keys = read_fcs(written)
            write_fcs(written, np.maximum(everything, lowest), keys)
        written.rename(path)
        return order


def analyse(program, folder, files):
    shutil.rmtree(folder / "result", ignore_errors=True)
    rows = [f"{file},P{i // 2},{('baseline', 'week 24')[i % 2]},lupus" for i, file in enumerate(files)]
    (folder / "samples.csv").write_text("\n".join(["file,patient,visit,group", *rows]) + "\n")
    (folder / "study.yaml").write_text("name: troubled\nsamples: samples.csv\n")
    subprocess.run([program, "run", folder / "study.yaml", "--threads", "2", "--events", "labels", "--quiet", "--out", folder / "result"],
                   check=True, stderr=open(folder / "said.txt", "w"))
    said = (folder / "said.txt").read_text()
    return folder / "result/events.h5ad", "negative cells" in said


def memberships_of(path, file_number, events, chains):
    """As `memberships`, of one file of a study."""
    found = {}
    with h5py.File(path) as file:
        obs = file["obs"]
        samples, names = categorical(obs["sample"])
        here = samples == list(names).index(f"f{file_number}")
        index = obs["event_index"][:][here]
        codes, words = categorical(obs["subset"])
        for code, word in enumerate(words[:-1]):
            for above in chains.get(word, []):
                found.setdefault(above, np.zeros(events, bool))[index[codes[here] == code]] = True
    return found


def b_figures(found, order, labels):
    called = {name: called_and_true(found, order, labels, *of) for name, of in B_HIMC.items()}
    in_b, are_b = called_and_true(found, order, labels, B_LABELS, ["b_cell"])
    dn = called["double negative"]
    return dn[0].sum() / max(in_b.sum(), 1), dn[1].sum() / are_b.sum(), np.mean([f1_of(*one) for one in called.values()])


def main():
    parser = options_of_two(__doc__)
    parser.add_argument("--seeds", default="5,6,7")
    parser.add_argument("--photons", type=float, default=1.5)
    options = parser.parse_args()
    sets = load("himc", options.data)
    maker, chains, labels = Maker(sets, options.photons), ancestors(), sets[2]
    programs = [options.other, options.program] if options.other else [options.program]
    for name, (markers, which, left, lowest) in CASES.items():
        for seed in map(int, options.seeds.split(",")):
            kept = np.any([is_in for label, is_in in labels.items() if label.startswith(which)], axis=0)
            own = {label: is_in[kept] for label, is_in in labels.items()}
            order = maker.write(options.out / "panel.fcs", markers, kept, left, lowest, None, seed)
            shown = []
            for program in programs:
                found = memberships(analyse(program, options.out, ["panel.fcs"])[0], len(order), chains)
                if which == "CD4":
                    f1 = [f1_of(*called_and_true(found, order, own, *of)) for p, of in T_HIMC.items() if p.startswith("CD4")]
                    shown.append(f"mean F1 {np.mean(f1):.2f}")
                else:
                    shown.append("DN {:.3f} / {:.3f}, mean F1 {:.2f}".format(*b_figures(found, order, own)))
            print(f"{name}, seed {seed}: {' -> '.join(shown)}", flush=True)
    for name, trouble in STUDIES.items():
        seed = int(options.seeds.split(",")[0])
        rng = np.random.default_rng(seed)
        parts = [np.sort(rng.choice(len(sets[0]), 12000, replace=False)) for _ in range(6)]
        files = [f"f{i}.fcs" for i in range(6)]
        orders = [maker.write(options.out / file, B7, part, trouble if i % 2 and trouble != "IgD" else 0.0, None,
                              "IgD" if i % 2 and trouble == "IgD" else None, seed)
                  for i, (file, part) in enumerate(zip(files, parts))]
        shown = []
        for program in programs:
            h5, is_said = analyse(program, options.out, files)
            dn = [b_figures(memberships_of(h5, i, len(orders[i]), chains), orders[i],
                            {label: is_in[parts[i]] for label, is_in in labels.items()})[:2] for i in range(6)]
            called, true = np.array(dn).T
            shown.append(f"DN {called[::2].min():.3f} to {called[::2].max():.3f} in the good files, {called[1::2].min():.3f} to "
                         f"{called[1::2].max():.3f} in the others (labels {true.min():.3f} to {true.max():.3f})"
                         f"{', said' if is_said else ''}")
        print(f"{name}: {' -> '.join(shown)}", flush=True)


if __name__ == "__main__":
    main()
