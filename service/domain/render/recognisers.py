"""The result as recognisers give theirs, for programs that read those: Whisper's JSON, and two forms of OpenAI's API.

What only a recogniser could know (tokens, temperatures, compression) is left out, not invented.
https://github.com/openai/whisper, https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

import json
from typing import Any

from service.domain.document import Document, DocumentWord
from service.domain.formats.tokens import joined
from service.domain.render.clock import seconds
from service.domain.render.options import RenderOptions
from service.domain.render.talk import Stretch, Voices, spoken, stretches
from service.domain.span import Span

Json = dict[str, Any]


def whisper(document: Document, options: RenderOptions) -> str:
    """As the `whisper` command writes it, words included; with the speaker, as WhisperX adds it. Texts begin with a space there."""
    voices = Voices(document, options)
    segments = []
    for number, stretch in enumerate(stretches(document, options)):
        name = voices.name(stretch.speaker)
        who = {"speaker": name} if name else {}
        words = [_whisper_word(word, span) for word, span in stretch.words]
        segments.append({"id": number, **_times(stretch), "text": f" {_text(stretch)}", "words": words, **who})
    text = "".join(segment["text"] for segment in segments)
    return _dumped({"text": text, "segments": segments, "language": document.language})


def verbose(document: Document, options: RenderOptions) -> str:
    """OpenAI's `verbose_json`, with the times of words."""
    segments = [{"id": n, **_times(stretch), "text": _text(stretch)} for n, stretch in enumerate(stretches(document, options))]
    words = [{"word": word.text, "start": seconds(span.start), "end": seconds(span.end)} for word, span in spoken(document, options)]
    return _dumped({**_head(document, options), "language": document.language, "segments": segments, "words": words})


def diarized(document: Document, options: RenderOptions) -> str:
    """OpenAI's `diarized_json`."""
    voices = Voices(document, options)
    segments = [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{number:03}",
            **_times(stretch),
            "text": _text(stretch),
            "speaker": voices.name(stretch.speaker),
        }
        for number, stretch in enumerate(stretches(document, options))
    ]
    return _dumped({**_head(document, options), "segments": segments})


def _head(document: Document, options: RenderOptions) -> Json:
    text = " ".join(_text(stretch) for stretch in stretches(document, options))
    return {"task": "transcribe", "duration": seconds(document.recording.duration_ms), "text": text}


def _whisper_word(word: DocumentWord, span: Span) -> Json:
    known = {} if word.score is None else {"probability": round(word.score, 4)}
    return {"word": f" {word.text}", "start": seconds(span.start), "end": seconds(span.end), **known}


def _times(stretch: Stretch) -> Json:
    return {"start": seconds(stretch.span.start), "end": seconds(stretch.span.end)}


def _text(stretch: Stretch) -> str:
    return joined([word.text for word, _ in stretch.words])


def _dumped(whole: Json) -> str:
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
