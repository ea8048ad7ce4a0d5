#!/usr/bin/env python3
"""Runs the odd inputs that real instruments and programs send, and says for each whether the program's numbers agree
with those of the plain twin and whether it says what it should.

usage: odd_files.py PROGRAM FOLDER [CASE ...] [--results FOLDER] [--markdown]
FOLDER holds one folder per case, with `cmd.txt` (one command a line; {gateless} and {dir} are filled in), the input, and the
twin. Results go to --results (default: FOLDER). A case agrees when each pair of results has the same subsets of 200 events and
more to 1.5 points, the same calls, the same markers, and the events kept to 1 %, or when the odd one was refused (exit 3) where
that is allowed. What a case must say, and must not, stands in SAYS.
"""
import argparse
import csv
import pathlib
import re
import shutil
import subprocess

POINTS, FEWEST, KEPT = 0.015, 200, 0.01
# Results compared with a twin other than out_twin: odd one -> twin.
PAIRS = {
    "values_beyond_range": {"float_odd": "float_twin", "int_odd": "int_twin"},
    "few_extremes": {"odd_scaled": "twin_scaled", "odd_raw": "twin_raw"},
    "spill_decimal_comma": {"odd": "twin", "accuri": "accuri_twin"},
}
# Results that may differ from the twin, because the right answer is to refuse, to warn, or not to call.
WARNED = {"spectral_af_and_raw": ["with_raw"], "one_file_transformed": ["odd", "display"],
          "all_zero_in_one_batch": ["odd"], "event_csv_loose_ends": ["repeated"]}
REFUSE = {"values_beyond_range": ["int_odd"], "event_csv_eu": ["commas", "text_columns", "missing"],
          "event_csv_loose_ends": ["trailing", "repeated", "units"], "sheet_excel_eu": ["odd", "windows"],
          "spectral_af_and_raw": ["with_raw"], "one_file_transformed": ["odd", "display"],
          "spill_missing_detector": ["odd"], "sheet_windows_1252": ["odd"], "stain_typo": ["odd"],
          "few_events": ["tiny", "empty"]}
# What the screen, or inspect, must say: (results, or "*" for any), pattern; a leading "!" means that it must not.
SAYS = {
    "sheet_excel_eu": [("*", "!not all fields are numbers|patient is empty")],
    "mixed_compensation": [("odd", r"P1_week24.*compensat")],
    "derived_columns": [("odd", r"!(?i)(tsne|umap|sampleid|infile|event #|cluster_id).*(marker|both name)")],
    "spectral_af_and_raw": [("with_raw", "P1_week24_raw"), ("odd", r"!AF2?-A")],
    "raw_and_compensated_columns": [("odd", r"!(?s)(both name.*){5}")],
    "cytoflex_detectors": [],
    "two_batches_renamed": [("odd", "!left out")],
    "few_events": [("inspect", r"f0_one_row_of_data"), ("constant", r"CD56"), ("empty", r"(?s)f0\.fcs.*")],
    "missing_visits": [("", "P5"), ("", "P7")],
    "batch_is_visit": [("", r"(?i)batch")],
    "transformed_small_range": [("odd", "!bright end|limit of")],
    "spill_missing_detector": [("odd", "BV786-A")],
    "event_csv_eu": [("text_columns", "FileName"), ("commas", "!1000"), ("commas", "decimal comma")],
    "column_from_dataset": [("odd", "!from dataset")],
    "time_oddities": [("", r"(?i)clock_stands|clock stands")],
    "spill_decimal_comma": [("odd", "(?i)decimal comma"), ("inspect", r"(?s)macsquant.*(SPILL|coefficient)")],
    "stale_keywords_after_unmixing": [("odd", r"(?i)(SPILLOVER|matrix).*(names|channels)")],
    "values_beyond_range": [("int_odd", r"CD8|APC|BUV805|range|\$PnR")],
    "sorter_area_height_width": [("odd", r"!(?s)(no gain.*){5}"), ("odd", "!both name")],
    "stains_na_nan": [("odd", "!(?i)both name nan")],
    "all_zero_in_one_batch": [("odd", r"CD27.*(P1_week24|P2_week24)|(P1_week24|P2_week24).*CD27")],
    "stain_typo": [("odd", r"C27")],
    "one_file_transformed": [("odd", r"P1_week24"), ("display", r"P1_week24")],
    "pulse_words": [("*", "!both name")],
    "event_csv_loose_ends": [("repeated", r"CD3"), ("units", r"a\.u\.|sep=")],
    "both_without_matrix": [("mixed_order", r"!(?s)(both name.*){5}"), ("raw_first", r"!(?s)(both name.*){5}")],
}


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else float("nan")


def abundance(folder):
    path = folder / "abundance.csv"
    if not path.exists():
        return {}
    return {(r["sample"], r["subset"]): (number(r["events"]), number(r["parent_events"]), number(r["fraction_of_all"]),
                                         number(r["fraction_of_parent"])) for r in table(path)}


def shares_of_clusters(folder):
    """Medians of the metaclusters, for results without subsets."""
    rows = table(folder / "clusters.csv")
    return sorted((int(r["events"]), [r[k] for k in r if k.startswith("median:")]) for r in rows)


def markers(folder):
    return {k for k in table(folder / "clusters.csv")[0] if k.startswith("median:")}


def kept(folder):
    return {r["sample"].split("/")[-1]: int(r["kept"]) for r in table(folder / "qc.csv")}


def calls(folder):
    path = folder / "patients.csv"
    if not path.exists():
        return {}
    return {(r["subset"], r["patient"], r["visit"]): r["call"] for r in table(path)}


def worst_point(one, other):
    worst, where = 0.0, ""
    for key in set(one) | set(other):
        a, b = one.get(key), other.get(key)
        if a is None or b is None:
            if (a or b)[0] >= FEWEST:
                return 1.0, f"{key[1]} of {key[0]} is in one result only"
            continue
        if max(a[0], b[0]) < FEWEST:
            continue
        if abs(a[2] - b[2]) > worst:
            worst, where = abs(a[2] - b[2]), f"{key[1]} of {key[0]}"
        if min(a[1], b[1]) >= FEWEST and abs(a[3] - b[3]) > worst:
            worst, where = abs(a[3] - b[3]), f"{key[1]} of {key[0]} (of parent)"
    return worst, where


def disagreement(odd, twin):
    """What differs between two results, in words; empty where nothing does."""
    if abundance(twin):
        worst, where = worst_point(abundance(odd), abundance(twin))
        if worst > POINTS:
            return f"{100 * worst:.1f} points: {where}"
    counts, plain = kept(odd), kept(twin)
    for sample in plain:
        same = counts.get(sample, counts.get(next(iter(counts))) if len(plain) == 1 else None)
        if same is None or abs(same - plain[sample]) > KEPT * plain[sample]:
            return f"kept of {sample}: {same}, not {plain[sample]}"
    readable = lambda names: {re.sub("[^a-z0-9:]", "", n.lower().replace("α", "a")) for n in names}
    if readable(markers(odd)) != readable(markers(twin)) and len(markers(odd)) != len(markers(twin)):
        return "markers: " + ", ".join(sorted(markers(odd) ^ markers(twin)))
    known, twins = calls(odd), calls(twin)
    differing = [k for k in set(known) | set(twins) if known.get(k) != twins.get(k)]
    if differing:
        return f"{len(differing)} calls: {differing[0]} {known.get(differing[0])}, not {twins.get(differing[0])}"
    if not abundance(twin):
        a, b = shares_of_clusters(odd), shares_of_clusters(twin)
        if sum(x[0] for x in a) and abs(len(a) - len(b)) > 2:
            return f"{len(a)} metaclusters, not {len(b)}"
    return ""


def named(command):
    words = command.split()
    if "--out" in words:
        return pathlib.Path(words[words.index("--out") + 1]).name.removeprefix("out").removeprefix("_")
    return "inspect"


def run_case(program, folder, results):
    """{name of the result: (exit status, screen)}"""
    outcome = {}
    for line in (folder / "cmd.txt").read_text().splitlines():
        command = line.replace("{gateless}", program).replace("{dir}/out", f"{results}/out").replace("{dir}", str(folder))
        name = named(command)
        where = results / f"out_{name}" if name else results / "out"
        if name != "inspect":
            shutil.rmtree(where, ignore_errors=True)
        done = subprocess.run(command.split(), capture_output=True, text=True, errors="replace", timeout=600)
        status, screen = outcome.get(name, (0, ""))
        outcome[name] = (max(status, done.returncode), screen + done.stdout + done.stderr)
    (results / "screen.txt").write_text("\n".join(f"== {n}: {s}\n{t}" for n, (s, t) in outcome.items()))
    return outcome


def has_no_words_for_nothing(results):
    for path in results.glob("out*/*.csv"):
        text = path.read_bytes().decode("utf-8")  # raises where it is no UTF-8
        if re.search(r"(?i)(^|,)-?(nan|inf)(,|$)", text, re.M) and "median:nan" not in text:
            return f"{path.parent.name}/{path.name} holds nan or inf"
    return ""


def own_rules(slug, results, outcome):
    """Cases that no twin decides."""
    out = results / "out"
    if slug == "missing_visits":
        rows = [r for r in table(out / "changes.csv") if r["subset"] == "b_dn"]
        called = {p[1]: c for p, c in calls(out).items() if p[0] == "b_dn"}
        good = any(r["patients"] == "4" and number(r["p"]) == 0.125 for r in rows) and set(called) == {"P1", "P2", "P3", "P4"}
        return "" if good and "up" not in called.values() else "b_dn: " + str(called)
    if slug == "batch_is_visit":
        others = {k: c for k, c in calls(out).items() if k[2] != "M2"}
        sure = [k for k, c in others.items() if c in ("up", "down")]
        low = [r["subset"] for r in table(out / "changes.csv") if number(r["q"]) < 0.05]
        return "" if len(sure) <= 0.05 * len(others) and not low else f"{sure} {low}"  # 95 % intervals
    if slug == "cluster_only_in_one_group":
        nk = {c for k, c in calls(out).items() if k[0] == "nk_cell"}
        return "" if nk <= {"not quantifiable"} else str(nk)
    if slug == "time_oddities":
        counts = {k: v for k, v in kept(out).items() if "nan_clock" not in k}
        spread = max(counts.values()) - min(counts.values())
        return "" if len(counts) == 10 and spread <= 0.005 * 8000 else str(counts)
    if slug == "own_time_step_twice":
        rows = [{k: v for k, v in r.items() if k.startswith("dropped") or k == "kept"} for r in table(out / "qc.csv")]
        late = int(rows[0]["dropped:time"])
        return "" if all(r == rows[0] for r in rows) and 50 <= late <= 250 else str(rows)
    if slug == "few_events":
        p3 = {c for k, c in calls(results / "out_study").items() if k[1] == "P3"}
        if p3 - {"not quantifiable"}:
            return f"P3 called {p3}"
        return "" if outcome["constant"][0] == 0 and outcome["empty"][0] in (0, 3) and outcome["tiny"][0] in (0, 3) else "exit"
    return None


def agreement(slug, results, outcome):
    for name, (status, _) in outcome.items():
        allowed = {0, 3} if name in REFUSE.get(slug, []) else {0}
        if status not in allowed:
            return f"{name}: exit {status}"
    special = own_rules(slug, results, outcome)
    problem = has_no_words_for_nothing(results)
    if special is not None:
        return special or problem
    pairs = PAIRS.get(slug) or {n: "twin" for n in outcome if n not in ("twin", "inspect", "not_a_power")}
    for odd, twin in pairs.items():
        if outcome[odd][0] == 3:
            continue
        one, other = results / f"out_{odd}", results / f"out_{twin}"
        if odd in WARNED.get(slug, []):
            called = [k for k, c in calls(one).items() if c in ("up", "down") and calls(other).get(k) not in ("up", "down")]
            if called:
                return f"{odd}: called {called[:3]}"
            continue
        found = disagreement(one, other)
        if slug == "event_csv_eu" and odd == "missing" and found.startswith("kept"):
            found = ""
        if found:
            return f"{odd}: {found}"
    return problem


def silence(slug, outcome):
    for name, pattern in SAYS.get(slug, []):
        screens = [t for n, (_, t) in outcome.items() if name in ("*", n)]
        text = "\n".join(screens)
        if pattern.startswith("!"):
            if re.search(pattern[1:], text):
                return f"{name}: says {pattern[1:]}"
        elif not re.search(pattern, text):
            return f"{name}: does not say {pattern}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    agreed = said = total = 0
    if options.markdown:
        print("| input | agrees in numbers | says what it should |\n|---|---|---|")
    for folder in sorted(p for p in options.folder.iterdir() if (p / "cmd.txt").exists()):
        if options.cases and folder.name not in options.cases:
            continue
        results = (options.results or options.folder) / folder.name
        results.mkdir(parents=True, exist_ok=True)
        outcome = run_case(options.program, folder.resolve(), results.resolve())
        try:
            wrong = agreement(folder.name, results, outcome)
        except (OSError, KeyError, UnicodeDecodeError, IndexError) as failure:
            wrong = f"results cannot be read: {failure}"
        missing = silence(folder.name, outcome)
        agreed, said, total = agreed + (not wrong), said + (not missing), total + 1
        words = [("no: " + x.replace("|", "/") if x else "yes") for x in (wrong, missing)]
        print(f"| {folder.name} | {words[0]} | {words[1]} |" if options.markdown else
              f"{folder.name:32} {words[0]:60} {words[1]}", flush=True)
    print(f"{agreed} of {total} agree in numbers, {said} of {total} say what they should")


if __name__ == "__main__":
    main()
