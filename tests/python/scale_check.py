#!/usr/bin/env python3
"""Is X of events.h5ad on the scale that other programs print? flowutils transforms the files' values, and both are compared.

    scale_check.py DIR SHEETS    DIR: what `gateless run` has finished, with `compensate: none`; SHEETS: the folder of its sample sheet

Logicle is compared as M times the scale of Gating-ML (0 to M decades), arcsinh as asinh(x / c). Prints the largest difference; exit
status 1 above 1e-6 of the scale, 77 without flowutils, flowio, h5py or numpy.
"""
import json
import pathlib
import sys

try:
    import flowio
    import flowutils
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"scale_check: {missing}; nothing was compared")
    sys.exit(77)


def words(item):
    return [w.decode() if isinstance(w, bytes) else w for w in item]


def shown(values, kind, parameters):
    if kind == "logicle":
        t, w, m, a = (parameters["logicle_" + name] for name in "twma")
        return m * flowutils.transforms.logicle(values[:, None], None, t=t, m=m, w=w, a=a)[:, 0]
    return np.arcsinh(values / parameters["cofactor"]) if kind == "arcsinh" else values


def transforms_of(group):
    """Of each marker: kind and parameters, as model.h5 stores them."""
    table = {name: group["transforms"][name][()] for name in group["transforms"]}
    kinds = words(table.pop("kind"))
    return {marker: (kinds[row], {name: column[row] for name, column in table.items()})
            for row, marker in enumerate(words(group["event_markers"][()]))}


def main():
    out, sheets = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    paths = {pathlib.Path(i["path"]).stem: sheets / i["path"] for i in json.loads((out / "run.json").read_text())["inputs"]}
    worst, compared = 0.0, 0
    with h5py.File(out / "events.h5ad") as events, h5py.File(out / "model.h5") as model:
        markers = words(events["var"][events["var"].attrs["_index"]][()])
        names, codes = words(events["obs/sample/categories"][()]), events["obs/sample/codes"][()]
        for panel in model["panels"].values():
            channel_of = dict(zip(words(panel["channels/marker"][()]), words(panel["channels/name"][()])))
            for code, name in enumerate(names):
                rows = np.flatnonzero(codes == code)
                file = flowio.FlowData(paths[name])
                raw = file.as_array()
                if not set(channel_of.values()) <= set(file.pnn_labels):
                    continue
                for marker, (kind, parameters) in transforms_of(panel).items():
                    x = events["X"][rows[0]:rows[-1] + 1, markers.index(marker)]
                    kept = np.isfinite(x)
                    other = shown(raw[kept, file.pnn_labels.index(channel_of[marker])], kind, parameters)
                    error = np.abs(x[kept] - other) / np.maximum(1.0, np.abs(other))
                    worst, compared = max(worst, float(error.max(initial=0.0))), compared + int(kept.sum())
    print(f"{compared} values compared: the largest difference is {worst:.2g}")
    return 1 if worst > 1e-6 or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
