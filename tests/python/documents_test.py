#!/usr/bin/env python3
"""The blocks of docs/python.md, docs/r.md and the README on several machines run as written, on a small trial.

usage: documents_test.py PROGRAM FOLDER ; exits 1 if a block fails, 77 (skipped) without anndata. R's blocks are left out, with a
word, where Rscript or rhdf5 is missing.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

try:
    import anndata  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM, FOLDER = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", (SOURCE / "docs" / page).read_text(), re.S | re.M)


def ran(name, command, code, environment):
    done = subprocess.run(command, input=code, text=True, capture_output=True, cwd=FOLDER, env=environment)
    print(f"{'ok' if done.returncode == 0 else 'failed'}: {name}")
    if done.returncode != 0:
        print(code, done.stdout, done.stderr, sep="\n", file=sys.stderr)
    return done.returncode == 0


def several_machines(environment):
    """The README's block on map and combine: the line of one part for all parts, then the parts together."""
    readme = (SOURCE / "README.md").read_text()
    block = re.search(r"^### Several machines\n.*?^```sh\n(.*?)^```", readme, re.S | re.M).group(1)
    job, together = [line for line in block.splitlines() if line]
    assert "part1" in job and together.startswith("gateless combine part1 part2 part3 "), block
    setup = """gateless simulate --quiet --out . --panels B --patients 2 --controls 1 --events-per-file 2000
gateless run study.yaml --quiet --no-gates --out trained && cp trained/model.h5 .
mkdir -p archive/part1 archive/part2 archive/part3
i=0; for file in fcs/*.fcs; do ln -s "$PWD/$file" archive/part$((i % 3 + 1))/; i=$((i + 1)); done"""
    lines = [setup, *(job.replace("part1", f"part{number}") for number in (1, 2, 3)), together,
             "gateless run study.yaml --model model.h5 --quiet --no-gates --out whole",
             "for table in abundance patients changes qc; do cmp result/$table.csv whole/$table.csv; done"]
    (FOLDER / "machines").mkdir()
    program = {**environment, "PATH": f"{PROGRAM.parent}:{environment['PATH']}"}
    return ran("README, several machines", ["bash", "-euc", "cd machines\n" + "\n".join(lines)], "", program)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    environment = {**os.environ, "GATELESS_PROGRAM": str(PROGRAM), "PYTHONPATH": str(SOURCE / "python")}
    python, r = blocks("python.md", "python"), blocks("r.md", "r")
    assert len(python) >= 2 and len(r) >= 2, "the documents have no code"
    fine = several_machines(environment)
    fine = ran("docs/python.md", [sys.executable, "-"], "\n".join(python), environment) and fine
    if subprocess.run(["Rscript", "-e", "library(rhdf5)"], capture_output=True).returncode if shutil.which("Rscript") else 1:
        print("left out: docs/r.md, for want of Rscript with rhdf5")
    else:
        fine = ran("docs/r.md", ["Rscript", "-"], "\n".join(r), environment) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
