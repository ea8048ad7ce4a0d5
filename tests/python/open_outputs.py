#!/usr/bin/env python3
"""Opens what a run leaves behind with the programs that users have: events.h5ad with anndata, model.h5 with h5py.

usage: open_outputs.py FILE... ; prints the shapes, exits 1 if a file does not hold what it must, 77 (skipped)
without anndata or h5py.
"""
import sys
import warnings

try:
    import anndata
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def open_events(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        events = anndata.read_h5ad(path)
    values = "no values" if events.X is None else f"X {events.X.dtype}, all finite: {np.isfinite(events.X).all()}"
    print(f"{path}: {events.n_obs} events x {events.n_vars} markers, {values}")
    print(f"  obs: {', '.join(f'{name} {kind}' for name, kind in events.obs.dtypes.items())}")
    assert events.obs_names.is_unique, "obs names are not unique"
    if events.X is not None:
        assert events.X.shape == (events.n_obs, events.n_vars), "X has the wrong shape"


def open_map(name, group):
    nodes, markers = group["codebook"].shape
    print(f"  {name}: {nodes} nodes x {markers} markers, {len(set(group['metacluster'][()]))} metaclusters")
    assert group["markers"].shape == (markers,) == group["shift"].shape, "markers and codebook differ"
    assert group["metacluster"].shape == (nodes,) == group["subset"].shape, "metacluster and codebook differ"
    expected = group["codebook"][()] / group["scale"][()] + group["shift"][()]
    assert np.allclose(group["prototypes"][()], expected, atol=1e-4), "prototypes are not the scaled codebook"


def open_model(path):
    with h5py.File(path) as model:
        panels = model["panels"]
        print(f"{path}: version {model.attrs['version']}, seed {model.attrs['seed']}, {len(panels)} panels")
        for group in panels.values():
            open_map(group.attrs["name"], group)
            for refined in group.get("refined", {}).values():
                open_map(f"{group.attrs['name']}, {refined.attrs['parent']}", refined)
        if len(panels) == 1:
            assert model["codebook"] == next(iter(panels.values()))["codebook"], "/codebook is not the panel's"


def main(paths):
    if not paths:
        sys.exit(__doc__)
    failed = False
    for path in paths:
        try:
            open_events(path) if path.endswith(".h5ad") else open_model(path)
        except Exception as failure:  # whatever the libraries throw is a failure of the file
            print(f"{path}: {type(failure).__name__}: {failure}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
