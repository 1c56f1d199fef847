"""READ THIS FIRST. The way of an episode, from sound and text to the corrected document, on one page.

Every stage is a function of the desk (the episode, the models, and the artefacts of the stages before it) with one
artefact as its result. `run` does them all in this process, side by side where it can; in the service each is its own Celery task
(`workers.tasks`), in the order and on the queues of `service.stages`. Progress, metrics and cancellation are the hook's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from time import perf_counter
from typing import NamedTuple, cast

from models.protocols import Listening, Report, Voices
from models.waveform import Waveform
from service.domain.align import Alignment
from service.domain.align import align as align_texts
from service.domain.assemble import Parts
from service.domain.assemble import assemble as assemble_document
from service.domain.attribute import Attribution
from service.domain.attribute import attribute as attribute_words
from service.domain.correct import Corrections
from service.domain.document import Document
from service.domain.introductions import propose
from service.domain.known import name_known
from service.domain.script import Reference
from service.domain.sides import by_channel
from service.domain.speech import Diarization, Hypothesis, joined
from service.domain.timing import Times
from service.errors import EarmarkError, NoSpeech, Stopped
from service.stages import STAGES, part_of, stage_of
from workers import audio, correcting, looking, timing
from workers.breakdown import is_spared, story_of
from workers.desk import Decoded, Desk, Hook, nobody_watches

logger = logging.getLogger(__name__)


def decode(desk: Desk, report: Report) -> Decoded:
    scratch = desk.shelf.scratch(".wav")
    recording = audio.decode(desk.episode.audio, scratch, audio.Limits(desk.kit.settings.max_audio_seconds), report)
    return Decoded(recording, Waveform(scratch))


def parse(desk: Desk, _: Report) -> Reference:
    return desk.episode.reference


def transcribe(desk: Desk, report: Report) -> Hypothesis:
    """What the parts left, joined; a part that is not there is heard now. Without parts, the whole recording is heard."""
    hypothesis = joined([hear(part, desk, report) for part in desk.parts("transcribe")])
    if not hypothesis.words:
        raise NoSpeech(
            "The recogniser heard no word in the recording. Check that it is the right file, and that it is not silent or music only."
        )
    return hypothesis


def hear(run: str, desk: Desk, report: Report) -> Hypothesis:
    if left := desk.left_by(run):
        return cast("Hypothesis", left)
    recogniser = desk.kit.recogniser(desk.options.language)
    return recogniser.transcribe(Listening(desk.waveform, desk.options.language, report, desk.hotwords, desk.guide, part_of(run)))


def diarize(desk: Desk, report: Report) -> Diarization:
    if not desk.diarizes:
        return Diarization((), ())
    o = desk.options
    voices = Voices(desk.waveform, o.num_speakers, o.min_speakers, o.max_speakers, report, desk.known, desk.expected_voices)
    told = desk.kit.diarizer.diarize(voices)
    return by_channel(told, desk.recording.sides) if 1 not in {o.num_speakers, o.max_speakers} else told


def align(desk: Desk, report: Report) -> Alignment:
    return looking.look_again(desk, align_texts(desk.reference, desk.hypothesis), report)


def correct(desk: Desk, report: Report) -> Corrections:
    return correcting.correct(desk, report)


def time(desk: Desk, report: Report) -> Times:
    return timing.time(desk, report)


def attribute(desk: Desk, _: Report) -> Attribution:
    attribution = attribute_words(desk.reference, desk.words, desk.times, desk.diarization)
    metadata = f"{desk.options.about}\n{desk.reference.heading}"
    known = name_known(attribution, desk.diarization.recognised)
    return propose(known, desk.words, desk.times.printed, metadata)


def assemble(desk: Desk, _: Report) -> Document:
    return assemble_document(
        Parts(
            recording=desk.recording,
            transcript_sha256=desk.episode.transcript_sha256,
            reference=desk.reference,
            hypothesis=desk.hypothesis,
            diarization=desk.diarization,
            alignment=desk.alignment,
            corrections=desk.corrections,
            times=desk.times,
            attribution=desk.attribution,
            options=desk.options,
            models=desk.models,
        )
    )


FUNCTIONS: dict[str, Callable[[Desk, Report], object]] = {
    "decode": decode,
    "parse": parse,
    "transcribe": transcribe,
    "diarize": diarize,
    "align": align,
    "correct": correct,
    "time": time,
    "attribute": attribute,
    "assemble": assemble,
}

PARTS: dict[str, Callable[[str, Desk, Report], object]] = {"transcribe": hear, "time": timing.time_part}
"""What is done for one run of a divisible stage's parts."""


def run(desk: Desk, hook: Hook = nobody_watches) -> Document:
    """Every stage in this process, each as soon as what it waits for is done: voices are told apart beside all that is about words.

    An optional stage that goes wrong is left out, and the document says so. Raises the errors of `service.errors`: an unreadable
    recording, an empty or foreign transcript, missing weights. `hook` is called in several threads.
    """
    over = Event()

    def watched(stage: str, artifact: object | None, /, *, completed: int | None = None, total: int | None = None) -> None:
        if over.is_set():
            raise Stopped
        hook(stage, artifact, completed=completed, total=total)

    under_way: dict[str, Future[_Took]] = {}
    with ThreadPoolExecutor(len(STAGES)) as pool:
        try:
            for stage in STAGES:
                under_way[stage.name] = pool.submit(_run_after, stage.name, desk, watched, [under_way[name] for name in stage.waits_for])
            wait(under_way.values(), return_when=FIRST_EXCEPTION)
            took = {name: ended.result() for name, ended in under_way.items() if ended.done()}
        except BaseException:
            over.set()
            raise
    warnings = [stage.warning for stage in took.values() if stage.warning]
    seconds = {name: stage.seconds for name, stage in took.items()}
    return replace(desk.document, seconds_by_stage=seconds, degraded=desk.degraded, warnings=(*desk.document.warnings, *warnings))


class _Took(NamedTuple):
    """How long a stage took, and the warning of one that was left out."""

    seconds: float
    warning: str | None


def _run_after(name: str, desk: Desk, hook: Hook, before: list[Future[_Took]]) -> _Took:
    """Wait for the stages before, then run this one. Raises what went wrong there or here."""
    for stage in before:
        stage.result()
    begun, warning = perf_counter(), None
    try:
        run_stage(name, desk, hook)
    except Exception as error:
        if not is_spared(name, error):
            raise
        logger.warning("stage %s went wrong", name, exc_info=not isinstance(error, EarmarkError))
        _, reason = story_of(name, error)
        warning = run_without(name, desk, reason, hook)
    return _Took(round(perf_counter() - begun, 3), warning)


def run_without(name: str, desk: Desk, reason: str, hook: Hook = nobody_watches) -> str:
    """Go on as if an optional stage had not been wanted; the warning that says so, and why."""
    desk.do_without(name)
    run_stage(name, desk, hook)
    return f"{name} was left out: {reason}"


def run_stage(name: str, desk: Desk, hook: Hook = nobody_watches) -> None:
    """One stage, unless the shelf already holds its artefact; what it `needs` must be there (else `ArtifactMissing`)."""
    if not desk.has(name):
        desk.keep(name, FUNCTIONS[name](desk, lambda done, total: hook(name, None, completed=done, total=total)))
    hook(name, desk.load(name))


def was_done(name: str, desk: Desk) -> bool:
    """Whether next to nothing of the stage is left to do: it was done, or nearly all of it for another transcript of the recording."""
    return desk.has(name) or (name == "time" and timing.remembered(desk))


def run_part(name: str, desk: Desk, hook: Hook = nobody_watches) -> None:
    """One part of a divided stage, unless the shelf already holds its artefact or the stage's."""
    if not (desk.has(name) or desk.has(stage_of(name).name)):
        desk.keep(name, PARTS[stage_of(name).name](name, desk, lambda done, total: hook(name, None, completed=done, total=total)))
