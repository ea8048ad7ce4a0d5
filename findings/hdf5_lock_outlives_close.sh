#!/usr/bin/env bash
# h5py 3.12.1 (its HDF5 1.14), Python 3, Linux: a file that was written and closed cannot be opened for
# reading, not even by the process that wrote it, as long as a process lives that was forked while the file was open. The lock of a
# written file is left to the last close of its descriptor, and a forked process holds a copy of that descriptor: it
# need not touch the file, or know of it. A pool of workers (multiprocessing, joblib) that starts while a table is being written keeps
# the table locked until the pool ends. A process that was started anew (subprocess, which closes descriptors) does no harm.
# Seen 2026-11-30:
#   no other process: read
#   forked while the file was open: BlockingIOError
#   the same, after that process has ended: read
#   started anew while the file was open: read
#   forked while the file was open, opened with locking=False: read
# Whoever reads a table back after writing it should write it before the workers start, or start them anew ("spawn").
# Fails if a reading of these pinned versions differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet h5py==3.12.1 numpy==2.1.3
cat >"$folder/try.py" <<'PY'
import os
import signal
import subprocess
import sys

import h5py

PATH = f"{sys.argv[1]}/table.h5"


def forked():
    child = os.fork()
    if child == 0:
        signal.pause()
    return lambda: (os.kill(child, signal.SIGKILL), os.waitpid(child, 0))


def started():
    child = subprocess.Popen(["sleep", "60"])
    return lambda: (child.kill(), child.wait())


def read_back(**how):
    try:
        with h5py.File(PATH, "r", **how) as file:
            return "read" if file["x"][()] == 1 else "other values"
    except OSError as error:
        return type(error).__name__


def written_beside(start):
    with h5py.File(PATH, "w") as file:
        file["x"] = 1
        return start()


written_beside(lambda: None)
print("no other process:", read_back(), flush=True)
end = written_beside(forked)
print("forked while the file was open:", read_back(), flush=True)
end()
print("the same, after that process has ended:", read_back(), flush=True)
end = written_beside(started)
print("started anew while the file was open:", read_back(), flush=True)
end()
end = written_beside(forked)
print("forked while the file was open, opened with locking=False:", read_back(locking=False), flush=True)
end()
PY
"$folder/env/bin/python" "$folder/try.py" "$folder" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
no other process: read
forked while the file was open: BlockingIOError
the same, after that process has ended: read
started anew while the file was open: read
forked while the file was open, opened with locking=False: read
SEEN
