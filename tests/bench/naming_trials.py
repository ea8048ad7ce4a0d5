"""The parts of naming.py that need a made-up trial: events of subsets, of cells that no rule describes, of absent types."""
import contextlib
import io
import shutil
import subprocess

import h5py
import numpy as np

import naming_score
import trial_truth
from weber import read_fcs, spillover, write_fcs

EVENTS, SEED = 40000, 11
# A true type that the B panel lacks the marker for (CD123): no rule describes it. Granulocytes lack CD66b, but scatter.
WITHOUT_RULE = ["basophil"]
# A type and what must then hardly be called: type by its truth, called subset.
ABSENT = [("nk_cell", "nk_cell"), ("monocyte", "monocyte"), ("dendritic", "dendritic"), ("b_asc", "b_asc"),
          ("b_dn2", "b_dn2"), ("b_trans", "b_trans")]
PLANTED_SHARE = 0.01


def simulated(options):
    folder = options.out / "trial"
    if not (folder / "study.yaml").exists():
        subprocess.run([options.program, "simulate", "--panels", "B", "--events-per-file", str(EVENTS), "--seed", str(SEED),
                        "--quiet", "--out", folder], check=True)
    return folder


def truth_of_files(folder):
    """File stem -> true type of each event, in file order."""
    with h5py.File(folder / "truth" / "events.h5ad") as file:
        samples, sample_words = trial_truth.categorical(file["obs"]["sample"])
        types, type_words = trial_truth.categorical(file["obs"]["subset"])
        index = file["obs"]["event_index"][:]
    truth = {}
    for code, stem in enumerate(sample_words[:-1]):
        mine = samples == code
        truth[str(stem)] = type_words[types[mine][np.argsort(index[mine])]].astype(str)
    return truth


def trial(table, options):
    folder = simulated(options)
    result = folder / "result"
    shutil.rmtree(result, ignore_errors=True)
    subprocess.run([options.program, "run", folder / "study.yaml", "--events", "labels", "--threads", str(options.threads),
                    "--quiet", "--out", result], check=True)
    with contextlib.redirect_stdout(io.StringIO()) as text:
        scores = trial_truth.event_scores(folder, result)
    if options.confusions:
        print(text.getvalue())
    of_b = [f1 for subset, f1 in scores.items() if subset.startswith("b_")]
    table.row(f"trial: macro F1 over {len(of_b)} B subsets", np.mean(of_b), 0.90)
    table.row("trial: F1 of DN", scores["b_dn"], 0.92)
    table.row("trial: F1 of DN2", scores["b_dn2"], 0.85)
    truth = truth_of_files(folder)
    chains = naming_score.ancestors()
    called = naming_score.read_calls(result)
    true = np.concatenate([truth[s][called[called["sample"] == s].event] for s in dict.fromkeys(called["sample"])])
    cells = ~np.isin(true, [*trial_truth.NO_CELL, *WITHOUT_RULE])
    right = np.array([t in chains.get(c, []) for t, c in zip(true, called.subset)])
    true_call = right | np.array([c in chains.get(t, []) for t, c in zip(true, called.subset)])
    naming_score.reliability(table, "trial", called.confidence.to_numpy()[cells], right[cells], true_call[cells],
                             called.subset.to_numpy()[cells])


def control_files(folder):
    return sorted((folder / "fcs").glob("HC*_baseline_B.fcs"))


def unnamed(table, options):
    """Lineage-negative, HLA-DR-negative cells: NK cells whose CD56 and HLA-DR are those of T cells."""
    folder, files, plants = simulated(options), [], {}
    truth = truth_of_files(folder)
    (options.out / "unnamed").mkdir(parents=True, exist_ok=True)
    for path in control_files(folder)[:4]:
        values, names, keys = read_fcs(path)
        columns, matrix = spillover(names, keys)
        true = truth[path.stem]
        random = np.random.default_rng(1)
        planted = random.choice(np.flatnonzero(true == "nk_cell"), int(PLANTED_SHARE * len(true)), replace=False)
        donors = random.choice(np.flatnonzero(true == "t_cell"), len(planted))
        light = values.astype(float)
        light[:, columns] = light[:, columns] @ np.linalg.inv(matrix)
        for marker in ("CD56", "HLA-DR"):
            light[planted, names.index(marker)] = light[donors, names.index(marker)]
        light[:, columns] = light[:, columns] @ matrix
        values = values.copy()
        values[planted] = light[planted]
        files.append(options.out / "unnamed" / path.name)
        write_fcs(files[-1], values, keys)
        plants[path.stem] = planted
    called = naming_score.run(options.program, options.out / "unnamed", files, options.threads)
    of_planted, of_unruled = [], []
    for stem, planted in plants.items():
        calls = called[(called["sample"] == stem) & called.kept]
        of_planted += calls[calls.event.isin(planted)].subset.to_list()
        of_unruled += calls[np.isin(truth[stem][calls.event], WITHOUT_RULE)].subset.to_list()
    for what, calls in [("planted lin- HLA-DR- cells", of_planted), ("basophils (no CD123)", of_unruled)]:
        table.row(f"unnamed: {what}, share unassigned of {len(calls)}",
                  np.mean(np.isin(calls, ["unassigned", "leukocyte", ""])), 0.90)
        if options.confusions:
            naming_score.print_confusions(np.full(len(calls), what), np.array(calls))


def absent(table, options):
    """One file each without any event of one type."""
    folder, files, events = simulated(options), [], {}
    truth = truth_of_files(folder)
    (options.out / "absent").mkdir(parents=True, exist_ok=True)
    for (kind, _), path in zip(ABSENT, control_files(folder)):
        values, _, keys = read_fcs(path)
        left = truth[path.stem] != kind
        files.append(options.out / "absent" / f"without_{kind}.fcs")
        write_fcs(files[-1], values[left], keys)
        events[files[-1].stem] = left.sum()
    called = naming_score.run(options.program, options.out / "absent", files, options.threads)
    chains = naming_score.ancestors()
    for kind, subset in ABSENT:
        stem = f"without_{kind}"
        calls = called[called["sample"] == stem]
        share = sum(subset in chains.get(call, []) for call in calls.subset) / events[stem]
        table.row(f"absent: % of events called {subset}, of which there are none", 100 * share, 0.05, at_most=True)

