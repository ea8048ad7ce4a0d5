#!/usr/bin/env python3
"""A small study, as a new user would try it, in which one thing at a time is odd: what the program says, and whom it calls.

usage: own_study.py PROGRAM FOLDER [CASE ...] [--markdown]
One tube of ten markers, three patients and a healthy person at two visits each: eight files of 12,000 events, in which double-negative
and switched memory B cells of P1 and P2 halve. Every case changes one file, the sheet or the study file. A case holds when it
ends as SAYS asks (0, or 3: refused), the screen says what SAYS asks, and nobody but the patient of the odd file is called up or
down otherwise than in the plain study. A call at the edge, whose p lies within a factor of 1.5 of 0.05 in both, says nothing: every
sample tells how much samples vary, the odd one, too. Needs numpy.
"""
import argparse
import csv
import pathlib
import re
import shutil
import subprocess

import numpy as np

EVENTS = 12_000
CHANNELS = [("FSC-A", ""), ("FSC-H", ""), ("SSC-A", ""), ("BUV395-A", "CD3"), ("BV605-A", "CD19"), ("APC-H7-A", "CD20"),
            ("PE-A", "CD27"), ("FITC-A", "IgD"), ("BV421-A", "CD38"), ("PE-Cy7-A", "CD24"), ("APC-A", "IgM"),
            ("BUV805-A", "CD45"), ("BV711-A", "CD14"), ("Time", "")]
STAINED = [i for i, (_, stain) in enumerate(CHANNELS) if stain]
MARKERS = [CHANNELS[i][1] for i in STAINED]
# Levels of the ten markers, as multiples of the negative one's exponent: 0 negative, 1 dim, 2 positive, 3 bright.
CELLS = {
    "t": dict(CD3=2, CD27=1.7, CD38=1, CD45=2.5),
    "t_memory": dict(CD3=2, CD45=2.5),
    "mono": dict(CD14=2.2, CD38=1.4, CD45=2),
    "naive": dict(CD19=2, CD20=2.2, IgD=2.2, IgM=1.6, CD38=1.3, CD24=1.4, CD45=2.3),
    "usm": dict(CD19=2, CD20=2.2, IgD=2, IgM=2, CD27=2, CD38=.8, CD24=1.7, CD45=2.3),
    "swm": dict(CD19=2, CD20=2.2, CD27=2, CD38=.7, CD24=1.7, CD45=2.3),
    "dn": dict(CD19=2, CD20=2.2, CD38=.7, CD24=1, CD45=2.3),
    "asc": dict(CD19=1.6, CD27=2.8, CD38=3, CD45=2.2),
}
SHARES = dict(t=.36, t_memory=.2, mono=.14, naive=.17, usm=.03, swm=.05, dn=.045, asc=.005)
HALVED = ("swm", "dn")
SPILT = {("FITC-A", "PE-A"): .18, ("PE-A", "PE-Cy7-A"): .06, ("APC-A", "APC-H7-A"): .12, ("BV605-A", "BV711-A"): .15,
         ("PE-Cy7-A", "APC-H7-A"): .03, ("BV421-A", "BV605-A"): .04}
FILES = [(person, visit) for person in ("P1", "P2", "P3", "HC1") for visit in ("baseline", "week24")]
ODD = ("P3", "week24")  # of whom nothing changed


def spillover():
    matrix = np.eye(len(STAINED))
    names = [CHANNELS[i][0] for i in STAINED]
    for (dye, detector), share in SPILT.items():
        matrix[names.index(dye), names.index(detector)] = share
    return names, matrix


class File:
    """One acquisition: compensated light [events][channels] and what is written of it."""

    def __init__(self, person, visit, seed):
        random = np.random.default_rng(seed)
        shares = {cell: share * random.normal(1, .04) for cell, share in SHARES.items()}
        if person in ("P1", "P2") and visit == "week24":
            for cell in HALVED:
                shares[cell] *= .5
        weights = np.array(list(shares.values()))
        kinds = random.choice(len(shares), EVENTS, p=weights / weights.sum())
        levels = np.array([[CELLS[cell].get(marker, 0) for marker in MARKERS] for cell in shares])[kinds]
        light = 90 * np.exp(2.3 * levels + random.normal(0, .28, levels.shape))
        self.names = [list(channel) for channel in CHANNELS]
        self.light = np.zeros((EVENTS, len(CHANNELS)))
        size = np.where(kinds == 2, 110_000, 75_000) * np.exp(random.normal(0, .1, EVENTS))
        self.light[:, 0], self.light[:, 1] = size, .75 * size * np.exp(random.normal(0, .02, EVENTS))
        self.light[:, 2] = np.where(kinds == 2, 50_000, 18_000) * np.exp(random.normal(0, .15, EVENTS))
        self.light[:, STAINED] = light
        self.light[:, -1] = np.cumsum(random.exponential(1, EVENTS)) / 100
        self.random, self.has_matrix = random, True

    def column(self, stain):
        return [name[1] for name in self.names].index(stain)

    def write(self, path):
        names, matrix = spillover()
        values = self.light.copy()
        values[:, STAINED] = values[:, STAINED] @ matrix + self.random.normal(0, 25, (len(values), len(STAINED)))
        words = {"$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$MODE": "L", "$NEXTDATA": "0", "$PAR": len(self.names), "$TOT": len(values),
                 "$BEGINANALYSIS": 0, "$ENDANALYSIS": 0, "$BEGINSTEXT": 0, "$ENDSTEXT": 0, "$CYT": "Fortessa", "$TIMESTEP": "0.01"}
        for number, (name, stain) in enumerate(self.names, 1):
            words |= {f"$P{number}N": name, f"$P{number}B": 32, f"$P{number}E": "0,0", f"$P{number}R": 262144}
            if stain:
                words[f"$P{number}S"] = stain
        if self.has_matrix:
            numbers = ",".join(f"{x:g}" for x in matrix.ravel())
            words["$SPILLOVER"] = f"{len(names)},{','.join(names)},{numbers}"
        data = values.astype("<f4").tobytes()
        words |= {"$BEGINDATA": 4096, "$ENDDATA": 4096 + len(data) - 1}
        text = "|" + "".join(f"{key}|{value}|" for key, value in words.items())
        head = f"FCS3.1    {58:>8}{57 + len(text):>8}{4096:>8}{4095 + len(data):>8}{0:>8}{0:>8}"
        path.write_bytes((head + text).ljust(4096).encode("latin-1") + data)


class Study:
    """The plain study; a case changes it before it is written."""

    def __init__(self):
        self.files = {key: File(*key, seed) for seed, key in enumerate(FILES, 21)}
        self.rows = [[f"{p}_{v}.fcs", p, v, "healthy" if p == "HC1" else "sle", "1000"] for p, v in FILES]
        self.header = ["file", "patient", "visit", "group", "cells_per_ul"]
        self.separator, self.settings = ",", "compare: {baseline: baseline, healthy_group: healthy, primary: [b_dn, b_swm]}\n"

    @property
    def odd(self):
        return self.files[ODD]

    def write(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for (person, visit), file in self.files.items():
            file.write(folder / f"{person}_{visit}.fcs")
        lines = [self.separator.join(row) for row in [self.header, *self.rows]]
        (folder / "samples.csv").write_text("\n".join(lines) + "\n")
        (folder / "study.yaml").write_text("samples: samples.csv\n" + self.settings)


def without_matrix(study):
    study.odd.has_matrix = False


def stretch(first, last, change):
    def apply(study):
        events = len(study.odd.light)
        change(study.odd, slice(int(first * events), int(last * events)))
    return apply


def clog(file, part):
    """Less light in all channels, and fewer events a second."""
    file.light[part, 0:-1] *= .5
    time = np.diff(file.light[:, -1], prepend=0)
    time[part] *= 4
    file.light[:, -1] = np.cumsum(time)


def dim(file, part):
    """CD27 loses two thirds of its light, as after a change of voltage."""
    file.light[part, file.column("CD27")] *= .33


def slow(file, part):
    """The same cells at a fifth of the rate."""
    time = np.diff(file.light[:, -1], prepend=0)
    time[part] *= 5
    file.light[:, -1] = np.cumsum(time)


def named(word):
    def apply(study):
        study.odd.names[study.odd.column("CD27")][1] = word
    return apply


def named_and_overridden(study):
    named("mystery")(study)
    study.settings += "panel: {mystery: CD27}\n"


def overridden(study):
    named("hCD27")(study)
    study.settings += "panel: {hCD27: CD27}\n"


def swapped(one, other):
    def apply(study):
        first, second = study.odd.column(one), study.odd.column(other)
        study.odd.names[first][1], study.odd.names[second][1] = other, one
    return apply


def unstained(study):
    file = File("P4", "week24", 99)
    random = np.random.default_rng(98)
    file.light[:, STAINED] = 90 * np.exp(random.normal(0, .28, (EVENTS, len(STAINED))))
    study.files["P4", "week24"] = file
    study.rows.append(["P4_week24.fcs", "P4", "week24", "sle", "1000"])


def unlike_sample(study):
    """One sample of another make-up: the person has hardly any naive B cells left."""
    light = study.odd.light
    is_naive = (light[:, study.odd.column("IgD")] > 2000) & (light[:, study.odd.column("CD27")] < 500)
    study.odd.light = light[~is_naive | (np.arange(len(light)) % 8 == 0)]


def settings(text):
    def apply(study):
        study.settings = text
    return apply


def capitals(study):
    study.rows[2][2] = "Baseline"


def words_for_nothing(study):
    for row, word in zip(study.rows, ("NA", "n/a", "", "-", "NaN", "N/A", " ", "#N/A")):
        row[4] = word


def decimal_commas(study):
    study.separator = ";"
    for row in study.rows:
        row[4] = "1000,5"


STRETCHES = {f"{what.__name__}_{round(100 * (last - first))}_from_{round(100 * first)}": (what, first, last)
             for what in (clog, dim, slow)
             for first, last in ((.6, .63), (.4, .48), (.3, .45), (0, .15), (.85, 1), (.4, .7), (0, .5), (.5, 1), (.25, .75))}
CASES = {
    "plain": lambda study: None, "without_matrix": without_matrix, "stain_hCD27": named("hCD27"), "stain_C27": named("C27"),
    "stain_mystery": named("mystery"), "override_mystery": named_and_overridden, "override_hCD27": overridden,
    "swapped_IgD_CD27": swapped("IgD", "CD27"), "swapped_CD19_CD14": swapped("CD19", "CD14"),
    "swapped_CD24_CD38": swapped("CD24", "CD38"), "unstained_control": unstained,
    "unlike_sample": unlike_sample, "primary_unknown": settings("compare: {primary: [dubble_negatives]}\n"),
    "transform_none": settings("transform: none\n"), "capitals": capitals, "words_for_nothing": words_for_nothing,
    "decimal_commas": decimal_commas,
} | {name: stretch(first, last, what) for name, (what, first, last) in STRETCHES.items()}
# Exit status (either of several) and patterns of the screen; "!": must not be said.
SAYS = {
    "plain": ((0,), ["!warning: .*(P1|P2|P3|HC1)_"]),
    "without_matrix": ((3,), ["P3_week24.*no spillover matrix"]),
    "stain_hCD27": ((0,), []), "stain_C27": ((0,), ["P3_week24.*C27.*CD27"]),
    "stain_mystery": ((3,), ["P3_week24.*panel: {mystery: CD27}"]),
    "override_mystery": ((0,), []), "override_hCD27": ((0,), []),
    "swapped_IgD_CD27": ((0, 3), ["P3_week24.*(IgD.*CD27|CD27.*IgD).*(swap|exchange)"]),
    "swapped_CD19_CD14": ((0, 3), ["P3_week24.*(CD19.*CD14|CD14.*CD19).*(swap|exchange)"]),
    "swapped_CD24_CD38": ((0, 3), ["P3_week24"]),
    "unstained_control": ((0, 3), ["P4_week24.*unstained"]),
    "unlike_sample": ((0,), []),
    "primary_unknown": ((3,), ["dubble_negatives"]), "transform_none": ((0,), ["values look linear"]),
    "capitals": ((0,), ["'Baseline' is read as 'baseline'"]), "words_for_nothing": ((0,), []), "decimal_commas": ((0,), []),
} | {name: ((0,), []) for name in STRETCHES}


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def calls(out):
    """Calls of those whom no case touches, and their p."""
    return {(r["subset"], r["patient"], r["visit"]): (r["call"], float(r["p"] or 1)) for r in table(out / "patients.csv")
            if r["patient"] in ("P1", "P2", "HC1")}


def differs(one, other):
    """Whether one of two calls is up or down, and the other is not, away from the edge of what is called."""
    at_edge = all(0.05 / 1.5 < p < 0.05 * 1.5 for _, p in (one, other))
    return one[0] != other[0] and not at_edge and any(call in ("up", "down") for call, _ in (one, other))


def events_dropped_or_named(name, out, screen):
    """Whether a stretch was dropped, or named where it is."""
    _, first, last = STRETCHES[name]
    row = next(r for r in table(out / "qc.csv") if r["sample"] == "P3_week24")
    if int(row["dropped:time"]) > .7 * (last - first) * EVENTS:
        return ""
    places = [(int(a) / 100, int(b) / 100) for a, b in re.findall(r"P3_week24.*?between (\d+) % and (\d+) %", screen)]
    outside = (first, last) if last - first < .5 or first > 0 and last < 1 else None
    for place in places:
        near = outside or min(((0, .5), (.5, 1)), key=lambda half: abs(half[0] - place[0]))
        if abs(place[0] - near[0]) < .06 and abs(place[1] - near[1]) < .06:
            return ""
    return f"neither dropped ({row['dropped:time']} events) nor named: {places}"


def verdict(name, folder, done, plain):
    statuses, patterns = SAYS[name]
    screen, out = done.stderr, folder / "out"
    if done.returncode not in statuses:
        return f"exit {done.returncode}: {screen[-200:]}"
    for pattern in patterns:
        if (re.search(pattern.lstrip("!"), screen) is None) != pattern.startswith("!"):
            return f"{'says' if pattern.startswith('!') else 'does not say'} {pattern}"
    if done.returncode:
        return ""
    found, missing = calls(out), ("missing", 1.0)
    # Values that are clustered as they are change every patient's.
    differing = [key for key in plain if name != "transform_none" and differs(found.get(key, missing), plain[key])]
    if differing:
        key = differing[0]
        return f"{len(differing)} calls of others: {key} {found.get(key, missing)}, not {plain[key]}"
    return events_dropped_or_named(name, out, screen) if name in STRETCHES else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    plain, held, total = {}, 0, 0
    if options.markdown:
        print("| case | holds |\n|---|---|")
    for name, change in CASES.items():
        if options.cases and name not in options.cases and name != "plain":
            continue
        study, folder = Study(), options.folder.resolve() / name
        change(study)
        study.write(folder)
        command = [options.program, "run", str(folder / "study.yaml"), "--out", str(folder / "out"), "--events", "none"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        (folder / "screen.txt").write_text(done.stderr)
        plain = calls(folder / "out") if name == "plain" else plain
        wrong = verdict(name, folder, done, plain)
        held, total = held + (not wrong), total + 1
        print(f"| {name} | {'no: ' + wrong if wrong else 'yes'} |" if options.markdown else f"{name:24} {wrong or 'yes'}", flush=True)
    print(f"{held} of {total} hold")


if __name__ == "__main__":
    main()
