"""Recordings that are odd on purpose: read as what they are, or refused, within their limits. More of them: test_audio.py."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from service.errors import AudioUndecodable
from tests.support.sound import Container, by_suffix, encode, tone
from tests.unit.test_audio import decoded
from workers import audio

WAV = encode(tone(1.0), by_suffix(".wav"), 16_000)
BODY = WAV.index(b"data") + 8

LIES = {
    "four gigabytes in all": WAV[:4] + b"\xff" * 4 + WAV[8:],
    "four gigabytes of sound": WAV[: BODY - 4] + b"\xff" * 4 + WAV[BODY:],
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES)
def test_a_header_that_promises_more_than_there_is_costs_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e.wav").write_bytes(content)
    assert decoded(tmp_path / "e.wav", audio.Limits(max_seconds=5))[0].duration_ms == pytest.approx(1000, abs=60)


def test_a_wave_with_long_sizes_is_read(tmp_path: Path) -> None:
    sizes = struct.pack("<QQQI", len(WAV) + 28, len(WAV) - BODY, 16_000, 0)
    long = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", 28) + sizes + WAV[12 : BODY - 4] + b"\xff" * 4 + WAV[BODY:]
    (tmp_path / "e.wav").write_bytes(long)
    assert decoded(tmp_path / "e.wav")[0].duration_ms == pytest.approx(1000, abs=60)


def test_thirty_two_channels_of_192_khz_are_mixed(tmp_path: Path) -> None:
    sound = np.repeat(tone(0.3, 192_000), 32, axis=0)
    (tmp_path / "e.wav").write_bytes(encode(sound, Container("wav", "pcm_s16le", "s16", ".wav"), 192_000))
    assert decoded(tmp_path / "e.wav")[0].duration_ms == pytest.approx(300, abs=20)


def test_fifty_megabytes_of_tags_are_passed_over(tmp_path: Path) -> None:
    size = 50 * 1024**2
    head = b"ID3\x03\0\0" + bytes((size >> shift) & 127 for shift in (21, 14, 7, 0))
    (tmp_path / "e.mp3").write_bytes(head + bytes(size) + encode(tone(2.0, 44_100), by_suffix(".mp3"), 44_100))
    assert decoded(tmp_path / "e.mp3")[0].duration_ms == pytest.approx(2000, abs=100)


def test_pictures_alone_are_no_recording(tmp_path: Path) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as media:
        stream = media.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        media.mux([packet for part in (frame, None) for packet in stream.encode(part)])
    (tmp_path / "e.mp4").write_bytes(out.getvalue())
    with pytest.raises(AudioUndecodable, match="without sound"):
        decoded(tmp_path / "e.mp4")


@pytest.mark.parametrize(
    "address",
    ["data:audio/wav;base64,UklGRg==", "subfile,,start,0,end,9,,:{secret}", "crypto:{secret}", "file:{secret}", "http://127.0.0.1:1/e.mp3"],
)
def test_a_playlist_leads_nowhere_by_any_protocol(tmp_path: Path, address: str) -> None:
    (tmp_path / "secret.wav").write_bytes(WAV)
    (tmp_path / "e.mp3").write_text(f"#EXTM3U\n#EXTINF:1,\n{address.format(secret=tmp_path / 'secret.wav')}\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioUndecodable, match="holds no sound itself"):
        decoded(tmp_path / "e.mp3")


def test_a_name_that_looks_like_an_option_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "-i.wav").write_bytes(WAV)
    assert decoded(tmp_path / "-i.wav")[0].duration_ms == pytest.approx(1000, abs=60)


def test_a_protected_recording_is_refused(tmp_path: Path) -> None:
    """To a decoder without the key the sound of a bought file is noise."""
    whole = encode(tone(1.0, 44_100), by_suffix(".m4a"), 44_100).replace(b"mp4a", b"drms")
    begin = whole.index(b"mdat") + 4
    size = int.from_bytes(whole[begin - 8 : begin - 4]) - 8
    noise = np.random.default_rng(7).bytes(size)
    (tmp_path / "e.m4a").write_bytes(whole[:begin] + noise + whole[begin + size :])
    with pytest.raises(AudioUndecodable):
        decoded(tmp_path / "e.m4a")
