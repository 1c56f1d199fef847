"""The podcast namespace's JSON transcript 1.0.0: timed stretches of one speaker each.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from service.domain.document import Document
from service.domain.formats.tokens import joined
from service.domain.render.clock import seconds
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Voices, stretches

Entry = dict[str, str | float]


def write(document: Document, options: RenderOptions) -> str:
    return json.dumps({"version": "1.0.0", "segments": list(_entries(document, options))}, ensure_ascii=False, indent=1) + "\n"


def _entries(document: Document, options: RenderOptions) -> Iterator[Entry]:
    voices = Voices(document, options)
    for stretch in stretches(document, options):
        name = voices.name(stretch.speaker)
        entry: Entry = {"speaker": name} if name else {}
        entry["startTime"], entry["endTime"] = seconds(stretch.span.start), seconds(stretch.span.end)
        entry["body"] = joined([word.text for word, _ in stretch.words])
        yield entry
