#!/usr/bin/env python3
"""The pipeline modules: what their blocks run writes what their outputs name, and the parts of an archive give the study.

usage: pipelines_test.py PROGRAM FOLDER ; exits 1 if a check fails. Needs neither Nextflow nor Slurm: the blocks of each
process are run by bash with the values that Nextflow would put in, and a stand-in for sbatch runs its jobs at once.
"""
import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "pipelines"
PROGRAM, FOLDER = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
TABLES = ("abundance", "patients", "changes", "qc")


class Process:
    """A module's process: its blocks, with values in place of Groovy's."""

    def __init__(self, name):
        self.text = (SOURCE / f"nextflow/modules/gateless/{name}/main.nf").read_text()
        self.meta = (SOURCE / f"nextflow/modules/gateless/{name}/meta.yml").read_text()
        self.snapshots = json.loads((SOURCE / f"nextflow/modules/gateless/{name}/tests/main.nf.test.snap").read_text())

    def block(self, kind, values):
        text = re.search(rf'\n    {kind}:\n.*?"""\n(.*?)"""', self.text, re.S).group(1).replace("\\\\", "\\")
        return re.sub(r"\$\{([\w.]+)\}", lambda found: values[found.group(1)], text)

    def outputs(self, prefix):
        """Patterns of the files that must be there."""
        lines = re.search(r"\n    output:\n(.*?)\n\n", self.text, re.S).group(1).splitlines()
        return [found.group(1).replace("${prefix}", prefix) for line in lines if "optional" not in line
                if (found := re.search(r'path\("([^"]+)"\)', line))]

    def run(self, kind, folder, values):
        values = {"prefix": "out", "task.cpus": "2", "args": "", **values}
        subprocess.run(["bash", "-euo", "pipefail", "-c", self.block(kind, values)], cwd=folder, check=True, stderr=subprocess.DEVNULL)
        missing = [pattern for pattern in self.outputs("out") if not list(folder.glob(pattern))]
        assert not missing, f"{kind} does not write {missing}"

    def snapshot(self, test):
        """The files that the module's own test expects; inspect's file is named after the sample there."""
        return [name.replace("archive.json", "out.json") for name in self.snapshots[test]["content"][0]]

    def check_words(self):
        """meta.yml describes every input and output that the process names."""
        names = re.findall(r"emit: (\w+)", self.text) + re.findall(r"path\((\w+)", self.text)
        assert names
        for name in names:
            assert re.search(rf"^  - {name}:$", self.meta, re.M), f"meta.yml lacks {name}"


def work(name, *staged):
    """A task's folder, with links in it: (name there, path)."""
    folder = FOLDER / name
    for there, path in staged:
        (folder / there).parent.mkdir(parents=True, exist_ok=True)
        (folder / there).symlink_to(path)
    return folder


def same_tables(one, other):
    for name in TABLES:
        assert filecmp.cmp(one / f"{name}.csv", other / f"{name}.csv", shallow=False), f"{name}.csv differs"


def test_modules_run_and_combine_to_the_study(trial):
    files = sorted((trial / "fcs").glob("*.fcs"))
    fcs = [(f"fcs/{file.name}", file) for file in files]
    sheets = [("study.yaml", trial / "study.yaml"), ("samples.csv", trial / "samples.csv")]
    Process("run").run("script", work("run", *sheets, *fcs), {"study": "study.yaml", "args": "--no-gates"})
    model = FOLDER / "run/out/model.h5"
    Process("inspect").run("script", work("inspect", *fcs[:2]), {"args": "--quick"})
    for number, part in enumerate((fcs[::2], fcs[1::2]), 1):
        Process("map").run("script", work(f"part{number}", ("model.h5", model), *part), {"model": "model.h5", "args": "--no-gates"})
    parts = [(f"parts/part{number}", FOLDER / f"part{number}/out") for number in (1, 2)]
    Process("combine").run("script", work("combine", *sheets, *parts), {"study": "study.yaml"})
    subprocess.run([PROGRAM, "run", trial / "study.yaml", "--model", model, "--out", FOLDER / "whole", "--no-gates", "--quiet"], check=True)
    same_tables(FOLDER / "whole", FOLDER / "combine/out")


def test_stubs_write_what_outputs_name(_):
    for name in ("run", "map", "inspect", "combine"):
        folder = FOLDER / f"stub_{name}"
        folder.mkdir()
        process = Process(name)
        process.run("stub", folder, {})
        process.check_words()
        assert process.snapshot("stub") == sorted(path.name for path in (folder / "out" if name != "inspect" else folder).iterdir())
        assert f"process GATELESS_{name.upper()} {{" in process.text


SBATCH = """#!/usr/bin/env bash
# Stands in for Slurm: runs a job, or each of an array, at once.
set -euo pipefail
array=1-1
while [ $# -gt 0 ]; do
  case $1 in
    --array=*) array=${1#--array=};;
    --wrap) shift; wrap=$1;;
  esac
  shift
done
for task in $(seq "${array%-*}" "${array#*-}"); do
  SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=2 sh -c "$wrap" >&2
done
echo 42
"""


def test_slurm_jobs_give_the_study(trial):
    (FOLDER / "bin").mkdir()
    (FOLDER / "bin/sbatch").write_text(SBATCH)
    (FOLDER / "bin/sbatch").chmod(0o755)
    environment = {**os.environ, "PATH": f"{FOLDER}/bin:{os.environ['PATH']}", "GATELESS_PART_FILES": "4"}
    script = [SOURCE / "slurm/archive.sh", FOLDER / "run/out/model.h5", trial / "study.yaml", FOLDER / "slurm",
              *sorted((trial / "fcs").glob("*.fcs"))]
    subprocess.run(script, env=environment, check=True, stderr=subprocess.DEVNULL)
    assert len(list((FOLDER / "slurm").glob("part*"))) > 1
    same_tables(FOLDER / "whole", FOLDER / "slurm/result")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "path").mkdir(parents=True)
    (FOLDER / "path/gateless").symlink_to(PROGRAM)
    os.environ["PATH"] = f"{FOLDER}/path:{os.environ['PATH']}"
    trial = FOLDER / "trial"
    subprocess.run([PROGRAM, "simulate", "--quiet", "--out", trial, "--patients", "2", "--controls", "1", "--panels", "B",
                    "--events-per-file", "1000"], check=True)
    failed = 0
    for test in (test_modules_run_and_combine_to_the_study, test_stubs_write_what_outputs_name, test_slurm_jobs_give_the_study):
        try:
            test(trial)
            print(f"ok: {test.__name__}")
        except Exception as failure:
            print(f"failed: {test.__name__}: {type(failure).__name__}: {failure}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
