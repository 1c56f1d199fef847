"""What is read of each transcript here, what each format makes of the sample, and a whole episode without models."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from service.domain.correct import Corrections, Edit
from service.domain.document import Document, Evidence, Kind
from service.domain.formats import parse
from service.domain.render import FORMATS, render
from service.domain.render.clock import clock
from service.domain.script import Line, Reference
from service.domain.span import Span
from service.domain.speech import Turn, Word
from tests.golden.conftest import Golden
from tests.support.assembled import put_together
from tests.support.builders import hypothesis
from tests.support.sample import sample

HERE = Path(__file__).parent
TRANSCRIPTS = sorted((HERE / "transcripts").iterdir())
EPISODE = HERE / "episode"


def listing(found: Reference) -> str:
    """The parsed transcript for reading: a line a row, its words apart."""
    head = f"{found.format}; names: {', '.join(found.names) or 'none'}\n"
    return head + "".join(f"{_row(line)}\n" for line in found.lines)


def _row(line: Line) -> str:
    times = [clock(time) for time in ((line.cue.start, line.cue.end) if line.cue else ())]
    facts = [str(line.number), line.role.value, line.label or "-", "..".join(times) or "-"]
    return "  ".join(facts) + "  | " + " / ".join(token.text for token in line.tokens)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.name)
def test_what_is_read(path: Path, golden: Golden) -> None:
    golden(f"{path.name}.lines", listing(parse(path.read_bytes())))


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written(name: str, golden: Golden) -> None:
    golden(f"sample.{name}", render(sample(), name))


def episode() -> Document:
    """The result for a transcript, the words heard (CTM), the turns heard (RTTM) and the corrections decided (a table)."""
    written = parse((EPISODE / "transcript.md").read_bytes())
    heard = [line.split() for line in (EPISODE / "heard.ctm").read_text(encoding="utf-8").splitlines()]
    words = [Word(text, _span(start, length), float(score)) for _, _, start, length, text, score in heard]
    turns = [line.split() for line in (EPISODE / "turns.rttm").read_text(encoding="utf-8").splitlines()]
    voices = tuple(Turn(_span(fields[3], fields[4]), fields[7]) for fields in turns)
    with (EPISODE / "corrections.tsv").open(encoding="utf-8", newline="") as file:
        edits = tuple(_edit(written, row) for row in csv.DictReader(file, delimiter="\t"))
    return put_together(written, hypothesis(*words, duration=60_000), Corrections(edits), voices)


def _span(start: str, length: str) -> Span:
    return Span.of_seconds(float(start), float(start) + float(length))


def _edit(written: Reference, row: dict[str, str]) -> Edit:
    texts = [token.text for token in written.tokens]
    wanted = row["before"].split()
    first = next(i for i in range(len(texts)) if texts[i : i + len(wanted)] == wanted)
    place, applied, confidence = (first, first + len(wanted)), row["applied"] == "yes", float(row["confidence"])
    return Edit(place, row["before"], row["after"], Kind(row["kind"]), applied, confidence, tuple(row["witnesses"].split()), Evidence())


@pytest.mark.parametrize("name", ["json", "srt", "vtt", "md", "diff", "source", "rttm"])
def test_an_episode(name: str, golden: Golden) -> None:
    golden(f"episode.{name}", render(episode(), name))
