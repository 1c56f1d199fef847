"""The podcast namespace's JSON transcript 1.0.0: timed stretches of one speaker each.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from service.domain.document import Document
from service.domain.formats.tokens import joined
from service.domain.render.clock import seconds
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices, printed, timed

Entry = dict[str, str | float]


def write(document: Document, options: RenderOptions) -> str:
    return json.dumps({"version": "1.0.0", "segments": list(_entries(document, options))}, ensure_ascii=False, indent=1) + "\n"


def _entries(document: Document, options: RenderOptions) -> Iterator[Entry]:
    """The heard words of each segment, cut where another speaker begins."""
    voices = Voices(document, options)
    for segment in document.segments:
        for speaker, run in groupby(timed(printed(segment, options)), key=lambda pair: pair[0].speaker):
            words = list(run)
            name = voices.name(speaker)
            entry: Entry = {"speaker": name} if name else {}
            entry["startTime"] = seconds(min(span.start for _, span in words))
            entry["endTime"] = seconds(max(span.end for _, span in words))
            entry["body"] = joined([word.text for word, _ in words])
            yield entry
