"""Giving the document back, in whatever form the caller can use. Suggestions are never applied in any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.domain.document import Document
from service.domain.render import ctm, diff, html, markdown, podcast_json, recognisers, rttm, source, srt, text, textgrid, vtt, wire
from service.domain.render.options import RenderOptions
from service.domain.render.reading_wire import from_wire
from service.domain.render.wire import to_wire
from service.errors import UnknownFormat

__all__ = ["FORMATS", "Format", "RenderOptions", "from_wire", "render", "to_wire"]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the result. `extension` has no dot; `description` is one line for people."""

    media_type: str
    extension: str
    description: str
    write: Callable[[Document, RenderOptions], str]


FORMATS: dict[str, Format] = {
    "json": Format("application/json", "json", "Everything: words, times, speakers, corrections with their evidence, gaps.", wire.write),
    "txt": Format("text/plain", "txt", "Paragraphs with speakers' names.", text.write),
    "md": Format("text/markdown", "md", "Turns that begin with a name and a time, in Markdown.", markdown.write),
    "srt": Format("application/x-subrip", "srt", "SubRip subtitles.", srt.write),
    "vtt": Format("text/vtt", "vtt", "WebVTT subtitles with a voice on every cue, for podcast apps and browsers.", vtt.write),
    "ctm": Format("text/x-ctm", "ctm", "One timed word a line, for scoring tools.", ctm.write),
    "rttm": Format("text/x-rttm", "rttm", "Who speaks when, for diarization tools.", rttm.write),
    "textgrid": Format("text/x-textgrid", "TextGrid", "A tier of words for each speaker, for Praat.", textgrid.write),
    "podcast-json": Format("application/json", "podcast.json", "The podcast namespace's JSON transcript.", podcast_json.write),
    "html": Format(
        "text/html", "html", "Paragraphs with who and when, for a page of your own, as the podcast namespace has them.", html.write
    ),
    "whisper-json": Format("application/json", "whisper.json", "As the whisper command writes it, with speakers.", recognisers.whisper),
    "openai-verbose": Format("application/json", "openai.json", "As OpenAI's API answers: verbose_json, with words.", recognisers.verbose),
    "openai-diarized": Format("application/json", "diarized.json", "As OpenAI's API answers: diarized_json.", recognisers.diarized),
    "diff": Format("text/plain", "diff.txt", "Every correction with its place and reasons, for people.", diff.write),
    "source": Format("text/plain", "txt", "The supplied file itself, with only the applied corrections.", source.write),
}


def render(document: Document, format: str, options: RenderOptions = RenderOptions()) -> str:  # noqa: A002, B008  the word of the API; the options are frozen
    """The document in the form named, as text to be encoded in UTF-8 (written with newline="", so that line ends stay).

    Raises `UnknownFormat` with the names that are known.
    """
    if format not in FORMATS:
        raise UnknownFormat(f"there is no format {format!r}; known are {', '.join(FORMATS)}")
    return FORMATS[format].write(document, options)
