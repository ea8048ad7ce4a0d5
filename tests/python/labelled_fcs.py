#!/usr/bin/env python3
"""Checks the files of `--fcs` with the readers that people use: own channels as in the input, labels as in abundance.csv.

usage: labelled_fcs.py RESULT FOLDER ; RESULT is the folder of a `run --fcs`, FOLDER that of its sample sheet.
Readers: FlowIO, FlowKit, fcsparser, FlowCal, readfcs (pip install flowio flowkit fcsparser FlowCal readfcs); one that is
missing is said. Exits 1 when a value or a count differs, 77 (skipped) without any reader.
"""
import collections
import csv
import json
import pathlib
import re
import sys

import numpy as np

NEW = ["gateless_node", "gateless_metacluster", "gateless_subset", "gateless_confidence"]


def with_flowio(path):
    import flowio
    data = flowio.FlowData(str(path))
    return np.reshape(np.array(data.events), (-1, data.channel_count)), list(data.pnn_labels), data.text


def with_flowkit(path):
    import flowkit
    sample = flowkit.Sample(str(path))
    return sample.get_events(source="raw"), list(sample.pnn_labels), sample.get_metadata()


def with_fcsparser(path):
    import fcsparser
    text, data = fcsparser.parse(str(path), reformat_meta=False)
    return data.to_numpy(), list(data.columns), text


def with_flowcal(path):
    import FlowCal
    data = FlowCal.io.FCSData(str(path))
    return np.asarray(data), list(data.channels), data.text


def with_readfcs(path):
    import readfcs
    data = readfcs.read(str(path))
    return data.X, list(data.var["channel"] if "channel" in data.var else data.var_names), data.uns["meta"]


READERS = {"FlowIO": with_flowio, "FlowKit": with_flowkit, "fcsparser": with_fcsparser, "FlowCal": with_flowcal,
           "readfcs": with_readfcs}
OF_SEGMENTS = re.compile(r"^\$?(par|tot|begindata|enddata|beginanalysis|endanalysis|beginstext|endstext|nextdata|byteord)$"
                         r"|^__header__$|channel_n", re.IGNORECASE)


def same_keywords(before, after):
    """Keywords of the input that the labelled file lacks or has otherwise."""
    after = {key.lower(): value for key, value in after.items()}
    return [key for key, value in before.items()
            if isinstance(value, str) and not OF_SEGMENTS.search(key) and after.get(key.lower()) != value]


def check_file(name, reader, source, labelled, expected):
    own, own_names, own_text = reader(source)
    events, names, text = reader(labelled)
    faults = []
    if names[:len(own_names)] != own_names:
        faults.append(f"channels {names}")
    if not np.array_equal(own, events[:, :own.shape[1]], equal_nan=True):
        faults.append("own values differ")
    faults += [f"keyword {key}" for key in same_keywords(own_text, text)]
    if names[-len(NEW):] != NEW:
        faults.append(f"new channels are {names[-len(NEW):]}")
    subset = events[:, -2]
    if not np.array_equal(subset, np.rint(subset)):
        faults.append("subset numbers are no integers")
    counts = collections.Counter(subset.astype(int).tolist())
    if counts != expected:
        faults.append(f"counts {dict(counts)} instead of {dict(expected)}")
    for fault in faults:
        print(f"{name}: {labelled.name}: {fault}", file=sys.stderr)
    return not faults


def expected_counts(result, sample, key, parents):
    """Events by label: labelled_events of abundance.csv less those of the children; dropped ones from qc.csv."""
    with open(result / "qc.csv") as file:
        row = next(row for row in csv.DictReader(file) if row["sample"] == sample)
    kept, dropped = int(row["kept"]), int(row["events"]) - int(row["kept"])
    with open(result / "abundance.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["sample"] == sample and row["labelled_events"]]
    events = {row["subset"]: int(row["labelled_events"]) for row in rows}
    own = dict(events)
    for subset, count in events.items():
        if parents[subset] in own:
            own[parents[subset]] -= count
    own["dropped"] = dropped
    own["unassigned"] = kept - sum(count for subset, count in events.items() if parents[subset] not in events)
    return collections.Counter({key[subset]: count for subset, count in own.items() if count > 0})


def labels(result):
    """Number of each label, by id."""
    with open(result / "fcs/key.csv") as file:
        return {row["id"]: int(row["number"]) for row in csv.DictReader(file) if row["channel"] == "gateless_subset"}


def main(result, folder):
    result = pathlib.Path(result)
    inputs = [pathlib.Path(folder) / entry["path"] for entry in json.loads((result / "run.json").read_text())["inputs"]]
    key = labels(result)
    used = set()
    with open(result / "abundance.csv") as file:
        parents = {row["subset"]: row["parent"] for row in csv.DictReader(file) if row["labelled_events"]}
    readers = {}
    for name, reader in READERS.items():
        try:
            reader(inputs[0])
            readers[name] = reader
        except ImportError as missing:
            print(f"{name}: not installed ({missing})")
    if not readers:
        sys.exit(77)
    good = True
    for source in inputs:
        labelled = result / "fcs" / (source.stem + ".fcs")
        expected = expected_counts(result, source.stem, key, parents)
        used |= set(expected)
        for name, reader in readers.items():
            good &= check_file(name, reader, source, labelled, expected)
    print(f"{len(inputs)} files, {len(used)} labels, read by {', '.join(readers)}: {'the same' if good else 'DIFFERENT'}")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
