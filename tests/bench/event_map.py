#!/usr/bin/env python3
"""The plane of all events beside EmbedSOM's: how many of an event's neighbours there are its neighbours among the markers.

    tests/bench/event_map.py RESULT [EVENTS]

RESULT is a folder of `gateless run`. Of each panel EVENTS (5000) events are taken at a fixed stride. EmbedSOM is its published formula
(Kratochvil, Koladiya & Vondrasek, F1000Research 8:2120, 2020) on a 16x16 map of the same events in grid coordinates, as the R package
does by default. Trustworthiness of 15 neighbours: scikit-learn.
"""
import json
import sys

import h5py
import numpy as np
from sklearn.manifold import trustworthiness


def transformed(shown, transform):
    """From the scale of events.h5ad to the one that events are clustered on."""
    if transform["kind"] != "logicle":
        return shown
    w, m, a = transform["W"], transform["M"], transform["A"]
    return np.log(10.0) * (shown / m * (m + a) - w - a)


def som(events, side=16, epochs=10):
    """A batch map with a shrinking Gaussian neighbourhood: codebook and grid coordinates."""
    grid = np.array([(x, y) for x in range(side) for y in range(side)], float)
    apart = ((grid[:, None] - grid[None]) ** 2).sum(-1)
    mean = events.mean(0)
    _, _, axes = np.linalg.svd(events - mean, full_matrices=False)
    spread = (events - mean) @ axes[:2].T
    codes = mean + (grid / (side - 1) - 0.5) * 4 * spread.std(0) @ axes[:2]
    for radius in np.geomspace(side / 2, 0.5, 4 * epochs):
        nearest = nearest_of(events, codes)
        weight = np.exp(-apart / (2 * radius**2))
        sums = np.zeros_like(codes)
        np.add.at(sums, nearest, events)
        counts = np.bincount(nearest, minlength=len(codes))
        codes = (weight @ sums) / np.maximum(weight @ counts, 1e-9)[:, None]
    return codes, grid


def nearest_of(events, codes):
    return (0.5 * (codes**2).sum(1) - events @ codes.T).argmin(1)


def embedsom(events, codes, grid, k=15):
    """Smoothness 0, adjustment 1: boost is e^-1."""
    places = np.empty((len(events), 2))
    for index, event in enumerate(events):
        distance = np.sqrt(((codes - event) ** 2).sum(1))
        order = np.argsort(distance, kind="stable")[: k + 1]
        d = distance[order]
        w = 1.0 / np.arange(1, k + 2)
        mean = (w * d).sum() / w.sum()
        sd = np.sqrt(max((w * d * d).sum() / w.sum() - mean**2, 1e-24))
        score = np.exp((mean - d[:k]) * np.exp(-1) / sd) * (1 - np.exp(10 * d[:k] / d[k] - 10))
        order = order[:k]
        i, j = np.triu_indices(k, 1)
        step = codes[order[j]] - codes[order[i]]
        t = (step * (event - codes[order[i]])).sum(1) / (step**2).sum(1)
        h = grid[order[j]] - grid[order[i]]
        hh = (h**2).sum(1)
        s = score[i] * score[j] / (1 + hh) * np.exp(-((t - 0.5) ** 2))
        a = (s / hh)[:, None, None] * h[:, :, None] * h[:, None, :]
        right = (s * (t + (h * grid[order[i]]).sum(1) / hh))[:, None] * h
        pull = 1e-5 * score
        matrix = a.sum(0) + np.eye(2) * pull.sum()
        places[index] = np.linalg.solve(matrix, right.sum(0) + (pull[:, None] * grid[order]).sum(0))
    return places


def main():
    folder = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    events = h5py.File(f"{folder}/events.h5ad")
    model = h5py.File(f"{folder}/model.h5")
    markers = [name.decode() for name in events["var"][events["var"].attrs["_index"]][:]]
    transforms = json.loads(events["uns/transforms"][()])
    x, y = events["obs/map_x"][:], events["obs/map_y"][:]
    for panel in model["panels"]:
        group = model["panels"][panel]
        used = [name.decode() for name in group["markers"][:]]
        own = used
        columns = sorted(markers.index(name) for name in own)
        row = events["X"][: len(x) : max(1, len(x) // 30000)]
        places = np.stack([x, y], 1)[:: max(1, len(x) // 30000)]
        values = row[:, columns].astype(float)
        has = np.isfinite(values).all(1) & np.isfinite(places).all(1)
        values, places = values[has], places[has]
        for at, column in enumerate(columns):
            values[:, at] = transformed(values[:, at], transforms[panel][markers[column]])
        stride = max(1, len(values) // wanted)
        few, few_places = values[::stride][:wanted], places[::stride][:wanted]
        codes, grid = som(values)
        theirs = embedsom(few, codes, grid)
        print(f"panel {panel}: {len(few)} events, {len(columns)} markers; trustworthiness of 15 neighbours: "
              f"gateless {trustworthiness(few, few_places, n_neighbors=15):.4f}, "
              f"EmbedSOM's formula {trustworthiness(few, theirs, n_neighbors=15):.4f}")


if __name__ == "__main__":
    main()
