"""Sound in: every container decodes to the same sound, broken files go as far as they can, hostile ones go nowhere."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import psutil
import pytest

from models.waveform import Waveform
from service.domain.document import Recording
from service.domain.span import Span
from service.errors import AudioTooLong, AudioUndecodable, Cancelled, NoSpeech
from tests.support.shared import SHARED, needs_shared
from tests.support.sound import CONTAINERS, Container, Sound, by_suffix, encode, tone, write
from workers import audio

NAMES = [container.suffix for container in CONTAINERS]
FORMATS_AND_RATES = [pytest.param(c, rate, id=f"{c.suffix}-{rate}") for c in CONTAINERS for rate in c.rates]


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def decoded(path: Path, limits: audio.Limits | None = None) -> tuple[Recording, Waveform]:
    into = path.with_name("decoded.wav")
    return audio.decode(path, into, limits or audio.Limits(), silent), Waveform(into)


def hush_then_tone(rate: int, channels: int = 1) -> Sound:
    """A second of silence, then a second of tone."""
    one = np.concatenate([np.zeros((1, rate), np.int16), tone(1.0, rate, 700.0)], axis=1)
    return np.vstack([one] * channels)


def onset_ms(waveform: Waveform) -> float:
    loud = np.abs(waveform.pcm.astype(np.int32))
    return float(np.argmax(loud > 0.5 * loud.max())) / 16


def power_at(waveform: Waveform, hertz: float) -> float:
    """The amplitude of one frequency, as a share of full scale."""
    samples = waveform.crop(waveform.span)
    times = np.arange(len(samples)) / 16_000
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * times))))


@pytest.mark.parametrize(("container", "rate"), FORMATS_AND_RATES)
def test_every_container_and_rate_keeps_its_times(tmp_path: Path, container: Container, rate: int) -> None:
    recording, waveform = decoded(write(tmp_path / "x", hush_then_tone(rate), container, rate))
    raw_aac_delay = 2048 * 1000 // rate if container.suffix == ".aac" else 0  # ADTS cannot say that its first frames are to be dropped
    assert onset_ms(waveform) == pytest.approx(1000, abs=2 + raw_aac_delay)
    assert recording.duration_ms == pytest.approx(2000, abs=50 + raw_aac_delay)
    assert recording.channels == 1
    assert recording.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_stereo_is_mixed_at_full_level(tmp_path: Path, name: str) -> None:
    recording, waveform = decoded(write(tmp_path / "x", hush_then_tone(48_000, 2), by_suffix(name), 48_000))
    assert recording.channels == 2
    assert power_at(waveform, 700) == pytest.approx(0.15, abs=0.02)  # 0.3 for half of the time


@pytest.mark.parametrize("name", [".wav", ".flac", ".m4a", ".opus"])
def test_surround_sound_keeps_the_voice_in_the_middle(tmp_path: Path, name: str) -> None:
    sound = np.zeros((6, 96_000), np.int16)
    sound[2] = tone(2.0, 48_000, 500.0)
    recording, waveform = decoded(write(tmp_path / "x", sound, by_suffix(name), 48_000))
    assert recording.channels == 6
    assert power_at(waveform, 500) > 0.05


def test_two_voices_on_two_channels_are_both_heard(tmp_path: Path) -> None:
    sound = np.vstack([tone(2.0, 16_000, 400.0), tone(2.0, 16_000, 900.0, level=0.1)])
    recording, waveform = decoded(write(tmp_path / "x", sound, by_suffix(".wav")))
    assert power_at(waveform, 400) == pytest.approx(0.15, abs=0.01)
    assert power_at(waveform, 900) == pytest.approx(0.05, abs=0.01)
    assert recording.warnings == ()


def test_four_microphones_are_all_heard(tmp_path: Path) -> None:
    sound = np.vstack([tone(2.0, 16_000, hertz) for hertz in (300.0, 500.0, 700.0, 900.0)])
    path = tmp_path / "x"
    with wave.open(str(path), "wb") as wav:
        wav.setparams((4, 2, 16_000, 0, "NONE", ""))
        wav.writeframes(sound.T.tobytes())
    recording, waveform = decoded(path)
    assert recording.channels == 4
    assert [power_at(waveform, hertz) for hertz in (300, 500, 700, 900)] == pytest.approx([0.075] * 4, abs=0.01)


def test_a_silent_channel_does_not_halve_the_other(tmp_path: Path) -> None:
    sound = np.vstack([tone(2.0, hertz=400.0), np.zeros((1, 32_000), np.int16)])
    recording, waveform = decoded(write(tmp_path / "x", sound, by_suffix(".wav")))
    assert power_at(waveform, 400) == pytest.approx(0.3, abs=0.01)
    assert "Only channel 1 of 2" in recording.warnings[0]


def test_an_inverted_channel_does_not_cancel_the_other(tmp_path: Path) -> None:
    sound = np.vstack([tone(2.0, hertz=400.0), -tone(2.0, hertz=400.0)])
    recording, waveform = decoded(write(tmp_path / "x", sound, by_suffix(".wav")))
    assert power_at(waveform, 400) == pytest.approx(0.3, abs=0.01)
    assert "inverted" in recording.warnings[0]


def test_a_quiet_recording_is_said_to_be_quiet(tmp_path: Path) -> None:
    recording, _ = decoded(write(tmp_path / "x", tone(2.0, level=0.01), by_suffix(".wav")))
    assert "very quiet: its loudest moment is -40 dBFS" in recording.warnings[0]


def test_a_silent_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSpeech, match=r"silent from beginning to end \(0:02\)"):
        decoded(write(tmp_path / "x", np.zeros((2, 32_000), np.int16), by_suffix(".flac")))


@pytest.mark.parametrize("name", [".mp3", ".opus", ".flac", ".wav", ".aiff", ".webm"])
def test_a_file_cut_off_is_decoded_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    whole = encode(noisy(20.0), by_suffix(name), 48_000)
    path = tmp_path / "x"
    path.write_bytes(whole[: len(whole) * 6 // 10])
    recording, _ = decoded(path)
    assert 10_500 < recording.duration_ms < 12_500
    assert recording.warnings, "the caller must be told"


@pytest.mark.parametrize("name", [".mp3", ".opus", ".flac", ".webm"])
def test_a_tail_of_noise_is_left_out(tmp_path: Path, name: str) -> None:
    whole = encode(noisy(20.0), by_suffix(name), 48_000)
    path = tmp_path / "x"
    path.write_bytes(whole[: len(whole) * 6 // 10] + random.Random(1).randbytes(len(whole) * 4 // 10))
    recording, _ = decoded(path)
    assert 10_500 < recording.duration_ms < 12_500
    assert recording.warnings


@pytest.mark.parametrize("name", [".opus", ".flac", ".webm"])
def test_what_is_missing_in_the_middle_does_not_shift_the_rest(tmp_path: Path, name: str) -> None:
    whole = encode(noisy(20.0), by_suffix(name), 48_000)
    path = tmp_path / "x"
    path.write_bytes(whole[: len(whole) // 2] + whole[len(whole) * 6 // 10 :])
    recording, _ = decoded(path)
    assert recording.duration_ms == pytest.approx(20_000, abs=50)
    assert "filled with silence" in " ".join(recording.warnings)


def noisy(seconds: float) -> Sound:
    """Noise does not compress, so a share of the bytes is that share of the time."""
    return (np.random.default_rng(1).standard_normal((1, round(seconds * 48_000))) * 3000).astype(np.int16)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        (b"\xff\xfb", "unknown kind"),
        (random.Random(2).randbytes(20_000), "unknown kind"),
        (bytes(20_000), "file of zeros"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        (b"Theo: So, hello and welcome.\n" * 40, "text file"),
        (b"PK\x03\x04" + bytes(100), "ZIP archive"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0", "RIFF"),
        (b"ID3\x04\0\0\0\0\0\x0aTIT2" + bytes(30), "ID3 tags"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n", "SDP"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_it_is(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "episode.mp3"
    path.write_bytes(content)
    with pytest.raises(AudioUndecodable, match=rf"{found}.* Supply it as MP3, M4A"):
        decoded(path)


@pytest.mark.parametrize("name", ["list.mp3", "list.m3u8", "list.wav"])
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
        '<?xml version="1.0"?><MPD><Period><AdaptationSet><BaseURL>{secret}</BaseURL></AdaptationSet></Period></MPD>',
    ],
)
def test_a_list_of_files_reaches_no_other_file(tmp_path: Path, name: str, text: str) -> None:
    secret = write(tmp_path / "secret.wav", tone(2.0), by_suffix(".wav"))
    path = tmp_path / name
    path.write_text(text.format(secret=secret))
    with pytest.raises(AudioUndecodable, match="holds no sound itself"):
        decoded(path)


def test_the_decoder_can_open_nothing_and_take_no_more_than_it_was_given() -> None:
    attempt = """
import socket, sys
sys.path.insert(0, {folder!r})
import decoder
decoder.confine(1 << 30, 5)
for grab in (lambda: open(decoder.__file__), socket.socket, lambda: bytearray(2 << 30)):
    try:
        grab()
    except (OSError, MemoryError) as error:
        print(type(error).__name__)
"""
    program = attempt.format(folder=str(Path(audio.__file__).parent))
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["OSError", "OSError", "MemoryError"]


def test_hours_of_silence_in_a_small_file_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb", np.zeros((1, 600 * 8000), np.int16), by_suffix(".flac"), 8000)
    assert path.stat().st_size < 120_000
    with pytest.raises(AudioTooLong, match="longer than the 0:05 accepted"):
        decoded(path, audio.Limits(max_seconds=5))
    assert Waveform(tmp_path / "decoded.wav").num_samples == 0


@pytest.mark.parametrize("name", [".mp3", ".aac"])
def test_a_header_that_cannot_be_trusted_does_not_help_a_long_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x", tone(60.0), by_suffix(name))
    with pytest.raises(AudioTooLong):
        decoded(path, audio.Limits(max_seconds=25))
    assert Waveform(tmp_path / "decoded.wav").duration_ms <= 25_000


def test_a_decoder_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "x", tone(60.0), by_suffix(".mp3"))
    with pytest.raises(AudioUndecodable, match="within 0 s"):
        decoded(path, audio.Limits(wall_seconds=0))


def test_progress_is_told_and_may_stop_the_work(tmp_path: Path) -> None:
    path = write(tmp_path / "x", tone(45.0), by_suffix(".flac"))
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 20_000:
            raise Cancelled("the caller changed their mind")

    with pytest.raises(Cancelled):
        audio.decode(path, tmp_path / "decoded.wav", audio.Limits(), stop)
    assert told == [(10_000, 45_000), (20_000, 45_000)]
    at_work = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    assert not [child for child in at_work if "decoder.py" in " ".join(child.cmdline())]


def test_a_folder_or_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(AudioUndecodable, match="is not a file"):
        decoded(tmp_path / ".")
    with pytest.raises(AudioUndecodable, match="No such file"):
        decoded(tmp_path / "nowhere")


def test_a_clip_is_a_wav_of_that_stretch_without_clicks(tmp_path: Path) -> None:
    _, waveform = decoded(write(tmp_path / "x", hush_then_tone(16_000), by_suffix(".wav")))
    with wave.open(io.BytesIO(audio.clip(waveform, Span(900, 1400)))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate(), wav.getnframes()) == (1, 2, 16_000, 8000)
        samples = np.frombuffer(wav.readframes(8000), "<i2")
    assert np.abs(samples[:1500]).max() < 50
    assert np.abs(samples[2000:7900]).max() > 9000
    assert abs(int(samples[-1])) < 500
    assert len(audio.clip(waveform, Span(100, 100))) == 44


REFUSED = {
    "aeneas/mono.empty.wav": "empty",
    "aeneas/mono.invalid.wav": "RIFF",
    "aeneas/mono.zero.wav": "no sound follows",
    "broken/awful.wav": "holds no sound",
    "broken/bad.wav": "RIFF",
    "broken/evil.wav": "RIFF",
    "broken/missing_wav_header.wav": "unknown kind",
    "broken/null.wav": "no sound follows",
    "pydub/test1_empty.wav": "no sound follows",
    "tinytag/UTF16.mp3": "ID3 tags",
    "tinytag/adpcm.wav": "silent",
    "tinytag/alac_file.m4a": "no sound follows",
    "tinytag/cover_img.mp3": "ID3 tags",
    "tinytag/empty_file.mp3": "empty",
    "tinytag/flac_with_image.flac": "FLAC",
    "tinytag/id3v1_does_not_overwrite_id3v2.mp3": "ID3 tags",
    "tinytag/id3v22_image.mp3": "ID3 tags",
    "tinytag/incomplete.mp3": "unknown kind",
    "tinytag/invalid_sample_rate.aiff": "AIFF",
    "tinytag/iso8859_with_image.m4a": "no sound follows",
    "tinytag/utf-8-id3v2-invalid-string.mp3": "ID3 tags",
    "tinytag/variable-block.flac": "silent",
    "tinytag/vbr44stereo.mp3": "silent",
    "tinytag/vbr8.mp3": "silent",
}
"""What in the zoo holds nothing to listen to (tags only, headers only, silence), and what the error must say."""

ZOO = SHARED / "audio" / "containers"
ANIMALS = sorted(str(path.relative_to(ZOO)) for path in ZOO.rglob("*") if path.is_file())


@needs_shared
@pytest.mark.parametrize("name", ANIMALS)
def test_the_whole_zoo_is_decoded_or_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    into = tmp_path / "decoded.wav"
    if name in REFUSED:
        with pytest.raises((AudioUndecodable, NoSpeech), match=REFUSED[name]):
            audio.decode(ZOO / name, into, audio.Limits(), silent)
        return
    recording = audio.decode(ZOO / name, into, audio.Limits(), silent)
    assert recording.duration_ms >= 100
    assert Waveform(into).duration_ms == recording.duration_ms
    if name.startswith("aeneas/p001"):
        assert recording.duration_ms == pytest.approx(8995, abs=50), "one text, in eight containers"
