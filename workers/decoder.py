"""The decoder, in a process of its own: a media file on standard input, its sound on standard output.

Media decoders are where a hostile file does its harm, so `workers.audio` runs this file by its path, imports nothing
of Earmark into it, and gives it neither the file's name nor its extension. Before the first byte is read it gives up
the right to open anything (a playlist cannot reach another file or a socket), to write files, and to more memory and
processor time than it was allotted.

Standard output: one line of JSON (`container`, `codec`, `sample_rate`, `channels`, `streams`, `seconds` announced or
null, `pcm_channels`), then 16-bit little-endian samples at 16 kHz, channels interleaved. Standard error: at the end
one line of JSON, either {"warnings": [...]} or {"error": "..."}.
"""

from __future__ import annotations

import io
import json
import os
import sys
import wave
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

import av

try:
    import resource
except ImportError:  # Windows has no resource limits; the wall clock of `workers.audio` still holds
    resource = None  # type: ignore[assignment]

RATE = 16_000
FORMATS = "aac,aiff,au,caf,flac,matroska,mov,mp3,nistsphere,ogg,w64,wav"
"""FFmpeg's names of the containers accepted, recognised by content. None of them refers to other files."""

CODECS = (
    "aac,aac_latm,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,alac,flac,gsm,gsm_ms,libopus,libvorbis,mp1,mp1float,mp2,mp2float,mp3,mp3float,opus,"
    "pcm_alaw,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,vorbis"
)
"""Decoders that may run. A film's picture is never decoded, not even to look at it."""

GAP_SECONDS = (0.1, 600.0)
"""A jump of the time stamps between these is sound missing from the file; shorter ones are codec delay, longer ones nonsense."""

MANY_SAMPLES = 1 << 15
"""About a second of sound."""

LENIENT = {"metadata_errors": "ignore"} if int(av.__version__.partition(".")[0]) < 19 else {}
"""Tags that are not UTF-8 are no reason to refuse a recording; from version 19 on PyAV takes them as they are."""


class Undecodable(Exception):
    """Nothing can be had from this file; the message says what was found."""


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up the right to open files and sockets, to write files, and to more memory and processor time than this."""
    if resource is None:
        return
    lowest_free = os.dup(0)
    os.close(lowest_free)
    _lower(resource.RLIMIT_NOFILE, lowest_free)
    _lower(resource.RLIMIT_FSIZE, 1 << 20)  # standard error goes to a file; nothing else can
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    with suppress(ValueError):  # macOS knows this limit and refuses to set it
        _lower(resource.RLIMIT_AS, memory_bytes)


def _lower(limit: int, most: int) -> None:
    ceiling = resource.getrlimit(limit)[1]
    value = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
    resource.setrlimit(limit, (value, value))


@dataclass(slots=True)
class Flaw:
    """Something wrong with a file: how often, from where on ("1:23"), and how many seconds of sound it cost."""

    count: int = 0
    first: str = ""
    seconds: float = 0.0

    def met(self, clock: str, seconds: float = 0.0) -> None:
        self.first = self.first or clock
        self.count += 1
        self.seconds += seconds


class Decoder:
    """One pass over the sound of a file; `warnings` are complete once `chunks` is exhausted."""

    def __init__(self, media: IO[bytes]) -> None:
        options = {"format_whitelist": FORMATS, "codec_whitelist": CODECS, "protocol_whitelist": "none"}
        try:
            self.container: Any = av.open(media, "r", options=options, **LENIENT)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise Undecodable("no accepted container was recognised in it") from error
        if not self.container.streams.audio:
            raise Undecodable(f"it is a {self.name} file without sound")
        self.stream: Any = self.container.streams.audio[0]
        if self.stream.codec_context is None or self.stream.codec_context.codec.name not in CODECS.split(","):
            raise Undecodable("its sound is in a codec that is not accepted")
        self._damage, self._gaps, self._end = Flaw(), Flaw(), Flaw()
        self._written = 0
        self._tick = float(self.stream.time_base or 0)
        self._layout: Any = None
        self._resampler: Any = None
        self._source: Any = None
        self._waiting = av.AudioFifo()

    def header(self, first: Any) -> dict[str, object]:
        """The facts on the file, once its first frame is known (containers lie, and some say nothing)."""
        return {
            "container": self.name,
            "codec": self.stream.codec_context.name,
            "sample_rate": first.sample_rate,
            "channels": first.layout.nb_channels,
            "streams": len(self.container.streams.audio),
            "seconds": self.container.duration / 1e6 if self.container.duration else None,
            "pcm_channels": self._layout.nb_channels,
        }

    @property
    def name(self) -> str:
        """FFmpeg's first name for the container: mp3, mov, matroska, ogg, wav, flac, ..."""
        return str(self.container.format.name.split(",")[0])

    def frames(self) -> Iterator[Any]:
        """Every frame that can be decoded, in order; what cannot is counted and passed over."""
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError):
                self._end.met(self.clock)
                return
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self._damage.met(self.clock)

    def chunks(self) -> Iterator[tuple[Any, bytes]]:
        """Decoded frames with the sound, as 16 kHz PCM, that there is more of by then; at last the rest, with the last frame."""
        frame = None
        for frame in self.frames():
            yield frame, self._prepared(frame) + self._silence_before(frame) + self._taken(frame)
        if frame is not None:
            yield frame, self._resampled() + self._flushed()

    @property
    def warnings(self) -> list[str]:
        said, damage, gaps = [], self._damage, self._gaps
        if damage.count:
            said.append(f"The file is damaged, first at {damage.first}; what could not be decoded was left out (places: {damage.count}).")
        if gaps.count:
            said.append(f"{gaps.seconds:.1f} s are missing from the file, first at {gaps.first}; they were filled with silence.")
        if self._end.count:
            said.append(f"The file is corrupt and could not be read beyond {self._end.first}.")
        return said

    @property
    def clock(self) -> str:
        seconds = int(self._seconds)
        return f"{seconds // 60}:{seconds % 60:02d}"

    @property
    def _seconds(self) -> float:
        """How much sound was decoded so far."""
        waiting = self._waiting.samples / self._waiting.sample_rate if self._waiting.samples else 0.0
        return self._written / RATE + waiting

    @property
    def _frame_bytes(self) -> int:
        return 2 * int(self._layout.nb_channels)

    def _prepared(self, frame: Any) -> bytes:
        """Set a resampler for frames like this one: some streams change their rate or layout on the way. The sound that waited for the
        one before, empty for most frames.
        """
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        if source == self._source:
            return b""
        rest = self._resampled()
        self._layout = self._layout or output_layout(frame.layout)
        self._resampler = av.AudioResampler(format="s16", layout=self._layout, rate=RATE)
        self._waiting, self._source = av.AudioFifo(), source
        return rest

    def _silence_before(self, frame: Any) -> bytes:
        """What waited, and silence for what is missing before this frame, so that times stay those of a player. Empty for most."""
        if frame.pts is None:
            return b""
        expected = frame.pts * self._tick - (self.container.start_time or 0) / 1e6
        if not GAP_SECONDS[0] < expected - self._seconds < GAP_SECONDS[1]:
            return b""
        rest = self._resampled()
        missing = expected - self._seconds
        self._gaps.met(self.clock, missing)
        silence = bytes(round(missing * RATE) * self._frame_bytes)
        self._written += len(silence) // self._frame_bytes
        return rest + silence

    def _taken(self, frame: Any) -> bytes:
        """Frames are resampled many at a time: one by one most of the time would go into handling them."""
        frame.pts = None
        self._waiting.write(frame)
        return self._resampled() if self._waiting.samples >= MANY_SAMPLES else b""

    def _resampled(self) -> bytes:
        """What waited, as PCM."""
        frame = self._waiting.read() if self._waiting.samples else None
        return self._pcm(self._resampler.resample(frame)) if frame else b""

    def _flushed(self) -> bytes:
        return self._pcm(self._resampler.resample(None))

    def _pcm(self, parts: list[Any]) -> bytes:
        pcm = b"".join(bytes(part.planes[0])[: part.samples * self._frame_bytes] for part in parts)
        self._written += len(pcm) // self._frame_bytes
        return pcm


def output_layout(layout: Any) -> Any:
    """Mono, stereo and channels without a meaning (one microphone each) stay apart; surround sound is mixed by its own rules."""
    discrete = layout.nb_channels <= 2 or layout.name.endswith("channels")
    return layout if discrete else av.AudioLayout("mono")


def decode(media: IO[bytes], out: IO[bytes]) -> list[str]:
    """Write the header and the sound of `media` to `out`; the warnings that arose. Raises `Undecodable`."""
    decoder = Decoder(media)
    begun = False
    for frame, pcm in decoder.chunks():
        if not begun:
            out.write(json.dumps(decoder.header(frame)).encode() + b"\n")
            begun = True
        out.write(pcm)
    if not begun:
        raise Undecodable(f"its header is that of a {decoder.name} file, but no sound follows that can be decoded")
    return decoder.warnings


def rehearse() -> None:
    """Decode a breath of silence, so that whatever PyAV imports only when needed is imported while files may still be opened."""
    breath = io.BytesIO()
    with wave.open(breath, "wb") as wav:
        wav.setparams((2, 2, 8000, 0, "NONE", ""))
        wav.writeframes(bytes(4 * 800))
    breath.seek(0)
    decode(breath, io.BytesIO())


def main() -> int:
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    av.logging.set_level(av.logging.PANIC)
    media = open(0, "rb", closefd=False)  # noqa: SIM115  standard input, without a name
    out = open(1, "wb", buffering=1 << 18, closefd=False)  # noqa: SIM115
    rehearse()
    confine(memory_bytes, cpu_seconds)
    try:
        verdict: dict[str, object] = {"warnings": decode(media, out)}
        out.flush()
    except Undecodable as error:
        verdict = {"error": str(error)}
    except MemoryError:
        verdict = {"error": "it asks for more memory than a recording needs"}
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more; the interpreter's own flush would only complain
    sys.stderr.write(json.dumps(verdict) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
