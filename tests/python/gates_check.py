#!/usr/bin/env python3
"""Does another program count what gates.csv says? FlowKit applies each Gating-ML file and workspace of a finished run to the files.

    gates_check.py DIR [SHEETS]   DIR: what `gateless run` or `map` has finished; SHEETS: the folder of its sample sheet

Prints the number of counts compared and those that differ (exit status 1 if any does), then precision, recall and F1 of each population
over all samples. Needs flowkit (pip install flowkit); exit status 77, with a message, without it.
"""
import collections
import csv
import json
import pathlib
import sys
import warnings

try:
    import flowkit
except ImportError:
    print("gates_check: flowkit is not installed (pip install flowkit); nothing was compared")
    sys.exit(77)


def read_rows(out):
    with open(out / "gates.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def input_files(out):
    """Path of each sample of the tables: run.json names the files as the sheet does, relative to the sheet or to here."""
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    sheets = [pathlib.Path(folder) for folder in (".", *sys.argv[2:])]
    paths = {}
    for item in run["inputs"]:
        found = next((sheet / item["path"] for sheet in sheets if (sheet / item["path"]).exists()), None)
        if found is None:
            sys.exit(f"gates_check: {item['path']}: not found; name the folder of the sample sheet as a second argument")
        paths.setdefault(found.stem, found)
        paths[item["path"]] = found
    return paths


def counts_of(results):
    report = results.report
    return {(row.gate_name, "/".join(row.gate_path[1:])): int(row["count"]) for _, row in report.iterrows()}


def file_name(panel):
    """As gateless names the files of a panel."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in panel) or "panel"


def main():
    out = pathlib.Path(sys.argv[1])
    rows, paths = read_rows(out), input_files(out)
    stated = collections.defaultdict(dict)
    for row in rows:
        stated[row["panel"], row["sample"]][row["gate"], row["parent_path"]] = int(row["events"])
    compared, wrong = 0, []
    workspaces = {}
    for (panel, sample), gates in stated.items():
        stem = out / "gates" / file_name(panel)
        if panel not in workspaces:
            workspaces[panel] = flowkit.Workspace(str(stem) + ".wsp", find_fcs_files_from_wsp=True)
        workspace = workspaces[panel]
        own = next(s for s in workspace.get_sample_ids() if s in (paths[sample].name, sample))
        workspace.analyze_samples(sample_id=own, use_mp=False)
        session = flowkit.Session(flowkit.parse_gating_xml(str(stem) + ".gating.xml"),
                                  fcs_samples=flowkit.Sample(paths[sample], sample_id=sample))
        session.analyze_samples(use_mp=False)
        found = {"wsp": counts_of(workspace.get_gating_results(own)), "gating.xml": counts_of(session.get_gating_results(sample))}
        for kind, counts in found.items():
            compared += len(gates)
            wrong += [(sample, kind, gate, events, counts.get(gate)) for gate, events in gates.items() if counts.get(gate) != events]
    print(f"{compared} counts in {len(stated)} samples compared with FlowKit {flowkit.__version__}: {len(wrong)} differ")
    for line in wrong[:20]:
        print("  ", line)
    pooled = collections.defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        if row["is_last"] == "1":
            for place, column in enumerate(("labelled_inside", "events", "labelled", "untold_inside")):
                pooled[row["panel"], row["gate"]][place] += int(row[column])
    for (panel, gate), (both, inside, labelled, untold) in pooled.items():
        inside -= untold
        print(f"{panel} {gate}: precision {both / max(1, inside):.3f}, recall {both / max(1, labelled):.3f}, "
              f"F1 {2 * both / max(1, inside + labelled):.3f}, {labelled} labelled")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
