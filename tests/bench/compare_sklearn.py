"""Times gateless passes and scikit-learn's Lloyd iterations on the same events, in one run.

usage: compare_sklearn.py BENCH_CLUSTER [--events N] [--markers N] [--nodes N] [--passes N] [--repeats N]
"""

import argparse
import resource
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy


def made_events(events, markers):
    """30 Gaussian components with log-spaced weights, 21 % down to 0.02 %: [events][markers], float32."""
    random = numpy.random.default_rng(20)
    weights = numpy.geomspace(0.21, 0.0002, 30)
    component = random.choice(30, size=events, p=weights / weights.sum())
    level = random.choice([0.5, 2.0, 4.5], size=(30, markers)).astype(numpy.float32)
    spread = random.uniform(0.25, 0.7, size=(30, markers)).astype(numpy.float32)
    values = random.standard_normal((events, markers), dtype=numpy.float32)
    values *= spread[component]
    values += level[component]
    return values


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def time_gateless(program, path, options, backend):
    command = [program, path, options.markers, options.nodes, options.passes, options.repeats, backend]
    lines = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
    return lines.stderr.strip(), [tuple(map(float, line.split())) for line in lines.stdout.splitlines()]


def time_sklearn(values, options):
    from sklearn.cluster import KMeans

    timings = []
    for repeat in range(options.sklearn_repeats):
        start = values[numpy.random.default_rng(repeat).choice(len(values), options.nodes, replace=False)]
        model = KMeans(
            n_clusters=options.nodes, init=start, n_init=1, max_iter=options.passes, tol=0, algorithm="lloyd"
        )
        wall, cpu = time.perf_counter(), cpu_seconds()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(values)
        # fit ends with one more look at the events for their labels
        timings.append((time.perf_counter() - wall, cpu_seconds() - cpu))
        if model.n_iter_ != options.passes:
            raise SystemExit(f"scikit-learn stopped after {model.n_iter_} iterations")
    return timings


def row(name, timings, options, looks):
    unit = options.events * options.nodes * looks / 1e9
    walls, cpus = zip(*timings)
    best, median, cpu = min(walls), statistics.median(walls), statistics.median(cpus)
    print(
        f"| {name} | {looks} | {best:.2f} | {median:.2f} | {cpu:.2f} "
        f"| {best / unit:.3f} | {median / unit:.3f} | {cpu / unit:.3f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--markers", type=int, default=20)
    parser.add_argument("--nodes", type=int, default=100)
    parser.add_argument("--passes", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--sklearn-repeats", type=int, default=2, help="0: only gateless")
    parser.add_argument("--backends", default="cpu")
    options = parser.parse_args()

    values = made_events(options.events, options.markers)
    print("| what | looks at all events | wall best s | wall median s | CPU s | ns best | ns median | ns CPU |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.f32"
        numpy.ascontiguousarray(values.T).tofile(path)
        for backend in options.backends.split(","):
            device, timings = time_gateless(options.program, path, options, backend)
            row(f"gateless {device}", timings, options, options.passes)
    if options.sklearn_repeats:
        row("scikit-learn Lloyd", time_sklearn(values, options), options, options.passes + 1)
    print("ns: per event, node and look at all events")


if __name__ == "__main__":
    main()
