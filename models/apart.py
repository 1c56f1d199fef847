"""A model in a process of its own: the diarizer, for torch and pyannote.audio take most of a gigabyte, which the system has back when the
process ends; the forced aligner, for PocketSphinx lets no other thread of its process run while it works; the other ear, for onnxruntime
takes half a gigabyte and more for long stretches.

And CTranslate2, which stays here, never meets torch's CUDA libraries, which may be of another version than its own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import cast

from models.memory import one_arena
from models.protocols import Contest, Diarizer, Ear, ForcedAligner, Passage, Report, Voices
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.span import Ms
from service.domain.speech import Diarization, Voiceprint, Word
from service.errors import EarmarkError, ModelDied

FEW = 4
"""Contests that are put to an ear at once: some three seconds of work."""

CUT_OFF = (EOFError, ConnectionError)
"""What the line raises when nobody is at its other end."""


def _nobody(_done: Ms, _total: Ms) -> None:
    """In the place of a report, which stays where it is."""


class Apart:
    """Has `model` do its work in another process, which then waits `idle_seconds` for more and ends. Implements `Diarizer`, `Enroller`,
    `ForcedAligner` and `Ear`, whichever the model does.

    The model is sent there (pickled) before it has loaded anything. Not for several threads at a time. What it is asked raises what the
    model raises, of an error that a library defines only the text, and `ModelDied` when the process ends before the work. By `niceness`
    (0 to 19) the process gives way to others.
    """

    def __init__(self, model: Diarizer | ForcedAligner | Ear, idle_seconds: float, niceness: int = 0) -> None:
        self._model, self._idle_seconds, self._niceness = model, idle_seconds, niceness
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def uses(self) -> ModelUse:
        return self._model.uses

    def diarize(self, voices: Voices) -> Diarization:
        """Raises whatever `voices.report` raises, too: then the process is ended."""
        return cast("Diarization", self._asked("diarize", replace(voices, report=_nobody), voices.report))

    def enrol(self, waveform: Waveform) -> Voiceprint:
        return cast("Voiceprint", self._asked("enrol", waveform))

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        return cast("tuple[Word | None, ...] | None", self._asked("time", passage))

    def hear(self, contests: tuple[Contest, ...]) -> tuple[float, ...]:
        """A few at a time: where nobody asks any longer, the process ends after these."""
        parts = (contests[first : first + FEW] for first in range(0, len(contests), FEW))
        return tuple(chain.from_iterable(cast("tuple[float, ...]", self._asked("hear", part)) for part in parts))

    def wake(self) -> None:
        """Begin the process, and have the model load what it needs."""
        self._asked("wake")

    def _asked(self, method: str, question: object = None, report: Report = _nobody) -> object:
        try:
            self._ask(method, question)
            return self._answer(report)
        except CUT_OFF:
            raise ModelDied(self._last_words()) from None
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._child:
            self._child.kill()
            self._child.wait()
            self._line.close()
            self._child = None

    def _ask(self, method: str, question: object) -> None:
        """Hand it to the process that waits, or to a new one where it has ended meanwhile."""
        if self._child:
            with suppress(*CUT_OFF):
                return self._hand(method, question)
            self.end()
        self._begin()
        return self._hand(method, question)

    def _hand(self, method: str, question: object) -> None:
        """Returns when the work begins."""
        self._line.send((method, question))
        self._line.recv()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), str(self._idle_seconds), str(self._niceness)]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._child = subprocess.Popen(  # noqa: S603  this very program
                command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._line = Connection(ours.detach())
        self._line.send(self._model)

    def _answer(self, report: Report) -> object:
        while True:
            match self._line.recv():
                case "report", done, total:
                    report(done, total)
                case "found", found:
                    return found
                case "raised", error:
                    raise error

    def _last_words(self) -> str:
        assert self._child  # noqa: S101  only one that was begun can be cut off
        code = self._child.wait()
        self.end()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"The process of {self.uses.name} {how} before its work was done; SIGKILL is mostly a sign of too little memory."


class Crew:
    """As many of one forced aligner as threads ask at a time, each `Apart`. Implements `ForcedAligner`."""

    def __init__(self, aligner: ForcedAligner, size: int, idle_seconds: float) -> None:
        self.uses, self._size = aligner.uses, size
        self._free: SimpleQueue[Apart] = SimpleQueue()
        for _ in range(size):
            self._free.put(Apart(aligner, idle_seconds))

    def wake(self) -> None:
        """Have one of them ready, the one that is asked first."""
        ones = [self._free.get() for _ in range(self._size)]
        try:
            ones[0].wake()
        finally:
            for one in ones:
                self._free.put(one)

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        """Raises `ModelDied`."""
        one = self._free.get()
        try:
            return one.time(passage)
        finally:
            self._free.put(one)


def serve(line: Connection, idle_seconds: float) -> None:
    """The other side: takes a model, then one question at a time, until none has come for so long or nobody is there to ask."""
    with line, suppress(*CUT_OFF):
        model = line.recv()
        patience: float | None = None
        while line.poll(patience):
            method, question = line.recv()
            line.send("begun")
            line.send(_answered(model, method, question, lambda done, total: line.send(("report", done, total))))
            patience = idle_seconds


def _answered(model: object, method: str, question: object, report: Report) -> tuple[str, object]:
    if isinstance(question, Voices):
        question = replace(question, report=report)
    try:
        asked = getattr(model, method)
        return "found", asked() if question is None else asked(question)
    except CUT_OFF:
        raise
    except Exception as error:  # noqa: BLE001  it is raised on the other side
        raised = _portable(error)
        raised.add_note(f"in the process of the model:\n{traceback.format_exc()}")
        return "raised", raised


def _portable(error: Exception) -> Exception:
    """The error, if it is ours or Python's; else one that says what it was: to unpickle one of torch's would import torch there."""
    if isinstance(error, EarmarkError) or type(error).__module__ == "builtins":
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked: it ends this one
    one_arena()
    os.nice(int(sys.argv[3]))
    serve(Connection(int(sys.argv[1])), float(sys.argv[2]))
