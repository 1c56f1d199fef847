"""The near side of the decoder's process: start it, read what it says, and see that it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from models.waveform import SAMPLE_RATE
from service.errors import AudioUndecodable
from workers import channels
from workers.sniff import describe

PROGRAM = Path(__file__).with_name("decoder.py")
ACCEPTED = "MP3, M4A/AAC/MP4, Ogg (Opus or Vorbis), FLAC, WAV, AIFF, WebM or Matroska"

PIECE_SECONDS = 10
"""Sound is handled in pieces of this length, so an hour costs no more memory than a minute."""

HEADER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What one recording may cost; time and memory are those of the decoder's process."""

    max_seconds: int = 6 * 3600
    wall_seconds: int = 900
    memory_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Header:
    """What the decoder says of a file before its sound. `seconds` is the announced length, None when there is none."""

    container: str
    codec: str
    sample_rate: int
    channels: int
    streams: int
    seconds: float | None
    pcm_channels: int


class Decoding:
    """A context in which a file is being decoded by a process of its own; leaving it ends that process.

    First `header`, then `pieces` to the end, then `warnings`. Each may raise `AudioUndecodable`.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.timed_out = False

    def __enter__(self) -> Self:
        command = [sys.executable, "-P", str(PROGRAM), str(self.limits.memory_bytes), str(self.limits.wall_seconds)]
        with self._opened() as media:
            self._said = tempfile.TemporaryFile()
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603  our own program, no shell, no name of the caller's
                command, stdin=media, stdout=subprocess.PIPE, stderr=self._said, env=_environment()
            )
        self._clock = threading.Timer(self.limits.wall_seconds, self._time_out)
        self._clock.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clock.cancel()
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _opened(self) -> IO[bytes]:
        if self.path.exists() and not self.path.is_file():
            raise AudioUndecodable(f"{self.path.name} is not a file. Supply one recording as {ACCEPTED}.")
        try:
            return self.path.open("rb")
        except OSError as error:
            raise AudioUndecodable(f"The recording cannot be opened: {error.strerror}.") from error

    def _time_out(self) -> None:
        self.timed_out = True
        self._process.kill()

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101  it was opened as a pipe
        return self._process.stdout

    @cached_property
    def header(self) -> Header:
        line = self._pipe.readline(HEADER_BYTES)
        if not line.endswith(b"\n"):
            raise self._undecodable()
        return Header(**json.loads(line))

    def pieces(self) -> Iterator[channels.Piece]:
        """The sound, 16-bit at 16 kHz with all its channels, in pieces of `PIECE_SECONDS`; the last one is shorter."""
        count = self.header.pcm_channels
        while pcm := self._pipe.read(PIECE_SECONDS * SAMPLE_RATE * 2 * count):
            yield channels.sound(pcm, count)

    def warnings(self, clock: str) -> list[str]:
        """What the decoder had to say at its end; `clock` is how far it came."""
        verdict = self._verdict()
        if self.timed_out:
            raise AudioUndecodable(f"Decoding took longer than {self.limits.wall_seconds} s and was stopped at {clock}.")
        if "warnings" in verdict:
            return list(verdict["warnings"])
        return [f"The file could not be decoded beyond {clock}: {self._reason(verdict)}."]

    def _verdict(self) -> dict[str, Any]:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").splitlines()
        try:
            return dict(json.loads(lines[-1]))
        except (IndexError, ValueError):
            return {"last_words": lines[-1] if lines else "it said nothing"}

    def _reason(self, verdict: dict[str, Any]) -> str:
        code = self._process.returncode
        if "error" in verdict:
            return str(verdict["error"])
        return f"the decoder was ended by {signal.Signals(-code).name}" if code < 0 else f"the decoder failed ({verdict['last_words']})"

    def _undecodable(self) -> AudioUndecodable:
        verdict = self._verdict()
        if self.timed_out:
            return AudioUndecodable(f"No sound came from the recording within {self.limits.wall_seconds} s.")
        with self.path.open("rb") as file:
            found = describe(file.read(512))
        return AudioUndecodable(
            f"The recording cannot be decoded: {self._reason(verdict)}. The file seems to be {found}. Supply it as {ACCEPTED}."
        )


def _environment() -> dict[str, str]:
    """Where the modules are, and nothing else: no keys, no tokens."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
