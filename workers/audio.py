"""Sound in: any recording a podcast comes as, decoded to mono 16 kHz; and short clips of it out again."""

from __future__ import annotations

import hashlib
import io
import wave
from dataclasses import dataclass, replace
from pathlib import Path

from models.protocols import Report
from models.waveform import SAMPLE_RATE, Waveform
from service.domain.document import Recording
from service.domain.span import Span
from service.errors import AudioTooLong, AudioUndecodable, NoSpeech
from workers import channels
from workers.decoding import ACCEPTED, Decoding, Header, Limits
from workers.sniff import cut_off

__all__ = ["Limits", "clip", "decode"]

SILENT_DBFS = -75.0
"""A recording that never gets louder holds dither and hum, not a voice."""

QUIET_DBFS = -30.0
"""Finished episodes peak above -10 dBFS; below this recognition suffers, and the caller should know."""

GUESSED = {"mp3": 0.1, "aac": 1.0}
"""Containers whose announced length may be no more than file size by bit rate, and how far it is then off (as a share)."""

SLACK_SECONDS = 1.0
"""Codec padding and rounding make announced lengths differ from decoded ones by less than this."""

FADE_MS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """One pass over a recording: what it is, its levels, how much of it there was, and what was odd."""

    header: Header
    meter: channels.Meter
    samples: int
    warnings: tuple[str, ...] = ()


def decode(path: Path, into: Path, limits: Limits, report: Report) -> Recording:
    """Decode a recording into a mono 16 kHz 16-bit WAV at `into`, in bounded memory, and say what it was.

    The format is recognised by content, never by name. A damaged file is decoded as far as it goes, with a warning.
    Raises `AudioUndecodable`, `AudioTooLong`, `NoSpeech` when it is silent, and whatever `report` raises.
    """
    heard = _listen(Decoding(path, limits), into, report)
    if heard.samples < SAMPLE_RATE // 1000:
        container = heard.header.container
        raise AudioUndecodable(f"The recording holds no sound: its {container} header is followed by nothing. Supply it as {ACCEPTED}.")
    if heard.meter.peak_dbfs < SILENT_DBFS and not heard.meter.cancelled:
        raise NoSpeech(f"The recording is silent from beginning to end ({clock(heard.samples)}). Was the right track exported?")
    if len(heard.meter.choice) < heard.header.pcm_channels:
        remark = heard.meter.remark
        heard = _listen(Decoding(path, limits), into, report, heard.meter.choice)
        heard = replace(heard, warnings=(*heard.warnings, remark))
    return _recording(path, heard)


def clip(waveform: Waveform, span: Span) -> bytes:
    """A WAV file of the sound in `span`, faded at both ends so that it does not click."""
    piece = channels.sound(waveform.crop_pcm(span), 1)
    if len(piece) > 2 * FADE_MS:
        piece = piece.fade_in(FADE_MS).fade_out(FADE_MS)
    out = io.BytesIO()
    piece.export(out, format="wav")
    return out.getvalue()


def clock(samples: int) -> str:
    """A number of 16 kHz samples as minutes and seconds.

    >>> clock(75 * 16_000)
    '1:15'
    """
    return f"{samples // SAMPLE_RATE // 60}:{samples // SAMPLE_RATE % 60:02d}"


def _listen(decoding: Decoding, into: Path, report: Report, chosen: tuple[int, ...] | None = None) -> Heard:
    """One pass over the file, the chosen channels (None for all) mixed into the WAV."""
    with decoding, wave.open(str(into), "wb") as wav:
        wav.setparams((1, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
        header, most = decoding.header, decoding.limits.max_seconds
        if header.seconds and header.seconds > most and header.container not in GUESSED:
            raise _too_long(most)
        meter, samples = channels.Meter(header.pcm_channels), 0
        for piece in decoding.pieces():
            mono = channels.mix(piece, chosen or tuple(range(header.pcm_channels)))
            meter.hear(piece, mono)
            samples += int(mono.frame_count())
            if samples > most * SAMPLE_RATE:
                raise _too_long(most)
            wav.writeframesraw(mono.raw_data)
            report(samples * 1000 // SAMPLE_RATE, max(samples * 1000 // SAMPLE_RATE, round((header.seconds or 0) * 1000)))
        return Heard(header, meter, samples, tuple(decoding.warnings(clock(samples))))


def _too_long(most: int) -> AudioTooLong:
    longest = clock(most * SAMPLE_RATE)
    return AudioTooLong(f"The recording is longer than the {longest} accepted here. Cut it, or raise EARMARK_MAX_AUDIO_SECONDS.")


def _recording(path: Path, heard: Heard) -> Recording:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Recording(
        sha256=sha256,
        duration_ms=heard.samples * 1000 // SAMPLE_RATE,
        container={"mov": "mp4"}.get(heard.header.container, heard.header.container),
        sample_rate=heard.header.sample_rate,
        channels=heard.header.channels,
        warnings=(*heard.warnings, *_remarks(path, heard)),
        sides=heard.meter.sides,
    )


def _remarks(path: Path, heard: Heard) -> list[str]:
    """What the caller should know although everything went well."""
    remarks, header = [], heard.header
    seconds = heard.samples / SAMPLE_RATE
    if header.seconds and seconds < header.seconds - SLACK_SECONDS - GUESSED.get(header.container, 0) * header.seconds:
        announced = clock(round(header.seconds * SAMPLE_RATE))
        remarks.append(f"The file announces {announced} but its sound ends at {clock(heard.samples)}: it may be cut off.")
    elif cut_off(path):
        remarks.append(f"The file is incomplete; its sound ends at {clock(heard.samples)}.")
    if header.streams > 1:
        remarks.append(f"The file holds {header.streams} audio tracks; only the first was listened to.")
    if heard.meter.peak_dbfs < QUIET_DBFS:
        remarks.append(f"The recording is very quiet: its loudest moment is {heard.meter.peak_dbfs:.0f} dBFS. Recognition may suffer.")
    return remarks
