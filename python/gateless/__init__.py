"""Cytometry clusters, names and changes without manual gates, from Python.

Every function runs the program `gateless` that was installed with this package, so results are the bytes that the
program writes. Events go in as files, as an AnnData, a DataFrame or an array; they come out as an AnnData::

    import gateless
    events = gateless.cluster(["donor1.fcs", "donor2.fcs"], grid="12x12")   # AnnData
    trial = gateless.run("study.yaml", out="result")
    trial.tables["patients"]                                                # DataFrame
    trial.events.obs["cell_type"]

Errors are exceptions with the program's words: InputError for what a user can mend (a file, a key, a value), GatelessError for all
others. Ctrl-C ends the program, too.
"""

from ._calls import cluster, combine, convert, inspect, map, read, run, simulate
from ._program import GatelessError, InputError, version
from ._result import Result

__version__ = version()
__all__ = ["GatelessError", "InputError", "Result", "cluster", "combine", "convert", "inspect", "map", "read", "run", "simulate", "version"]
