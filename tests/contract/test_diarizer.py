"""What every diarizer must do: the one that knows the truth, and the real one on the demo recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.kit import Kit
from models.protocols import Diarizer, Voices
from models.waveform import SAMPLE_RATE, Waveform
from service.domain.span import Span, ms
from service.domain.speech import Diarization, KnownVoice, Turn
from service.errors import Cancelled, ClipUnusable, ModelMissing
from service.settings import Settings
from tests.support.der import errors
from tests.support.oracle import OracleDiarizer
from tests.support.sound import Sound, by_suffix, tone, write
from workers import audio

TRUTH = Path(__file__).parents[2] / "docs" / "demo" / "truth.json"


def truth_of_the_demo() -> tuple[Turn, ...]:
    rows = json.loads(TRUTH.read_text(encoding="utf-8"))["rows"]
    spoken = [row for row in rows if row.get("presence") != "transcript_only"]
    return tuple(Turn(Span(ms(row["start"]), ms(row["end"])), row["speaker"]) for row in spoken)


@pytest.fixture(scope="module", params=["oracle", "pyannote"])
def diarizer(request: pytest.FixtureRequest, kit: Kit) -> Diarizer:
    return OracleDiarizer(truth_of_the_demo()) if request.param == "oracle" else kit.diarizer


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def heard(diarizer: Diarizer, demo: Waveform, told: list[tuple[int, int]]) -> Diarization:
    told.clear()
    return diarizer.diarize(Voices(demo, report=lambda done, total: told.append((done, total))))


def test_the_demo_has_three_voices_and_they_are_told_apart(heard: Diarization) -> None:
    assert {turn.speaker for turn in heard.turns} == {"S1", "S2", "S3"}
    for turns in (heard.turns, heard.exclusive):
        share = errors(truth_of_the_demo(), turns)
        assert share["confusion"] < 0.03
        assert share["false alarm"] < 0.05
        assert share["missed detection"] < 0.2, "the truth is by line, pauses included"


def test_turns_are_in_order_and_inside_the_recording(heard: Diarization, demo: Waveform) -> None:
    for turns in (heard.turns, heard.exclusive):
        assert [turn.span for turn in turns] == sorted(turn.span for turn in turns)
        assert all(0 <= turn.span.start < turn.span.end <= demo.duration_ms for turn in turns)


def test_speakers_are_numbered_as_they_appear(heard: Diarization) -> None:
    seen = list(dict.fromkeys(turn.speaker for turn in heard.turns))
    assert seen == [f"S{number}" for number in range(1, len(seen) + 1)]
    assert {turn.speaker for turn in heard.exclusive} <= set(seen)


def test_exclusive_turns_never_overlap(heard: Diarization) -> None:
    assert all(before.span.end <= after.span.start for before, after in zip(heard.exclusive, heard.exclusive[1:], strict=False))


@pytest.mark.usefixtures("heard")
def test_progress_rises_to_the_end(told: list[tuple[int, int]], demo: Waveform) -> None:
    done = [so_far for so_far, _ in told]
    assert {total for _, total in told} == {demo.duration_ms}
    assert done == sorted(done)
    assert done[-1] == demo.duration_ms


def test_what_the_report_raises_stops_the_work(diarizer: Diarizer, demo: Waveform) -> None:
    def stop(done: int, total: int) -> None:
        if done > total * 0.02:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        diarizer.diarize(Voices(demo, report=stop))


@pytest.mark.parametrize("seconds", [0.01, 0.3, 0.99])
def test_next_to_no_sound_holds_nobody(diarizer: Diarizer, tmp_path: Path, seconds: float) -> None:
    samples = write(tmp_path / "x", tone(seconds), by_suffix(".wav"))
    assert diarizer.diarize(Voices(Waveform(samples))) == Diarization((), ())


class TestPyannote:
    """What only the real one can show."""

    @pytest.fixture(scope="class")
    def diarizer(self, kit: Kit) -> Diarizer:
        return kit.diarizer

    def test_noise_is_nobody(self, diarizer: Diarizer, tmp_path: Path) -> None:
        noise = (np.random.default_rng(1).standard_normal((1, 48_000)) * 300).astype(np.int16)
        assert diarizer.diarize(Voices(Waveform(write(tmp_path / "x", noise, by_suffix(".wav"))))).turns == ()

    def test_the_number_of_speakers_can_be_said(self, diarizer: Diarizer, demo: Waveform, tmp_path: Path) -> None:
        path = tmp_path / "head.wav"
        path.write_bytes(audio.clip(demo, Span(0, 30_000)))
        two = diarizer.diarize(Voices(Waveform(path), num_speakers=2))
        one = diarizer.diarize(Voices(Waveform(path), max_speakers=1))
        assert len({turn.speaker for turn in two.turns}) == 2
        assert len({turn.speaker for turn in one.turns}) == 1

    def test_it_says_which_weights_it_used(self, diarizer: Diarizer) -> None:
        assert diarizer.uses.stage == "diarize"
        assert diarizer.uses.name == "segmentation-3.0 + campplus-zh-en"

    def test_an_unknown_diarizer_is_refused(self) -> None:
        with pytest.raises(ModelMissing, match="no diarizer called 'magic'"):
            _ = Kit(Settings(diarizer="magic")).diarizer

    def test_a_jingle_before_the_talk_is_nobody(self, diarizer: Diarizer, demo: Waveform, tmp_path: Path) -> None:
        jingle = np.concatenate([chord(4.0, root) for root in (220.0, 277.2, 330.0)], axis=1)
        sound = np.concatenate([jingle, demo.read(0, 30 * SAMPLE_RATE)[None]], axis=1)
        heard = diarizer.diarize(Voices(Waveform(write(tmp_path / "x", sound, by_suffix(".wav")))))
        assert heard.turns[0].span.start > 12_000

    def test_a_guest_of_twenty_seconds_is_found(self, diarizer: Diarizer, demo: Waveform, tmp_path: Path) -> None:
        said = {who: [turn.span for turn in truth_of_the_demo() if turn.speaker == who] for who in ("Ada", "Bruno", "Chloé")}
        hosts = [span for pair in zip(said["Ada"], said["Bruno"], strict=False) for span in pair]
        guest = [span for n, span in enumerate(said["Chloé"]) if sum(s.duration for s in said["Chloé"][: n + 1]) <= 20_000]
        sound = np.concatenate([demo.read(span.start * 16, span.end * 16) for span in (*hosts, *guest, *hosts)])[None]
        heard = diarizer.diarize(Voices(Waveform(write(tmp_path / "x", sound, by_suffix(".wav")))))
        assert len({turn.speaker for turn in heard.turns}) == 3

    def test_an_enrolled_voice_is_recognised_and_no_other(self, kit: Kit, diarizer: Diarizer, demo: Waveform, tmp_path: Path) -> None:
        spans = [turn.span for turn in truth_of_the_demo() if turn.speaker == "Bruno"]
        clip = np.concatenate([demo.read(span.start * 16, span.end * 16) for span in spans[:3]])[None]
        bruno = kit.enroller.enrol(Waveform(write(tmp_path / "clip", clip, by_suffix(".wav"))))
        heard = diarizer.diarize(Voices(demo, known=(KnownVoice("Bruno", bruno),)))
        (match,) = heard.recognised
        his = [turn for turn in heard.exclusive if turn.speaker == match.speaker]
        assert sum(turn.span.overlap(span) for turn in his for span in spans) > 0.9 * sum(turn.span.duration for turn in his)

    def test_a_clip_of_two_voices_or_of_hardly_any_enrols_nobody(self, kit: Kit, demo: Waveform, tmp_path: Path) -> None:
        for seconds, reason in ((16, "2 voices"), (3, "only")):
            clip = write(tmp_path / "clip", demo.read(0, seconds * SAMPLE_RATE)[None], by_suffix(".wav"))
            with pytest.raises(ClipUnusable, match=reason):
                kit.enroller.enrol(Waveform(clip))


def chord(seconds: float, root: float) -> Sound:
    """A major chord with its overtones, struck and fading."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    partials = [np.sin(2 * np.pi * root * ratio * k * times) / k for ratio in (1, 1.26, 1.5) for k in (1, 2, 3, 4)]
    return np.asarray(np.sum(partials, axis=0) * np.exp(-times / 2) * 3000, np.int16)[None]


def test_the_library_sends_nothing_home_whatever_the_environment_says() -> None:
    ask = "import models.hushed; from pyannote.audio.telemetry.metrics import is_metrics_enabled; print(is_metrics_enabled())"
    environment = os.environ | {"PYANNOTE_METRICS_ENABLED": "true"}
    said = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True, timeout=180)
    assert said.stdout.strip() == "False"
