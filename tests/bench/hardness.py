#!/usr/bin/env python3
"""What only long checks can show: a disk that fills, runs that are killed, HDF5 files that are cut or changed, and inputs
made to be slow. Prints one line a check and exits 1 if one fails.

    tests/bench/hardness.py build/release/gateless [--only disk,vanishes,killed,hdf5,slow,files] [--damaged FOLDER] [--files FOLDER...]

--damaged names a folder of HDF5 files, such as the library's public set of damaged ones; --files names folders of event
files that inspect must end with in 5 s (those below 10 MB) and in 4 times their size of memory. As root the disk is a tmpfs of
its own; else a limit on the size of files stands for it."""
import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DIFFER = {"run.json", "report.html"}  # both tell how long stages took
LAUNCHER = """
import resource, subprocess, sys, time
started = time.monotonic()
try:
    status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60).returncode
except subprocess.TimeoutExpired:
    status = "too long"
print(status, time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
failed = []


def say(check, fine, what):
    print(f"{'ok  ' if fine else 'FAIL'} {check}: {what}", flush=True)
    if not fine:
        failed.append(check)


def run(*arguments, limit=None, timeout=600):
    """Exit status (negative: a signal), the last line of stderr, and wall seconds."""
    def child():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    started = time.monotonic()
    done = subprocess.run([program, *arguments], capture_output=True, timeout=timeout, preexec_fn=child)
    lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
    return done.returncode, lines[-1], time.monotonic() - started


def contents(folder):
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def same(left, right):
    """Whether two finished folders agree, times apart."""
    left, right = contents(left), contents(right)
    if left.keys() != right.keys():
        return f"files differ: {sorted(left.keys() ^ right.keys())}"
    for name in left:
        if name not in DIFFER and left[name] != right[name]:
            return f"{name} differs"
    records = [json.loads(each["run.json"]) for each in (left, right) if "run.json" in each]
    for record in records:
        record.pop("stages")
    if len(records) == 2 and records[0] != records[1]:
        return "run.json differs"
    return ""


def whole(folder, reference):
    """Whether every file under a final name is the one of the reference."""
    expected = contents(reference)
    for name, text in contents(folder).items():
        if name.endswith(".part") or name == ".gateless.lock" or name in DIFFER or name.startswith("unfinished/"):
            continue
        if text != expected.get(name):
            return f"{name} is not whole"
    return ""


def disk(work):
    out = os.path.join(work, "disk/out")
    os.makedirs(os.path.dirname(out))
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", os.path.dirname(out)], capture_output=True).returncode == 0
    try:
        sizes = [None] if mounted else [100_000, 1_000_000, 5_000_000]
        for size in sizes:
            status, message, _ = run("run", "--quiet", work + "/trial/study.yaml", "--out", out, limit=size)
            broken = whole(out, work + "/reference")
            say("disk", status in (3, 4) and not broken,
                f"{'tmpfs of 6 MB' if mounted else f'files of at most {size} bytes'}: exit {status}, {broken or message}")
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=60m", os.path.dirname(out)], check=True)
        status, message, _ = run("run", "--quiet", work + "/trial/study.yaml", "--out", out)
        say("disk", status == 0 and not same(out, work + "/reference"),
            f"with room again: exit {status}, {same(out, work + '/reference') or 'same bytes'}")
    finally:
        if mounted:
            subprocess.run(["umount", os.path.dirname(out)])


def vanishes(work):
    """The output folder is removed at a random moment."""
    statuses, odd = {}, []
    for _ in range(10):
        out = work + "/vanishes"
        child = subprocess.Popen([program, "run", "--quiet", work + "/trial/study.yaml", "--out", out],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while not os.path.exists(out) and child.poll() is None:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 1))
        shutil.rmtree(out, ignore_errors=True)
        message = child.communicate()[1].decode(errors="replace").strip().splitlines() or [""]
        statuses[child.returncode] = statuses.get(child.returncode, 0) + 1
        if child.returncode not in (0, 3, 4):
            odd.append(message[-1])
        shutil.rmtree(out, ignore_errors=True)
    say("vanishes", not odd, f"output folder removed during 10 runs: exit statuses {statuses} {odd or ''}")


def killed(work):
    def times(check, count, reference, *arguments):
        started = time.monotonic()
        subprocess.run([program, *arguments, "--out", work + "/timed"], capture_output=True, check=True)
        seconds = time.monotonic() - started
        shutil.rmtree(work + "/timed")
        bad, ended = [], 0
        for number in range(count):
            out = f"{work}/killed"
            child = subprocess.Popen([program, *arguments, "--out", out], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.02, seconds))
            ended += child.poll() is not None
            child.send_signal(signal.SIGKILL)
            child.wait()
            broken = whole(out, reference)
            status, message, _ = run(*arguments, "--out", out)
            broken = broken or (message if status else same(out, reference))
            if broken:
                bad.append(broken)
            shutil.rmtree(out, ignore_errors=True)
        say(check, not bad, f"{count} times at random moments of {seconds:.1f} s ({ended} had ended): "
            f"{bad or 'no broken file, and the next run gives the same bytes'}")
    first = sorted(os.listdir(work + "/trial/fcs"))[0]
    times("killed run", 20, work + "/reference", "run", "--quiet", work + "/trial/study.yaml")
    mapped = ["map", "--quiet", work + "/reference/model.h5", work + "/trial/fcs/" + first]
    run(*mapped, "--out", work + "/mapped")
    times("killed map", 10, work + "/mapped", *mapped)
    times("killed simulate", 10, work + "/trial", "simulate", "--quiet", *trial_options)


def hdf5(work, folder):
    events, model = work + "/reference/events.h5ad", work + "/reference/model.h5"
    first = work + "/trial/fcs/" + sorted(os.listdir(work + "/trial/fcs"))[0]
    out = work + "/h5out"

    def check(kind, paths):
        statuses, slowest, odd = {}, 0.0, []
        for name, path in paths:
            for command in (["inspect", path], ["cluster", "--quiet", path, "--out", out],
                            ["map", "--quiet", path, first, "--out", out]):
                status, message, seconds = run(*command)
                statuses[status] = statuses.get(status, 0) + 1
                slowest = max(slowest, seconds)
                if status not in (0, 3):
                    odd.append(f"{command[0]} on {name}: {status} {message}")
                shutil.rmtree(out, ignore_errors=True)
        say("hdf5", not odd, f"{kind}: exit statuses {statuses}, slowest {slowest:.2f} s {odd[:3] or ''}")

    def damaged(path, change):
        with open(path, "rb") as file:
            text = file.read()
        for _ in range(200):
            with open(work + "/damaged.h5", "wb") as file:
                place, damage = change(text)
                file.write(damage)
            yield place, work + "/damaged.h5"

    def cut(text):
        place = chance.randrange(len(text))
        return place, text[:place]

    def change(text):
        # Half of them where the structure is: the first 8 KiB.
        place = chance.randrange(min(len(text), 8192) if chance.random() < 0.5 else len(text))
        return place, text[:place] + bytes([text[place] ^ chance.randrange(1, 256)]) + text[place + 1:]

    for name, path in (("events.h5ad", events), ("model.h5", model)):
        check(f"{name} cut at 200 places", damaged(path, cut))
        check(f"{name} with 200 single bytes changed", damaged(path, change))
    if folder:
        names = [name for name in sorted(os.listdir(folder)) if os.path.isfile(os.path.join(folder, name))]
        check(f"{len(names)} files of {folder}", ((name, os.path.join(folder, name)) for name in names))


def fcs(keywords, data, version="FCS3.1"):
    text = "/" + "".join(f"{key}/{value}/" for key, value in keywords.items())
    begin = 58 + len(text)
    header = f"{version}    {58:>8}{begin - 1:>8}{begin:>8}{begin + len(data) - 1:>8}{0:>8}{0:>8}"
    return (header + text).encode() + data


def channels(count, bits, kind="I"):
    keywords = {"$MODE": "L", "$DATATYPE": kind, "$BYTEORD": "1,2,3,4", "$PAR": count}
    for number in range(1, count + 1):
        keywords |= {f"$P{number}N": f"c{number}", f"$P{number}B": bits, f"$P{number}R": 2 ** min(bits, 20)}
    return keywords


def slow_inputs():
    """Files below 10 MB that are costly to read for their size."""
    megabyte = 1 << 20
    yield "events of 32 bits", "a.fcs", fcs(channels(8, 32, "F") | {"$TOT": 9 * megabyte // 32}, bytes(9 * megabyte))
    yield "channels of 1 bit", "b.fcs", fcs(channels(8, 1) | {"$TOT": 9 * megabyte}, bytes(9 * megabyte))
    yield "4,096 channels", "c.fcs", fcs(channels(4096, 8) | {"$TOT": 2000}, bytes(4096 * 2000))
    yield "300,000 channels", "d.fcs", fcs(channels(300_000, 8) | {"$TOT": 1}, bytes(300_000))[:10_000_000]
    yield "a million keywords", "e.fcs", fcs(channels(2, 8) | {f"k{n}": "v" for n in range(800_000)} | {"$TOT": 8}, bytes(16))
    yield "10,000 data sets", "f.fcs", fcs(channels(1, 8) | {"$TOT": 1, "$NEXTDATA": "000512"}, b"1").ljust(512) * 18_000
    yield "a spillover of 700 channels", "g.fcs", fcs(
        channels(700, 8) | {"$TOT": 1, "$SPILLOVER": ",".join(["700", *(f"c{n + 1}" for n in range(700)),
                                                               *(str(0.001 * ((n * 7) % 900)) for n in range(490_000))])},
        bytes(700))
    for kind, keywords in (("1e12 events", {"$TOT": 10 ** 12}), ("1e8 channels", {"$PAR": 10 ** 8}),
                           ("4e9 bits", {"$P1B": 4 * 10 ** 9})):
        yield kind, "h.fcs", fcs(channels(2, 8) | {"$TOT": 8} | keywords, bytes(16))
    yield "one row of 300,000 columns", "i.csv", (",".join(f"c{n}" for n in range(300_000)) + "\n"
                                                  + ",".join("1" for _ in range(300_000)) + "\n").encode()
    yield "rows of one digit", "j.csv", b"a,b\n" + b"1,2\n" * (2 * megabyte)
    yield "one line", "k.csv", b"a" * (9 * megabyte)
    yield "only quotes", "l.csv", b'"' * (9 * megabyte)
    yield "only line ends", "m.csv", b"a,b\n" + b"\n" * (9 * megabyte)


def measured(*arguments):
    """Exit status, seconds, and bytes of memory at the peak."""
    # Through a small process: a child begins with the peak of the one that starts it.
    done = subprocess.run([sys.executable, "-c", LAUNCHER, program, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    status, seconds, kilobytes = done.stdout.decode().rsplit(maxsplit=2)
    return int(status) if status.lstrip("-").isdigit() else status, float(seconds), int(kilobytes) * 1024


def memory_of_nothing(work):
    """What inspect takes for a file of a few bytes."""
    tiny = work + "/tiny.csv"
    with open(tiny, "w") as file:
        file.write("a,b\n1,2\n")
    return measured("inspect", tiny)[2]


def files(work, folders):
    base, count, slowest, largest, odd = memory_of_nothing(work), 0, (0, ""), (0, ""), []
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(root, name)
                size = os.path.getsize(path)
                status, seconds, peak = measured("inspect", path)
                count += 1
                if size < 10e6:
                    slowest = max(slowest, (round(seconds, 2), name))
                if peak - base > 8 << 20:  # below that it is the program and not the file
                    largest = max(largest, (round((peak - base) / max(size, 1), 1), name))
                if status not in (0, 3) or (size < 10e6 and seconds > 5):
                    odd.append(f"{path}: {status}, {seconds:.2f} s")
    say("files", not odd and largest[0] <= 4,
        f"inspect on {count} files: slowest below 10 MB {slowest}, memory at most {largest} times the file {odd or ''}")


def slow(work):
    """inspect and cluster on each: seconds and memory beyond what a tiny file takes."""
    base = memory_of_nothing(work)
    for kind, name, text in slow_inputs():
        path = work + "/" + name
        with open(path, "wb") as file:
            file.write(text)
        status, seconds, peak = measured("inspect", path)
        say("slow", status in (0, 3) and seconds < 5,
            f"{kind}, {len(text) / 1e6:.1f} MB: inspect exit {status}, {seconds:.2f} s, {max(0, peak - base) / 1e6:.1f} MB of memory")
        status, seconds, _ = measured("cluster", "--quiet", path, "--out", work + "/slowout")
        say("slow", status in (0, 3, 4) and seconds < 60, f"{kind}: cluster exit {status}, {seconds:.2f} s")
        shutil.rmtree(work + "/slowout", ignore_errors=True)
        os.remove(path)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--only", default="disk,vanishes,killed,hdf5,slow,files")
parser.add_argument("--damaged")
parser.add_argument("--files", nargs="*", default=[])
parser.add_argument("--seed", type=int, default=15)
options = parser.parse_args()
program = os.path.abspath(options.program)
chance = random.Random(options.seed)
trial_options = ["--patients", "3", "--controls", "2", "--panels", "B", "--events-per-file", "8000"]
with tempfile.TemporaryDirectory(prefix="gateless-hardness-") as place:
    subprocess.run([program, "simulate", "--quiet", *trial_options, "--out", place + "/trial"], check=True)
    subprocess.run([program, "run", "--quiet", place + "/trial/study.yaml", "--out", place + "/reference"],
                   check=True, stderr=subprocess.DEVNULL)
    checks = {"disk": lambda: disk(place), "vanishes": lambda: vanishes(place), "killed": lambda: killed(place),
              "hdf5": lambda: hdf5(place, options.damaged), "slow": lambda: slow(place),
              "files": lambda: files(place, options.files)}
    for name in options.only.split(","):
        checks[name]()
sys.exit(1 if failed else 0)
