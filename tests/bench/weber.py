#!/usr/bin/env python3
"""Scores clusterings of labelled cytometry sets by the protocol of Weber & Robinson (Cytometry A 2016).

All events are clustered, unassigned ones included; those are dropped only for scoring. Clusters and populations are
matched one to one (Hungarian on F1); the score is the unweighted mean F1 over populations. Where one rare population
is labelled, the score is the best F1 over clusters.

usage: weber.py prepare DATA_FOLDER OUT_FOLDER     writes SET.f32 ([markers][events], transformed) and SET.labels
       weber.py score LABELS CLUSTERS [--rare]     one integer per line each; or a .h5ad with obs `metacluster`
       weber.py seeds BENCH_CLUSTERS FOLDER SEEDS  the program's defaults on the prepared sets: mean, sd, min, max
       weber.py planted BENCH_CLUSTERS SEEDS       populations of known events: a rare one in 1,000,000, and thirty
"""
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment


def read_fcs(path):
    """Events [events][channels] and names of an FCS 3 file with 32-bit floats."""
    raw = Path(path).read_bytes()
    text = raw[int(raw[10:18]):int(raw[18:26]) + 1].decode("latin1")
    words = text[1:].split(text[0])
    keys = {key.upper(): value for key, value in zip(words[::2], words[1::2])}
    channels, events = int(keys["$PAR"]), int(keys["$TOT"])
    order = "<" if keys["$BYTEORD"].startswith("1") else ">"
    first = int(raw[26:34]) or int(keys["$BEGINDATA"])
    values = np.frombuffer(raw, order + "f4", channels * events, first).reshape(events, channels)
    names = [keys.get(f"$P{i}S", "").strip() or keys[f"$P{i}N"] for i in range(1, channels + 1)]
    return values.astype(np.float32), names, keys


def write_fcs(path, values, keys):
    """FCS 3.0 with `values` [events][channels] as 32-bit floats, under the keywords of another file."""
    values = np.ascontiguousarray(values, dtype="<f4")
    keys = {key: value for key, value in keys.items() if key and not key.startswith(("$BEGIN", "$END"))}
    keys |= {"$TOT": str(len(values)), "$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$NEXTDATA": "0"}
    for segment in ("ANALYSIS", "STEXT"):
        keys |= {f"$BEGIN{segment}": "0", f"$END{segment}": "0"}
    for channel in range(1, values.shape[1] + 1):
        keys[f"$P{channel}B"] = "32"

    def text(first):
        ends = {"$BEGINDATA": f"{first:012d}", "$ENDDATA": f"{first + values.nbytes - 1:012d}"}
        words = [word for entry in (keys | ends).items() for word in entry]
        return ("\f" + "\f".join(word or " " for word in words) + "\f").encode("latin1")

    first = 58 + len(text(0))
    last = first + values.nbytes - 1
    shown = (first, last) if last < 10**8 else (0, 0)
    header = b"FCS3.0    " + b"".join(b"%8d" % offset for offset in (58, first - 1, *shown, 0, 0))
    Path(path).write_bytes(header + text(first) + values.tobytes())


def f1_matrix(labels, clusters):
    """F1 of every population (rows, sorted labels) against every cluster (columns)."""
    populations, p = np.unique(labels, return_inverse=True)
    ids, c = np.unique(clusters, return_inverse=True)
    both = np.zeros((len(populations), len(ids)))
    np.add.at(both, (p, c), 1)
    return populations, 2 * both / (both.sum(1)[:, None] + both.sum(0)[None, :])


def mean_f1(labels, clusters, unassigned=0):
    kept = labels != unassigned
    populations, f1 = f1_matrix(labels[kept], clusters[kept])
    rows, columns = linear_sum_assignment(-f1)
    matched = np.zeros(len(populations))
    matched[rows] = f1[rows, columns]
    return matched.mean(), dict(zip(populations.tolist(), matched.round(3).tolist()))


def rare_f1(labels, clusters):
    populations, f1 = f1_matrix(labels, clusters)
    return f1[populations.tolist().index(1)].max()


def spillover(names, keys):
    """Columns and matrix of the file's own spillover, on channels by $PnN."""
    fields = keys.get("SPILL", keys.get("$SPILLOVER")).split(",")
    n = int(fields[0])
    columns = [[keys[f"$P{i + 1}N"] for i in range(len(names))].index(name) for name in fields[1:n + 1]]
    return columns, np.array(fields[n + 1:n + 1 + n * n], float).reshape(n, n)


def compensated(values, names, keys):
    """FlowSOM's example: SPILL of the file."""
    columns, matrix = spillover(names, keys)
    values = values.astype(float)
    values[:, columns] = values[:, columns] @ np.linalg.inv(matrix)
    return values


def prepare(folder, out):
    folder, out = Path(folder), Path(out)
    out.mkdir(parents=True, exist_ok=True)

    def write(name, values, labels):
        np.ascontiguousarray(values.T, dtype="<f4").tofile(out / f"{name}.f32")
        np.savetxt(out / f"{name}.labels", labels, fmt="%d")
        print(name, *values.shape)

    values, names, _ = read_fcs(folder / "nilsson_rare/Nilsson_rare_notransform.fcs")
    write("nilsson", np.arcsinh(values[:, [4, *range(6, 18)]] / 150), values[:, names.index("label")].astype(int))

    values, names, _ = read_fcs(folder / "huimmprofiling_s1/downsample.fcs")
    labels = np.loadtxt(folder / "huimmprofiling_s1/ref_label_downsample.csv", int)
    write("huimm", values, labels)  # stored transformed: arcsinh(x / 5)

    values, names, keys = read_fcs(folder / "flowsom_68983/68983.fcs")
    text = [row[0] for row in csv.reader(open(folder / "flowsom_68983/gatingResult.csv"))]
    order = ["Unlabeled"] + sorted(set(text) - {"Unlabeled"})
    used = [i for i, name in enumerate(names) if name in "GFP CD8 TCRyd CD45 TCRb NK1.1 CD4 CD19 CD3".split()
            or any(word in name for word in ("CD45", "TCR", "NK1", "CD19", "CD3", "CD4", "CD8"))]
    write("mouse", np.arcsinh(compensated(values, names, keys)[:, used] / 150),
          np.array([order.index(label) for label in text]))

    rows = list(csv.reader(open(folder / "hipc_tcell_stanford/HIPC_Stanford_1228_1A.csv")))
    values = np.array([row[:7] for row in rows[1:]], float) / 4096 * 4.5
    order = sorted({row[7] for row in rows[1:]})
    write("hipc", values, np.array([1 + order.index(row[7]) for row in rows[1:]]))

    for sample in range(1, 13):
        values = np.loadtxt(folder / f"flowcap1_gvhd/sample{sample}.csv", delimiter=",", skiprows=1)
        labels = np.loadtxt(folder / f"flowcap1_gvhd/labels{sample}.csv", int, skiprows=0)
        write(f"gvhd{sample:02}", values, labels)


def read_clusters(path):
    if str(path).endswith(".h5ad"):
        import anndata
        return anndata.read_h5ad(path).obs["metacluster"].astype(int).to_numpy()
    return np.loadtxt(path, int)


def score(labels, clusters, *options):
    labels, clusters = np.loadtxt(labels, int), read_clusters(clusters)
    if "--rare" in options:
        print(f"{rare_f1(labels, clusters):.4f}")
    else:
        mean, populations = mean_f1(labels, clusters)
        print(f"{mean:.4f} over {len(populations)} populations, {len(set(clusters))} clusters: {populations}")


def cluster(program, file, markers, seed):
    """Metacluster of each event and the line that the program prints."""
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run([program, str(file), str(markers), str(seed), out.name], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        return np.loadtxt(out.name, int), done.stdout.split()


def seeds(program, folder, count):
    folder = Path(folder)
    sets = {path.stem: np.loadtxt(path, int) for path in sorted(folder.glob("*.labels"))}
    gvhd = []
    for name, labels in sets.items():
        file = folder / f"{name}.f32"
        markers = file.stat().st_size // 4 // len(labels)
        scores, numbers = [], []
        for seed in range(1, int(count) + 1):
            clusters, line = cluster(program, file, markers, seed)
            scores.append(rare_f1(labels, clusters) if name == "nilsson" else mean_f1(labels, clusters)[0])
            numbers.append(int(line[0]))
        print(f"{name:8} mean {np.mean(scores):.3f} sd {np.std(scores):.3f} min {min(scores):.3f} max {max(scores):.3f} "
              f"metaclusters {min(numbers)}-{max(numbers)}", flush=True)
        if name.startswith("gvhd"):
            gvhd.append(scores)
    means = np.mean(gvhd, axis=0)
    print(f"gvhd, all mean {means.mean():.3f} sd {means.std():.3f} min {means.min():.3f} max {means.max():.3f}")


def with_rare(seed, size, apart):
    """1,000,000 events of 20 markers in twelve Gaussian populations, and `size` events `apart` sd from one of them on
    three markers."""
    random = np.random.default_rng(seed)
    centres = random.choice([0, 4.0], (12, 20))
    labels = random.choice(12, 1_000_000 - size, p=random.dirichlet(np.ones(12)))
    rare = centres[random.integers(12)].copy()
    markers = random.choice(20, 3, replace=False)
    rare[markers] += np.where(rare[markers] > 2, -1, 1) * apart * 0.7
    labels = np.append(labels, np.full(size, 12))
    return np.vstack([centres, rare])[labels] + random.normal(0, 0.7, (1_000_000, 20)), labels


def thirty(seed, events=500_000):
    """`events` in thirty Gaussian populations from 0.02 % to 20 %, centres 0, 3 or 6 sd in each of 20 markers."""
    random = np.random.default_rng(seed)
    shares = np.geomspace(0.0002, 0.2, 30)
    labels = np.repeat(np.arange(30), (shares / shares.sum() * events).astype(int))
    return random.choice([0, 3.0, 6.0], (30, 20))[labels] + random.normal(0, 1, (len(labels), 20)), labels


def planted(program, count):
    def best_f1(values, labels, seed):
        order = np.random.default_rng(seed).permutation(len(labels))
        with tempfile.NamedTemporaryFile(suffix=".f32") as file:
            np.ascontiguousarray(values[order].T, dtype="<f4").tofile(file.name)
            clusters, _ = cluster(program, file.name, values.shape[1], seed)
        return f1_matrix(labels[order], clusters)[1].max(axis=1)

    for size, apart in ((50, 6), (500, 4)):
        scores = [best_f1(*with_rare(seed, size, apart), seed)[12] for seed in range(1, int(count) + 1)]
        print(f"{size} events {apart} sd away: F1 above 0.9 in {sum(np.array(scores) > 0.9)} of {count} seeds, "
              f"mean {np.mean(scores):.3f} min {min(scores):.3f}", flush=True)
    scores = [best_f1(*thirty(seed), seed).min() for seed in range(1, int(count) + 1)]
    print(f"thirty populations: all with F1 above 0.9 in {sum(np.array(scores) > 0.9)} of {count} seeds, "
          f"worst population of all seeds {min(scores):.3f}")


if __name__ == "__main__":
    commands = {"prepare": prepare, "score": score, "seeds": seeds, "planted": planted}
    if len(sys.argv) < 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
