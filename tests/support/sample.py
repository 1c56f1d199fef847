"""A small result with everything in it: two voices, corrections, unheard and unwritten words, heading and furniture."""

from __future__ import annotations

from dataclasses import replace

from service.domain.document import Document, Evidence, Gap, Kind, NameEvidence, Source, Status, Timing
from service.domain.script import Role
from service.domain.span import Span
from tests.support.builders import SHA, aside, correction, document, segment, speaker, timed, turn, written

TEXT = """\
The Engine
Speakers: Ada Lovelace, Mary Somerville

**Ada Lovelace** (0:00)
Did you have a *Minutel* at home for R&D?

**Mary Somerville** (0:05)
We had one. It was <3 and beige.
This line was never said.
I now use Quen --> it is faster.

Get this transcript at https://example.com
"""


def sample() -> Document:
    """What Earmark could say of `TEXT`."""
    question = list(timed("Did you have a Minitel at home for R&D?", 1_000, speaker="S1"))
    question[4] = replace(question[4], source="Minutel", correction=0)
    beige = timed("We had one. It was <3 and beige.", 5_200, speaker="S2")
    heard = written("um", 8_600, 8_900, source=None, status=Status.UNWRITTEN, timing=Timing.RECOGNISED, score=0.41, speaker="S2")
    unheard = tuple(written(text) for text in ("This", "line", "was", "never", "said."))
    advert = timed("this show is brought to you by", 12_000, source=None, status=Status.UNWRITTEN, timing=Timing.RECOGNISED)
    last = timed("I now use Quen --> it is faster.", 9_000, speaker="S2", timing=Timing.INTERPOLATED, score=None)
    return document(
        aside(0, "The Engine", line=1),
        aside(1, "Speakers: Ada Lovelace, Mary Somerville", line=2),
        segment(2, question, line=5, source="Did you have a *Minutel* at home for R&D?"),
        segment(3, (*beige, heard), line=8, source="We had one. It was <3 and beige."),
        segment(4, unheard, line=9),
        segment(5, last, line=10),
        segment(6, advert, line=None, source=None, status=Status.UNWRITTEN),
        aside(7, "Get this transcript at https://example.com", Role.FURNITURE, line=12),
        source=Source("markdown", SHA, TEXT, ((TEXT.index("Minutel*"), TEXT.index("Minutel*") + 7, "Minitel"),)),
        speakers=(
            speaker("S1", "Ada Lovelace", speech_ms=3_900),
            speaker(
                "S2",
                "Mary Somerville",
                named_by="diarization",
                speech_ms=5_000,
                suggested_name="Mary",
                evidence=(NameEvidence("introduces the next voice", "With us is Mary", "S1", Span(1_000, 2_400)),),
            ),
        ),
        turns=(turn("S1", 980, 4_950), turn("S2", 5_150, 11_600)),
        corrections=(
            correction(
                0,
                2,
                "Minutel",
                "Minitel",
                words=(4, 5),
                span=Span(2_440, 2_740),
                witnesses=("document", "lexicon"),
                evidence=Evidence(
                    "minital", 3, 0, False, 4, 0.93, acoustic_before=-1.314159, acoustic_after=-1.02, fit=1.75, sense=4.5, ear=2.25
                ),
            ),
            correction(1, 5, "Quen", "Qwen", words=(3, 4), kind=Kind.TERM, applied=False, confidence=0.4, witnesses=()),
        ),
        gaps=(
            Gap(Status.UNHEARD, Span(8_900, 9_000), "This line was never said.", (4,)),
            Gap(Status.UNWRITTEN, Span(12_000, 14_460), "this show is brought to you by", (6,), "advert"),
            Gap(Status.UNHEARD, None, "Get this transcript at https://example.com", (7,), "furniture"),
        ),
        warnings=("the recording ends in noise",),
        seconds_by_stage={"transcribe": 1.23456},
    )
