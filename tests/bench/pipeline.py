"""The whole pipeline on whole episodes, as a user runs it: cost of each stage, peak memory, and the score against the truth.

    python -m tests.bench.pipeline [--service | --stages] [--again] [--stock] [--episodes FOLDER] [NAME ...]
    python -m tests.bench.pipeline --lengths MINUTES [MINUTES ...] [--no-diarize] --episodes FOLDER
    python -m tests.bench.pipeline [--episodes FOLDER] [NAME ...] --workers COUNT [COUNT ...]

For every NAME there are FOLDER/NAME.mp3, NAME.transcript.txt or .md, NAME.truth.json and NAME.rttm; `earmark align` runs on it in a
process of its own, or, with --service, a whole service of its own is started and is sent it by REST. The resident memory of every
process is sampled. Prints one Markdown table row per episode, then one with its processor time, and leaves the results in out/bench.

`earmark align` does some stages side by side, so that only their times are told; --stages runs one after the other, to tell what each
costs. --again runs each episode twice more, with a word and with a name of its transcript changed: in processes of their own, or with
--service as more jobs for a worker that has done the first. --stock runs faster-whisper and pyannote's own pipeline on the same recording.
--lengths takes recordings that are joined from the folder's, and lays a straight line through what they cost: the same length several
times shows how steady the machine was. --workers tells how much sooner a service with so many workers of one thread each is done
(`tests.bench.sharing`).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.domain.options import Options
from service.settings import Settings
from tests.bench import sharing, stock
from tests.bench.costs import Costs, Stage
from tests.bench.lengths import Line, joined
from tests.support.shared import SHARED
from workers.cli_client import follow
from workers.cli_show import Bars
from workers.client import Client
from workers.up import Deployment

OUT = Path("out/bench")

PATIENCE_SECONDS = 2 * 3600
"""For one episode; three hours of sound take twenty-five minutes on a quiet machine."""

Way = Callable[[Path, Path, Path], None]
"""How an episode is run: its recording, its transcript, and where the result goes."""


def by_command(audio: Path, transcript: Path, result: Path, options: tuple[str, ...] = ()) -> None:
    """Raises CalledProcessError if it fails, TimeoutExpired if it does not end."""
    command = [sys.executable, "-m", "workers", "align", str(audio), str(transcript), "-o", str(result), "--quiet", *options]
    subprocess.run(command, check=True, timeout=PATIENCE_SECONDS)


def in_order(audio: Path, transcript: Path, result: Path) -> None:
    """Raises CalledProcessError if it fails, TimeoutExpired if it does not end."""
    command = [sys.executable, "-m", "tests.bench.in_order", str(audio), str(transcript), str(result)]
    subprocess.run(command, check=True, timeout=PATIENCE_SECONDS)


@contextmanager
def serving() -> Iterator[Way]:
    """A way that sends episodes to an API, a worker, a broker and a database of their own, one after the other. It raises `JobFailed`."""
    with (
        TemporaryDirectory() as folder,
        Deployment(Settings(data_dir=Path(folder), host="127.0.0.1", port=0)) as service,
        Client(service.url) as client,
    ):

        def served(audio: Path, transcript: Path, result: Path) -> None:
            job_id = client.submit(audio, transcript, Options())["id"]
            with Bars(quiet=True) as bars:
                follow(client, job_id, bars)
            result.write_text(client.result(job_id, "json"), encoding="utf-8")

        yield served


@contextmanager
def keeping() -> Iterator[Way]:
    """`earmark align` with a folder to keep in what it found out."""
    with TemporaryDirectory() as folder:
        yield partial(by_command, options=("--keep", folder))


def by_service(audio: Path, transcript: Path, result: Path) -> None:
    """A service for this one episode: what it takes to start is in it."""
    with serving() as way:
        way(audio, transcript, result)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run took and gave. `seconds` is the recording's length, `stages` what is known of each; `score` is empty where it was not
    scored.
    """

    name: str
    recording: Path
    result: Path
    seconds: float
    costs: Costs
    stages: list[Stage]
    score: dict[str, Any] = field(default_factory=dict)


def measured(name: str, recording: Path, transcript: Path, way: Way) -> Figures:
    """Run one episode."""
    OUT.mkdir(parents=True, exist_ok=True)
    result = OUT / f"{name}.json"
    with Costs() as costs:
        way(recording, transcript, result)
    document = json.loads(result.read_text(encoding="utf-8"))
    took = document["stats"]["seconds_by_stage"]
    stages = costs.stages(took) if way is in_order else [Stage(stage, wall) for stage, wall in took.items()]
    return Figures(name, recording, result, document["audio"]["duration"], costs, stages)


def run(folder: Path, name: str, way: Way) -> Figures:
    """Run one episode and score it."""
    figures = measured(name, folder / f"{name}.mp3", transcript_of(folder, name), way)
    return replace(figures, score=scored(folder, name, figures.result))


def transcript_of(folder: Path, name: str) -> Path:
    return next(path for path in sorted(folder.glob(f"{name}.transcript.*")))


def again(folder: Path, name: str, remembering: Callable[[], AbstractContextManager[Way]]) -> Iterator[Figures]:
    """A first run of something that remembers, and one more for each way of editing the transcript, with its share of the first."""
    recording, written = folder / f"{name}.mp3", transcript_of(folder, name)
    with TemporaryDirectory() as scratch, remembering() as way:
        first = measured(f"{name}, first", recording, written, way)
        yield replace(first, score=scored(folder, name, first.result))
        for told, edit in EDITS.items():
            edited = Path(scratch) / written.name
            edited.write_text(edit(written.read_text(encoding="utf-8")), encoding="utf-8")
            once_more = measured(f"{name}, {told}", recording, edited, way)
            yield replace(once_more, name=f"{once_more.name}: {100 * once_more.costs.wall / first.costs.wall:.1f} % of the first")


def with_another_word(text: str) -> str:
    """The text with "indeed" in the place of the last but one word of the longest line in its second half, where all is talk.

    >>> with_another_word("It is so, my friend.")
    'It is so, indeed friend.'
    """
    lines = text.split("\n")
    longest = max(lines[len(lines) // 2 :], key=len)
    *words, _, last = longest.split(" ")
    return text.replace(longest, " ".join([*words, "indeed", last]), 1)


def with_a_name_misspelt(text: str) -> str:
    """The text without the last letter but one of its most frequent name, in the middle one of the places where it follows a word in small
    letters.

    >>> with_a_name_misspelt("In Paris. We saw Paris, liked Paris, and left Paris for Rome.")
    'In Paris. We saw Paris, liked Pars, and left Paris for Rome.'
    """
    found = list(_NAME.finditer(text))
    ((name, times),) = Counter(match[1] for match in found).most_common(1)
    end = [match.end() for match in found if match[1] == name][times // 2]
    return text[: end - 2] + text[end - 1 :]


_NAME = re.compile(r"\b[a-z]+,? ([A-Z][a-z]{3,})\b")

EDITS = {"one word edited": with_another_word, "one name misspelt": with_a_name_misspelt}


def scored(folder: Path, name: str, result: Path) -> dict[str, Any]:
    """What the shared scorer says of a result, or nothing where it is not at hand."""
    scorer = SHARED / "bench" / "score.py"
    if not scorer.is_file():
        return {}
    extra = [part for path in sorted(folder.glob(f"{name}.doubtful.tsv")) for part in ("--neutral", str(path))]
    said = subprocess.run(
        [sys.executable, str(scorer), "episode", str(result), str(folder / f"{name}.truth.json"), *extra],
        check=True,
        capture_output=True,
        text=True,
    )
    turns = subprocess.run(
        [sys.executable, str(scorer), "speakers", str(result), str(folder / f"{name}.rttm")], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found | {"der": json.loads(turns.stdout)["diarization error rate"]}


def row(figures: Figures) -> str:
    """One row of the table in docs/benchmarks.md."""
    score, length, costs = figures.score, figures.seconds, figures.costs
    cells = [
        figures.name,
        f"{length / 60:.1f} min",
        f"{costs.wall:.0f} s",
        f"{costs.wall / length:.3f}",
        f"{costs.highest / 1e6:.0f} MB",
    ]
    if score:
        fixed = score["corrections"]
        cells += [
            str(score["supplied_tokens_lost_or_changed"]),
            f"{fixed['right']} / {fixed['wrong']} / {fixed['missed']} / {fixed['false']}",
            f"{100 * score['word_error_rate']['supplied']:.2f} → {100 * score['word_error_rate']['ours']:.2f} %",
            f"{score['onset']['mae_ms']} / {score['offset']['mae_ms']} ms",
            f"{100 * score['speakers']['word_diarization_error']:.1f} %",
            f"{100 * score['der']:.1f} %",
        ]
    return "| " + " | ".join(cells) + " |"


HEADER = (
    "| episode | length | time | real-time factor | peak memory of any process | tokens lost | corrections right / wrong / missed / false "
    "| word errors | onset / offset error | words to wrong speaker | DER |"
)

STAGES = "| episode | stage | time | processor time | time, x real time | highest memory of any process |"


def titled(header: str) -> str:
    return f"{header}\n|{' --- |' * (header.count(' | ') + 1)}"


def stage_rows(figures: Figures) -> Iterator[str]:
    """A row for each stage that took a tenth of a second, and one for the whole."""
    for stage in figures.stages:
        if stage.wall >= 0.1:
            yield stage_row(figures.name, stage, figures.seconds)
    yield stage_row(figures.name, figures.costs.whole("all"), figures.seconds)


def stage_row(name: str, stage: Stage, seconds: float) -> str:
    cpu = "" if stage.cpu is None else f"{stage.cpu:.1f} s"
    highest = "" if stage.highest is None else f"{stage.highest / 1e6:.0f} MB"
    return f"| {name} | {stage.name} | {stage.wall:.1f} s | {cpu} | {stage.wall / seconds:.3f} | {highest} |"


def main() -> None:
    arguments = _arguments()
    if not arguments.episodes.is_dir():
        raise SystemExit("No episodes: name a folder with --episodes, or set EARMARK_SHARED.")
    if arguments.workers:
        _scaling(arguments)
        return
    print(titled(HEADER), flush=True)
    stages, told = [titled(STAGES)], list[Figures]()
    for figures in _runs(arguments):
        print(row(figures), flush=True)
        told.append(figures)
        stages += stage_rows(figures)
        if arguments.stock:
            stages += [stage_row(figures.name, stage, figures.seconds) for stage in stock.both(figures.recording)]
    print("", *stages, sep="\n")
    if len({figures.seconds for figures in told}) > 1 and arguments.lengths:
        lengths = [figures.seconds for figures in told]
        for what, costs in (("Time", [f.costs.wall for f in told]), ("Processor time", [f.costs.cpu for f in told])):
            print(f"\n{what}: {Line.through(lengths, costs)}.")


def _scaling(arguments: argparse.Namespace) -> None:
    for name in arguments.names:
        recording, transcript = arguments.episodes / f"{name}.mp3", transcript_of(arguments.episodes, name)
        print(f"\n{name}\n")
        for line in sharing.rows([sharing.Trial(recording, transcript, workers) for workers in arguments.workers]):
            print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["seed2", "seed1"])
    parser.add_argument("--episodes", type=Path, default=SHARED / "episodes")
    parser.add_argument("--service", action="store_true", help="send them to a service by REST instead of running earmark align")
    parser.add_argument("--stages", action="store_true", help="one stage after the other, to tell what each costs")
    parser.add_argument("--again", action="store_true", help="each again with a word, and with a name, of the transcript changed")
    parser.add_argument("--stock", action="store_true", help="beside faster-whisper and pyannote's own pipeline, one after the other")
    parser.add_argument("--lengths", type=int, nargs="+", metavar="MINUTES", help="recordings of these lengths, joined from the folder's")
    parser.add_argument("--workers", type=int, nargs="+", metavar="COUNT", help="a service with so many workers of one thread each")
    parser.add_argument("--no-diarize", action="store_true", help="with --lengths: do not tell speakers apart")
    return parser.parse_args()


def _runs(arguments: argparse.Namespace) -> Iterator[Figures]:
    if arguments.lengths:
        yield from _of_lengths(arguments)
        return
    for name in arguments.names:
        if arguments.again:
            yield from again(arguments.episodes, name, serving if arguments.service else keeping)
        else:
            yield run(arguments.episodes, name, _way(arguments))


def _way(arguments: argparse.Namespace) -> Way:
    if arguments.service:
        return by_service
    return in_order if arguments.stages else by_command


def _of_lengths(arguments: argparse.Namespace) -> Iterator[Figures]:
    way = partial(by_command, options=("--no-diarize",) if arguments.no_diarize else ())
    with TemporaryDirectory() as folder:
        for minutes in arguments.lengths:
            yield measured(f"{minutes} min", *joined(arguments.episodes, minutes, Path(folder)), way)


if __name__ == "__main__":
    main()
