"""The diarizer in a process of its own. torch and pyannote.audio take most of a gigabyte: when the process ends, the system has it back.

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
from multiprocessing.connection import Connection
from typing import TypeAlias, cast

from models.protocols import Diarizer, Enroller, Report, Voices
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.span import Ms
from service.domain.speech import Diarization, Voiceprint
from service.errors import ModelDied

Question: TypeAlias = Voices | Waveform
"""Who speaks when; or what the one voice of a clip sounds like."""

CUT_OFF = (EOFError, ConnectionError)
"""What the line raises when nobody is at its other end."""


class Apart:
    """Has `diarizer` do its work in another process, which then waits `idle_seconds` for more and ends. Implements `Diarizer` and
    `Enroller`.

    The diarizer is sent there (pickled) before it has loaded anything. Not for several threads at a time.
    """

    def __init__(self, diarizer: Diarizer, idle_seconds: float) -> None:
        self._diarizer, self._idle_seconds = diarizer, idle_seconds
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def uses(self) -> ModelUse:
        return self._diarizer.uses

    def diarize(self, voices: Voices) -> Diarization:
        """Raises what the diarizer raises, `ModelDied` when its process ends before the work, and whatever `voices.report` raises:
        then the process is ended.
        """
        return cast("Diarization", self._asked(replace(voices, report=_nobody), voices.report))

    def enrol(self, waveform: Waveform) -> Voiceprint:
        """For a diarizer that is an `Enroller`, too. Raises what it raises, and `ModelDied`."""
        return cast("Voiceprint", self._asked(waveform, _nobody))

    def _asked(self, question: Question, report: Report) -> Diarization | Voiceprint:
        try:
            self._ask(question)
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

    def _ask(self, question: Question) -> None:
        """Hand it to the process that waits, or to a new one where it has ended meanwhile."""
        if self._child:
            with suppress(*CUT_OFF):
                return self._hand(question)
            self.end()
        self._begin()
        return self._hand(question)

    def _hand(self, question: Question) -> None:
        """Returns when the work begins."""
        self._line.send(question)
        self._line.recv()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), str(self._idle_seconds)]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._child = subprocess.Popen(  # noqa: S603  this very program
                command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._line = Connection(ours.detach())
        self._line.send(self._diarizer)

    def _answer(self, report: Report) -> Diarization | Voiceprint:
        while True:
            match self._line.recv():
                case (done, total):
                    report(done, total)
                case (Diarization() | Voiceprint()) as found:
                    return found
                case Exception() as error:
                    raise error

    def _last_words(self) -> str:
        assert self._child  # noqa: S101  only one that was begun can be cut off
        code = self._child.wait()
        self.end()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"The process that tells voices apart {how} before its work was done; SIGKILL is mostly a sign of too little memory."


def serve(line: Connection, idle_seconds: float) -> None:
    """The other side: takes a diarizer, then one question at a time, until none has come for so long or nobody is there to ask."""
    with line, suppress(*CUT_OFF):
        diarizer: Diarizer = line.recv()
        patience: float | None = None
        while line.poll(patience):
            question: Question = line.recv()
            line.send("begun")
            line.send(_found(diarizer, question, lambda done, total: line.send((done, total))))
            patience = idle_seconds


def _nobody(_done: Ms, _total: Ms) -> None:
    """In the place of a report, which stays where it is."""


def _found(diarizer: Diarizer, question: Question, report: Report) -> Diarization | Voiceprint | Exception:
    try:
        if isinstance(question, Voices):
            return diarizer.diarize(replace(question, report=report))
        return cast("Enroller", diarizer).enrol(question)
    except CUT_OFF:
        raise
    except Exception as error:  # noqa: BLE001  it is raised on the other side
        error.add_note(f"in the diarizer's process:\n{traceback.format_exc()}")
        return error


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked: it ends this one
    serve(Connection(int(sys.argv[1])), float(sys.argv[2]))
