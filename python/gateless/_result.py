"""What a run leaves in its folder, read when it is asked for."""

from __future__ import annotations

import functools
import json
import pathlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import anndata


class Tables(Mapping):
    """The CSV tables of a result by name ("abundance", "patients"); each a DataFrame, read once."""

    def __init__(self, folder: pathlib.Path):
        self._folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        path = self._folder / f"{name}.csv"
        if name not in self._read:
            if pathlib.PurePath(name).name != name or not path.is_file():
                raise KeyError(f"{name}: this result has {', '.join(self) or 'no tables'}")
            self._read[name] = pd.read_csv(path)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.csv")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Result:
    """A folder that `run`, `cluster`, `map` or `combine` wrote; docs/outputs.md describes its files.

    out: the folder. Without one, a temporary folder is removed with the last reference to the result.
    """

    def __init__(self, out: str | pathlib.Path | tempfile.TemporaryDirectory):
        self._temporary = out if isinstance(out, tempfile.TemporaryDirectory) else None
        self.folder = pathlib.Path(out.name if self._temporary else out)

    @functools.cached_property
    def events(self) -> "anndata.AnnData":
        """events.h5ad: transformed values [events][markers], labels in obs."""
        import anndata

        return anndata.read_h5ad(self.folder / "events.h5ad")

    @functools.cached_property
    def tables(self) -> Tables:
        """The CSV tables by name, as DataFrames."""
        return Tables(self.folder)

    @functools.cached_property
    def report(self) -> dict[str, Any]:
        """report.json: what the first screen of the report says."""
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    @property
    def report_html(self) -> pathlib.Path:
        """The report to open in a browser."""
        return self.folder / "report.html"

    @property
    def model(self) -> pathlib.Path:
        """model.h5, for `map`."""
        return self.folder / "model.h5"

    def __repr__(self) -> str:
        return f"gateless.Result({str(self.folder)!r}, tables: {', '.join(self.tables)})"
