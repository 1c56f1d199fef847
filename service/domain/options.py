"""What the caller asks of one job, beside the audio and the transcript."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.formats.views import HIDDEN, PAD, clean, without_html

LANGUAGE_PATTERN = "[a-z]{2,3}"
"""An ISO 639 code."""

SHOW_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""What a show may be called: it stands in addresses."""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry: the right spelling, and spellings that show how it sounds or how it is usually misheard."""

    text: str
    sounds_like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A correction that is not to be proposed: where `before` is written, it is not to read `after`."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a job. `language` is an ISO 639-1 code, None to detect it. `details` is what else a feed says: author, show,
    chapters, links.

    `apply_threshold` and `suggest_threshold` are probabilities: a correction is applied from the first on,
    suggested from the second on. `show` is the caller's name for the show that the episode is of; what the show's glossary held when
    the job was submitted is in `glossary` and `leave_alone`.
    """

    title: str = ""
    description: str = ""
    details: str = ""
    language: str | None = None
    glossary: tuple[Term, ...] = ()
    diarize: bool = True
    num_speakers: int | None = None
    min_speakers: int | None = None
    max_speakers: int | None = None
    apply_threshold: float = 0.8
    suggest_threshold: float = 0.3
    show: str = ""
    leave_alone: tuple[LeftAlone, ...] = ()

    @property
    def supplied(self) -> str:
        """Title, description and details as they came."""
        return f"{self.title}\n{self.description}\n{self.details}"

    @property
    def about(self) -> str:
        """The same as people read it: feeds give descriptions as HTML.

        >>> Options("Q&amp;A", "<p>With <b>Anna</b>.</p>").about.split()
        ['Q&A', 'With', 'Anna.']
        """
        return without_html(clean(self.supplied)).replace(HIDDEN, "").replace(PAD, "")
