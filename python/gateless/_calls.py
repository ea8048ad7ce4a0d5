"""The commands of the program as functions."""

from __future__ import annotations

import json
import os
import pathlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import pandas as pd

from ._program import call
from ._result import Result

if TYPE_CHECKING:
    import anndata

_READ_OF_UNS = ("meta", "fcs_keywords")  # what the program reads of an AnnData's uns

Path = Union[str, os.PathLike]
#: One sample: a file, an AnnData, a DataFrame, or an array [events][channels] with `channels` beside it.
Events = Union[Path, "anndata.AnnData", pd.DataFrame, np.ndarray]
#: Samples: one, several, or several by name.
Samples = Union[Events, Sequence[Events], Mapping[str, Events]]


def read(path: Path, *, compensate: str = "none", transform: str = "none", progress: bool = False) -> "anndata.AnnData":
    """Reads one event file (FCS, CSV, .h5ad): values [events][channels] in X, detector and stain in var.

    compensate: "none", or "auto" to apply the file's spillover. transform: "none", "auto", "logicle" or "arcsinh:COFACTOR", of
    channels that stain a marker. Raises InputError.
    """
    import anndata

    with tempfile.TemporaryDirectory(prefix="gateless-") as folder:
        convert(path, folder, to="h5ad", compensate=compensate, transform=transform, progress=progress)
        return anndata.read_h5ad(next(pathlib.Path(folder).glob("*.h5ad")))


def convert(paths: Path | Sequence[Path], out: Path, *, to: str = "fcs", compensate: str = "none", transform: str = "none",
            threads: int | None = None, progress: bool = False) -> pd.DataFrame:
    """Writes event files as FCS, CSV or .h5ad into the folder `out`; returns its convert.csv, a row a file. Raises InputError."""
    call(["convert", "--json", *_files(paths), *_options(out=out, to=to, compensate=compensate, transform=transform, threads=threads)],
         progress)
    return pd.read_csv(pathlib.Path(out) / "convert.csv")


def inspect(paths: Path | Sequence[Path], *, quick: bool = False) -> Any:
    """What is in files or folders, and what `run` would make of each channel: the program's JSON. Raises InputError."""
    return json.loads(call(["inspect", "--json", *_files(paths), *_options(quick=quick)]))


def cluster(samples: Samples, *, channels: Sequence[str] | None = None, out: Path | None = None, algorithm: str | None = None,
            grid: str | tuple[int, int] | None = None, nodes: int | None = None, metaclusters: int | str | None = None,
            epochs: int | None = None, markers: Sequence[str] | None = None, transform: str | None = None,
            compensate: str | None = None, clean: str | None = None, seed: int | None = None, threads: int | None = None,
            backend: str | None = None, memory: float | None = None, progress: bool = False) -> Result:
    """Pools, transforms and clusters samples: `gateless cluster`. Options that are None are the program's defaults.

    samples: files, AnnData, DataFrames or arrays, one, several, or several by name (names become `sample`).
    channels: names of an array's columns. out: folder of the result; without one, it is temporary.
    Returns a Result: `.events.obs["metacluster"]` holds a row for each event, in the order of the samples. Raises InputError.
    """
    if isinstance(grid, tuple):
        grid = f"{grid[0]}x{grid[1]}"
    options = _options(algorithm=algorithm, grid=grid, nodes=nodes, metaclusters=metaclusters, epochs=epochs, markers=markers,
                       transform=transform, compensate=compensate, clean=clean, seed=seed, threads=threads, backend=backend,
                       memory=memory)
    with _as_files(samples, channels) as files:
        return _result(["cluster", "--json", *files], options, out, progress)


def run(study: Path, *, out: Path | None = None, model: Path | None = None, fcs: bool = False, gates: bool = True,
        events: str | None = None, seed: int | None = None, threads: int | None = None, backend: str | None = None,
        memory: float | None = None, progress: bool = False) -> Result:
    """The whole analysis of a study file: `gateless run`. model: map onto this model.h5 instead of training. Raises InputError."""
    options = _options(model=model, fcs=fcs, no_gates=not gates, events=events, seed=seed, threads=threads, backend=backend,
                       memory=memory)
    return _result(["run", "--json", os.fspath(study)], options, out, progress)


def map(model: Path | Result, samples: Samples, *, channels: Sequence[str] | None = None, out: Path | None = None, fcs: bool = False,
        gates: bool = True, events: str | None = None, threads: int | None = None, backend: str | None = None,
        memory: float | None = None, progress: bool = False) -> Result:
    """Maps samples onto a model.h5, or onto the model of a Result: `gateless map`. Raises InputError."""
    options = _options(fcs=fcs, no_gates=not gates, events=events, threads=threads, backend=backend, memory=memory)
    with _as_files(samples, channels) as files:
        return _result(["map", "--json", os.fspath(model.model if isinstance(model, Result) else model), *files], options, out, progress)


def combine(parts: Sequence[Path | Result], study: Path, *, out: Path | None = None, events: str | None = None,
            threads: int | None = None, progress: bool = False) -> Result:
    """The tables, statistics and report of a whole study from parts that `map` wrote: `gateless combine`. Raises InputError."""
    folders = [os.fspath(part.folder if isinstance(part, Result) else part) for part in parts]
    return _result(["combine", "--json", *folders], _options(study=study, events=events, threads=threads), out, progress)


def simulate(out: Path, *, progress: bool = False, **options: Any) -> pathlib.Path:
    """A made-up trial with its truth: `gateless simulate`; options are the program's (patients=2, events_per_file=5000).

    Returns the path of the study file.
    """
    call(["simulate", *_options(out=out, **options)], progress)
    return pathlib.Path(out) / "study.yaml"


def _result(command: list[str], options: list[str], out: Path | None, progress: bool) -> Result:
    folder = tempfile.TemporaryDirectory(prefix="gateless-") if out is None else out
    name = folder.name if isinstance(folder, tempfile.TemporaryDirectory) else folder
    call([*command, *options, *_options(out=name)], progress)
    return Result(folder)


def _options(**options: Any) -> list[str]:
    """Names and values as the command line has them; None and False are left out."""
    words = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        words.append("--" + name.replace("_", "-"))
        if isinstance(value, (list, tuple)):
            words.extend(str(one) for one in value)
        elif value is not True:
            words.append(os.fspath(value) if isinstance(value, os.PathLike) else str(value))
    return words


def _files(paths: Path | Sequence[Path]) -> list[str]:
    return [os.fspath(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


@contextmanager
def _as_files(samples: Samples, channels: Sequence[str] | None) -> Iterator[list[str]]:
    """Samples as paths; those in memory are written into a temporary folder for the time of a call."""
    if isinstance(samples, Mapping):
        named = list(samples.items())
    elif isinstance(samples, (list, tuple)):
        named = [(f"sample{number}", sample) for number, sample in enumerate(samples, 1)]
    else:
        named = [("events", samples)]
    with tempfile.TemporaryDirectory(prefix="gateless-") as folder:
        yield [_as_file(sample, pathlib.Path(folder) / f"{pathlib.PurePath(str(name)).name}.h5ad", channels) for name, sample in named]


def _as_file(sample: Events, path: pathlib.Path, channels: Sequence[str] | None) -> str:
    if isinstance(sample, (str, os.PathLike)):
        return os.fspath(sample)
    import anndata

    if isinstance(sample, anndata.AnnData):
        # What is said of events is the owner's, and may hold what no file can.
        written = anndata.AnnData(sample.X, var=sample.var, uns={key: sample.uns[key] for key in _READ_OF_UNS if key in sample.uns})
    elif isinstance(sample, pd.DataFrame):
        written = anndata.AnnData(sample.to_numpy(dtype=np.float32), var=pd.DataFrame(index=[str(name) for name in sample.columns]))
    else:
        values = np.asarray(sample, dtype=np.float32)
        if values.ndim != 2:
            raise ValueError(f"an array of events is [events][channels], not of {values.ndim} dimensions")
        if channels is None or len(channels) != values.shape[1]:
            raise ValueError(f"channels: an array of {values.shape[1]} columns needs as many names")
        written = anndata.AnnData(values, var=pd.DataFrame(index=[str(name) for name in channels]))
    written.write_h5ad(path)
    return str(path)
