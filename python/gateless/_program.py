"""Starts the program, passes its progress on, and turns its errors into exceptions."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Sequence

_WRONGLY_GIVEN = (2, 3)  # exit status: wrong usage, bad input


class GatelessError(RuntimeError):
    """The program failed. `status` is its exit status, `messages` are its words, one for each fault."""

    def __init__(self, status: int, messages: Sequence[str]):
        super().__init__("\n".join(messages) or f"gateless ended with status {status}")
        self.status = status
        self.messages = list(messages)


class InputError(GatelessError, ValueError):
    """What was given is wrong: the message says what, where, and what to do."""


def program() -> str:
    """Path of the program: $GATELESS_PROGRAM, the one in this package, or the first on PATH."""
    own = pathlib.Path(__file__).parent / "bin" / "gateless"
    found = os.environ.get("GATELESS_PROGRAM") or (str(own) if own.exists() else shutil.which("gateless"))
    if not found:
        raise FileNotFoundError("the program gateless is neither in this package nor on PATH; install it, or name it by GATELESS_PROGRAM")
    return found


def _error_of(status: int) -> type[GatelessError]:
    return InputError if status in _WRONGLY_GIVEN else GatelessError


def _failure(status: int, said: Sequence[str]) -> GatelessError:
    for line in reversed(said):
        if line.startswith("{"):
            try:
                messages = json.loads(line)["messages"]
            except (ValueError, KeyError):
                continue
            return _error_of(status)(status, messages)
    if status < 0:
        said = [*said, f"gateless was ended by signal {-status}"]
    return _error_of(status)(status, said[-5:])


def call(arguments: Sequence[str], progress: bool = False) -> str:
    """Runs the program and returns what it prints on stdout.

    progress: pass stages and warnings on to sys.stderr while it runs. Raises GatelessError, or InputError for wrong usage and bad input.
    """
    command = [program(), *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT if progress else subprocess.PIPE,
                          encoding="utf-8", errors="replace") as running:
        try:
            if not progress:
                out, said = running.communicate()
                said = said.splitlines()
            else:
                out, said = "", []
                for line in running.stdout:
                    said.append(line.rstrip("\n"))
                    if not line.startswith('{"status"'):
                        print(line, end="", file=sys.stderr, flush=True)
                running.wait()
        except BaseException:
            running.terminate()
            raise
    if running.returncode != 0:
        raise _failure(running.returncode, said)
    return out


def version() -> str:
    """Version of the program, "0.1.0"."""
    return call(["--version"]).split()[-1]


def main() -> None:
    """The command `gateless` of this package: the program itself."""
    os.execv(program(), [program(), *sys.argv[1:]])
