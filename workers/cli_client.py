"""`earmark submit`, `status`, `fetch`, `cancel`: the service from the command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from workers import cli_options as o
from workers.cli_show import Bars, Delivery, JobFailed, print_json, print_table, write

if TYPE_CHECKING:
    from workers.client import Client

app = typer.Typer()

Url = Annotated[str | None, typer.Option(envvar="EARMARK_URL", help="Where the service is; else where EARMARK_HOST and EARMARK_PORT say.")]
JobId = Annotated[str, typer.Argument(help="The job's id.")]

POLL_SECONDS = 0.5


@app.command()
def submit(  # noqa: PLR0913 - the options of a command
    audio: o.Audio,
    transcript: o.Transcript,
    *,
    output: o.Output = None,
    format: o.Format = None,  # noqa: A002 - the option's name
    glossary: o.Glossary = None,
    title: o.Title = "",
    description: o.Description = "",
    details: o.Details = "",
    language: o.Language = None,
    speakers: o.Speakers = None,
    min_speakers: o.MinSpeakers = None,
    max_speakers: o.MaxSpeakers = None,
    no_diarize: o.NoDiarize = False,
    show: o.Show = "",
    learn: Annotated[bool, typer.Option("--learn", help="Let the show's glossary learn from what is decided on the corrections.")] = False,
    reference: Annotated[str, typer.Option(help="Your own name for the job.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A word by which jobs can be listed; may be given again.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the result and write it; so does --output.")] = False,
    url: Url = None,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
) -> None:
    """Send an episode to the service. Prints the job's id, or with --wait its result."""
    delivery = Delivery(o.format_of(format, output), output, as_json, quiet)
    options = o.wishes(
        glossary=glossary,
        diarize=not no_diarize,
        title=title,
        description=description,
        details=details,
        language=language,
        num_speakers=speakers,
        min_speakers=min_speakers,
        max_speakers=max_speakers,
        show=show,
    )
    labels = {"reference": reference, "tags": tag or [], "learn": learn}
    to_the_end = wait or output is not None
    with _client(url) as client:
        with Bars(quiet=quiet) as bars:
            job = client.submit(audio, transcript, options, labels, lambda done, total: bars.show("upload", done / 1e6, total / 1e6, "MB"))
            bars.done("upload")
            if to_the_end:
                bars.say(f"job {job['id']} (`earmark status` shows it, should you stop waiting)")
                follow(client, job["id"], bars)
        if to_the_end:
            delivery.make(lambda form: client.result(job["id"], form), id=job["id"])
        elif as_json:
            print_json(job)
        else:
            write(job["id"], None)


@app.command()
def status(
    job_id: Annotated[str | None, typer.Argument(help="The job's id; without it, the newest jobs.")] = None,
    *,
    url: Url = None,
    as_json: o.AsJson = False,
) -> None:
    """Show a job, or the newest ones."""
    with _client(url) as client:
        jobs = [client.job(job_id)] if job_id else client.jobs()
    if as_json:
        print_json(jobs[0] if job_id else jobs)
        return
    table = Table("job", "state", "stage", "audio", "file", box=None, pad_edge=False)
    for job in jobs:
        table.add_row(job["id"], job["state"], job["stage"] or "", _how_far(job), job["audio"]["name"])
    print_table(table, "there are no jobs yet")
    for job in jobs if job_id else []:
        for remark in ([job["error"]["message"]] if job["error"] else []) + job["warnings"]:
            Console().print(remark, markup=False, highlight=False)


@app.command()
def fetch(
    job_id: JobId,
    *,
    output: o.Output = None,
    format: o.Format = None,  # noqa: A002 - the option's name
    url: Url = None,
) -> None:
    """Write a job's result."""
    form = o.format_of(format, output)
    with _client(url) as client:
        write(client.result(job_id, form), output)


@app.command()
def cancel(job_id: JobId, *, url: Url = None, as_json: o.AsJson = False) -> None:
    """Stop a job."""
    with _client(url) as client:
        job = client.cancel(job_id)
    print_json(job) if as_json else write(job["state"], None)


def follow(client: Client, job_id: str, bars: Bars) -> None:
    """Show a job until it has succeeded. Raises `JobFailed`."""
    while True:
        job = client.job(job_id)
        for stage in job["stages"]:
            if stage["state"] == "done":
                bars.done(stage["name"])
            elif stage["audio_seconds_total"]:
                bars.show(stage["name"], stage["audio_seconds_done"] or 0, stage["audio_seconds_total"])
        if job["state"] == "succeeded":
            return
        if job["state"] in {"failed", "cancelled"}:
            raise JobFailed(
                f"job {job_id} {job['state']}" + (f": {job['error']['message']} ({job['error']['code']})" if job["error"] else "")
            )
        time.sleep(POLL_SECONDS)


def _client(url: str | None) -> Client:
    from workers.client import Client  # noqa: PLC0415 - other commands do without

    return Client.of(url)


def _how_far(job: Any) -> str:
    done, total = job["progress"]["audio_seconds_done"], job["progress"]["audio_seconds_total"]
    return f"{done or 0:,.0f}/{total:,.0f} s" if total else ""
