#!/usr/bin/env python3
"""Opens files of events as users of scanpy do, with every warning of anndata an error, and draws them by cell_type.

usage: draw_events.py EVENTS.h5ad [EVENTS_PANEL.h5ad] ; the second file must also go through PCA.
"""
import sys
import tempfile
import warnings

import anndata
import matplotlib

matplotlib.use("Agg")


def opened(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return anndata.read_h5ad(path)


def check_columns(events):
    for name in ("cell_type", "cell_type_ontology_term_id", "patient", "visit", "sample", "subset"):
        assert str(events.obs[name].dtype) == "category", f"{name} is {events.obs[name].dtype}"
    for name in ("cell_type", "cell_type_ontology_term_id", "subset"):
        assert not events.obs[name].isna().any(), f"{name} has missing values"
    for name in ("channel", "panel"):
        assert (events.var[name].astype(str) != "").all(), f"{name} has empty fields"
    for name in ("transforms", "compensation", "knowledge_version", "gateless_version"):
        assert isinstance(events.uns[name], str), f"uns has no {name}"


def main(paths):
    import scanpy
    scanpy.settings.figdir = tempfile.mkdtemp()
    for path in paths:
        events = opened(path)
        check_columns(events)
        if events.X is None:
            continue
        markers = list(events.var_names[:6])
        scanpy.pl.dotplot(events, markers, groupby="cell_type", show=False)
        scanpy.pl.heatmap(events, markers, groupby="subset", show=False)
        scanpy.pp.pca(events, n_comps=3)
        print(f"{path}: {events.n_obs} events, {events.obs['cell_type'].nunique()} cell types drawn")
    print(f"anndata {anndata.__version__}, scanpy {scanpy.__version__}")


if __name__ == "__main__":
    main(sys.argv[1:])
