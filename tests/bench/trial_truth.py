"""Holds the results of `gateless run` on a simulated trial against the trial's truth.

usage: trial_truth.py TRIAL_DIR RESULT_DIR
Prints: calls per patient against the designed changes, the error of the fraction of double-negative B cells in every
sample, and precision, recall and F1 of every subset over events. Exits with 1 if a line of the main job falls short.
"""
import sys

import h5py
import numpy as np
import pandas as pd

CALLED_ROWS = ["b_dn", "b_trans", "b_igd_naive_gate", "b_naive_rest", "treg"]
# Truth that is no single live cell, or that the knowledge cannot name.
NO_CELL = {"doublet", "dead", "debris", "margin"}


def categorical(group):
    codes = group["codes"][:]
    words = [w.decode() if isinstance(w, bytes) else w for w in group["categories"][:]]
    return codes, np.array(words + [""], dtype=object)


def events(path):
    with h5py.File(path) as file:
        obs = file["obs"]
        columns = {}
        for name in ("sample", "subset"):
            codes, words = categorical(obs[name])
            columns[name] = pd.Categorical.from_codes(codes, words[:-1])
        columns["event_index"] = obs["event_index"][:]
        if "kept" in obs:
            columns["kept"] = obs["kept"][:].astype(bool)
    return pd.DataFrame(columns)


def calls(trial, result):
    truth = pd.read_csv(f"{trial}/truth/patients.csv")
    found = pd.read_csv(f"{result}/patients.csv")
    both = truth.merge(found, on=["subset", "patient", "visit"], suffixes=("_true", ""))
    both = both[both["call_true"].notna()]
    print("\ncalls right of true calls, by subset and visit (rows that decide are marked *)")
    worst = 1.0
    table = both.groupby(["subset", "visit"])
    for (subset, visit), rows in table:
        right = int((rows.call == rows.call_true).sum())
        mark = "*" if subset in CALLED_ROWS else " "
        if subset in CALLED_ROWS:
            worst = min(worst, right / len(rows))
        wrong = "; ".join(f"{r.patient} {r.call} for {r.call_true}" for r in rows.itertuples() if r.call != r.call_true)
        print(f"  {mark} {subset:20s} {visit:10s} {right}/{len(rows)}  {wrong}")
    return worst >= 5 / 6


def double_negative(trial, result):
    # The measure: of all B cells.
    def of_b(path):
        rows = pd.read_csv(path)
        dn = rows[rows.subset == "b_dn"].set_index("sample")
        b = rows[(rows.subset == "b_cell")].set_index("sample")
        both = dn[["events"]].join(b[["events"]], rsuffix="_b", how="inner")
        return both.events, both.events / both.events_b
    true_events, true_fraction = of_b(f"{trial}/truth/abundance.csv")
    _, fraction = of_b(f"{result}/abundance.csv")
    enough = true_events[true_events >= 100].index
    b_panel = [s for s in enough if s in fraction.index]
    error = fraction[b_panel] / true_fraction[b_panel] - 1
    print(f"\nfraction of DN of B cells, {len(b_panel)} samples with 100 true DN events or more:")
    print(f"  relative error: median {error.median():+.3f}, largest {error.abs().max():.3f} ({error.abs().idxmax()})")
    return len(b_panel) > 0 and error.abs().max() <= 0.20


def event_scores(trial, result):
    truth, found = events(f"{trial}/truth/events.h5ad"), events(f"{result}/events.h5ad")
    both = truth.merge(found, on=["sample", "event_index"], suffixes=("_true", ""))
    true, called = both.subset_true.astype(str), both.subset.astype(str)
    print("\ndrops: what was dropped, and what should have been")
    for reason in sorted(NO_CELL):
        of_reason = (true == reason).to_numpy()
        print(f"  {reason:10s} {of_reason.sum():8d} dropped {1 - both.kept[of_reason].mean():.3f}")
    cells = ~true.isin(NO_CELL).to_numpy()
    print(f"  {'cells':10s} {cells.sum():8d} dropped {1 - both.kept[cells].mean():.4f}")
    # A subset holds all below it: parents from the abundance tables.
    parent = {}
    for path in (f"{result}/abundance.csv", f"{trial}/truth/abundance.csv"):
        rows = pd.read_csv(path)
        parent.update(dict(zip(rows.subset, rows.parent.fillna(""))))
    def ancestors(word):
        chain = []
        while word and word not in chain:
            chain.append(word)
            word = parent.get(word, "")
        return chain
    considered = (both.kept & cells).to_numpy()
    true_words, called_words = true[considered].to_numpy(), called[considered].to_numpy()
    members_true = {w: ancestors(w) for w in set(true_words)}
    members_called = {w: ancestors(w) for w in set(called_words)}
    subsets = sorted({s for w in members_true.values() for s in w})
    overlays = {r.subset for r in pd.read_csv(f"{result}/abundance.csv").itertuples()} - {s for c in members_called.values() for s in c}
    print("\nevents (kept cells): precision, recall, F1")
    scores = {}
    for subset in subsets:
        t = np.isin(true_words, [w for w, c in members_true.items() if subset in c])
        f = np.isin(called_words, [w for w, c in members_called.items() if subset in c])
        if subset in overlays or not t.any():
            continue
        hit = (t & f).sum()
        precision, recall = hit / max(f.sum(), 1), hit / t.sum()
        scores[subset] = 2 * hit / max(t.sum() + f.sum(), 1)
        print(f"  {subset:20s} {t.sum():8d}  {precision:.3f} {recall:.3f} {scores[subset]:.3f}")
    b = [v for k, v in scores.items() if k.startswith("b_")]
    if b:
        print(f"  macro F1 over {len(b)} B-cell subsets: {np.mean(b):.3f}")
    return scores


def main():
    trial, result = sys.argv[1:3]
    good_calls = calls(trial, result)
    good_dn = double_negative(trial, result)
    event_scores(trial, result)
    print(f"\ncalls right for at least 5 of 6 patients: {'yes' if good_calls else 'NO'}; "
          f"DN within 20 %: {'yes' if good_dn else 'NO'}")
    sys.exit(0 if good_calls and good_dn else 1)


if __name__ == "__main__":
    main()
