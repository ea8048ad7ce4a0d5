#!/usr/bin/env python3
"""What is left to do after a run was killed: the whole program of the main job, killed at 30, 60 and 90 % of its time.

    tests/bench/resumed.py build/release/gateless [--events 200000] [--runs 3] [--at 30,60,90] [--by cpu|wall] [--work FOLDER]

Simulates 24 files of the B panel, runs them whole --runs times, then kills a run at each point (INT, TERM and KILL in turn) and
runs it again, each time after one more whole run. Prints the seconds of the second run as a share of the median of the last
three whole ones, in CPU and wall time, and exits 1 where the median of the three shares of --by is above 75, 50 or 20 % (one
run alone differs by a tenth from the next) or an output differs (all but run.json and report.html, which tell times)."""
import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

MOST = {30: 75, 60: 50, 90: 20}


def cpu_seconds(pid):
    """Of a running process; none once it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def whole_run(out):
    """Seconds of CPU and of wall time."""
    started = time.monotonic()
    child = subprocess.Popen([*command, out], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"resumed: a run ended with status {os.waitstatus_to_exitcode(status)}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - started}


def killed_run(out, how, seconds):
    """Kills a run after so many seconds; what it said."""
    started = time.monotonic()
    child = subprocess.Popen([*command, out], stderr=subprocess.PIPE, text=True)
    while (cpu_seconds(child.pid) if options.by == "cpu" else time.monotonic() - started) < seconds:
        time.sleep(0.01)
    child.send_signal(how)
    said = child.communicate()[1].strip().splitlines()
    if child.returncode == 0:
        sys.exit("resumed: the run had ended before it was killed")
    return said[-1] if said else ""


def differ(one, other):
    compared = subprocess.run(["diff", "-rq", "-x", "run.json", "-x", "report.html", "-x", ".gateless.lock", one, other],
                              capture_output=True, text=True)
    return compared.stdout.strip()


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--events", type=int, default=200_000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--at", default="30,60,90")
parser.add_argument("--by", choices=["cpu", "wall"], default="cpu")
parser.add_argument("--work", help="where files go, kept; a temporary folder unless given")
options = parser.parse_args()
program = os.path.abspath(options.program)
failed = False
with tempfile.TemporaryDirectory(prefix="gateless-resumed-") as place:
    work = options.work or place
    trial = os.path.join(work, "trial")
    if not os.path.exists(trial):
        subprocess.run([program, "simulate", "--quiet", "--panels", "B", "--events-per-file", str(options.events), "--out", trial],
                       check=True)
    command = [program, "run", os.path.join(trial, "study.yaml"), "--quiet", "--out"]
    whole = os.path.join(work, "whole")
    times = []

    def time_whole():
        """Seconds of a whole run: the median of the last three, as a machine's speed drifts."""
        shutil.rmtree(whole, ignore_errors=True)
        times.append(whole_run(whole))
        return {kind: statistics.median(one[kind] for one in times[-3:]) for kind in ("cpu", "wall")}

    for _ in range(options.runs):
        middle = time_whole()
    print(f"whole: {middle['cpu']:.1f} CPU s, {middle['wall']:.1f} s", flush=True)
    for percent in (int(text) for text in options.at.split(",")):
        shares = []
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            middle = time_whole()
            out = os.path.join(work, "killed")
            shutil.rmtree(out, ignore_errors=True)
            said = killed_run(out, how, middle[options.by] * percent / 100)
            kept = sum(entry.stat().st_size for entry in os.scandir(os.path.join(out, "unfinished")))
            rest = whole_run(out)
            share = {kind: 100 * rest[kind] / middle[kind] for kind in middle}
            different = differ(whole, out)
            shares.append(share[options.by])
            failed = failed or bool(different)
            print(f"{'FAIL' if different else 'ok  '} {how.name} at {percent} %: {kept / 1e6:.0f} MB kept, then {share['cpu']:.0f} % of the "
                  f"CPU time, {share['wall']:.0f} % of the wall time; {different or 'same bytes'}; {said[:60]}", flush=True)
        share = statistics.median(shares)
        is_fine = share <= MOST.get(percent, 100)
        failed = failed or not is_fine
        print(f"{'ok  ' if is_fine else 'FAIL'} {percent} %: {share:.0f} % in the median (at most {MOST.get(percent, 100)})", flush=True)
sys.exit(1 if failed else 0)
