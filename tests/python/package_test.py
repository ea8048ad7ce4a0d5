#!/usr/bin/env python3
"""The Python package around a built program: the same bytes as the program, and its errors as exceptions.

usage: package_test.py PROGRAM FOLDER ; exits 1 if a check fails, 77 (skipped) without anndata.
"""
import filecmp
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

try:
    import anndata
    import numpy as np
    import pandas as pd
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM, FOLDER = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
os.environ["GATELESS_PROGRAM"] = str(PROGRAM)
sys.path.insert(0, str(SOURCE / "python"))
import gateless  # noqa: E402

def raises(kind, words, call):
    try:
        call()
    except kind as error:
        assert words in str(error), f"'{error}' does not say '{words}'"
        return error
    raise AssertionError(f"no {kind.__name__}")


def same_tables(one, other):
    names = {path.name for path in one.glob("*.csv")}
    assert names == {path.name for path in other.glob("*.csv")} and "abundance.csv" in names, names
    for name in names:
        assert filecmp.cmp(one / name, other / name, shallow=False), f"{name} differs"


def test_run_and_map_write_what_the_program_writes(trial):
    subprocess.run([PROGRAM, "run", trial, "--out", FOLDER / "by_program", "--quiet", "--threads", "2"], check=True)
    result = gateless.run(trial, out=FOLDER / "by_python", threads=1)
    same_tables(FOLDER / "by_program", result.folder)
    assert filecmp.cmp(FOLDER / "by_program" / "model.h5", result.model, shallow=False), "model.h5 differs"
    assert list(result.tables["patients"].columns)[:2] == ["subset", "patient"]
    raises(KeyError, "abundance", lambda: result.tables["no_such_table"])
    assert result.report["baseline"] == "baseline"
    files = sorted((trial.parent / "fcs").glob("*.fcs"))[:2]
    subprocess.run([PROGRAM, "map", result.model, *files, "--out", FOLDER / "mapped", "--quiet"], check=True)
    same_tables(FOLDER / "mapped", gateless.map(result, files, out=FOLDER / "mapped_by_python").folder)


def test_events_in_memory_are_the_files_events(trial):
    files = sorted((trial.parent / "fcs").glob("*_B.fcs"))[:2]
    from_files = gateless.cluster(files, grid=(5, 5), seed=3)
    in_memory = gateless.cluster({file.stem: gateless.read(file) for file in files}, grid="5x5", seed=3)
    for label in ("sample", "node", "metacluster"):
        assert list(from_files.events.obs[label]) == list(in_memory.events.obs[label]), label
    assert np.array_equal(from_files.events.X, in_memory.events.X)
    folder = in_memory.folder
    del in_memory
    assert not folder.exists(), "a temporary result stays"


def test_arrays_and_frames_are_samples():
    values = np.random.default_rng(1).normal(0, 1, (600, 3))
    values[:200] += 6
    names = ["CD3", "CD4", "CD19"]
    by_array = gateless.cluster(values, channels=names, grid="3x3", transform="none", metaclusters=2)
    by_frame = gateless.cluster(pd.DataFrame(values, columns=names), grid="3x3", transform="none", metaclusters=2)
    label = np.asarray(by_array.events.obs["metacluster"].astype(int))
    assert len(set(label[:200])) == 1 and len(set(label[200:])) == 1 and label[0] != label[-1]
    assert list(label) == list(by_frame.events.obs["metacluster"].astype(int))
    raises(ValueError, "needs as many names", lambda: gateless.cluster(values, channels=names[:2]))
    raises(ValueError, "[events][channels]", lambda: gateless.cluster(values[:, 0], channels=names))


def test_errors_are_exceptions_with_the_programs_words():
    for progress in (False, True):
        error = raises(gateless.InputError, "no.fcs: cannot be opened", lambda: gateless.cluster("no.fcs", progress=progress))
        assert error.status == 3 and len(error.messages) == 1
    raises(gateless.InputError, "WIDTHxHEIGHT", lambda: gateless.cluster("no.fcs", grid="x"))
    assert not list(pathlib.Path.cwd().glob("no*")), "something was written beside the program"


def test_files_are_read_and_inspected(trial):
    file = sorted((trial.parent / "fcs").glob("*.fcs"))[0]
    events = gateless.read(file)
    assert isinstance(events, anndata.AnnData) and events.n_obs == 800
    assert "IgD" in set(events.var["marker"]) and events.var_names[0] == "FSC-A"
    assert gateless.inspect(file)[0]["channels"][0]["role"] == "forward scatter"
    assert list(gateless.convert([file], FOLDER / "converted", to="csv")["events"]) == [800]


def test_an_interrupt_ends_the_program(trial):
    code = ("import signal, sys; sys.path.insert(0, sys.argv[1]); import gateless\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background ignores it
            "gateless.simulate(sys.argv[2], events_per_file=3_000_000, progress=True)")
    running = subprocess.Popen([sys.executable, "-c", code, SOURCE / "python", FOLDER / "large"], stderr=subprocess.PIPE)
    children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while not (child := children.read_text().strip()):
        assert running.poll() is None, "the program did not start"
        time.sleep(0.02)
    time.sleep(0.2)
    os.kill(running.pid, signal.SIGINT)
    said = running.communicate()[1].decode()
    assert running.returncode != 0 and "KeyboardInterrupt" in said, said
    assert not pathlib.Path(f"/proc/{child}").exists(), "the program goes on"


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.chdir(FOLDER)
    trial = gateless.simulate(FOLDER / "trial", patients=2, controls=1, events_per_file=800, quiet=True)
    failed = 0
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            try:
                test(trial) if test.__code__.co_argcount else test()
                print(f"ok: {name}")
            except Exception as failure:
                print(f"failed: {name}: {type(failure).__name__}: {failure}", file=sys.stderr)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
