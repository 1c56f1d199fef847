"""A show's glossary: what it learns from decisions, what it lends to a job, and its REST face."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from service import artifacts
from service.api.deps import Parts
from service.domain.document import Kind
from service.domain.glossary import MOST_TERMS, Entry, Glossary, accepted, is_left_alone, joined, rejected
from service.domain.options import LeftAlone, Options, Term
from service.domain.render import render
from service.errors import GlossaryFull, InvalidOptions, NotFound
from service.glossaries import Lesson
from service.jobs import options_of
from tests.support.sample import sample
from tests.unit.test_api import finish, problem, submit
from workers.cli import app as command

SHOW = "/v1/glossaries/paris-startups"


class TestLearning:
    def test_an_accepted_correction_is_a_term_with_what_was_heard_for_it(self) -> None:
        glossary = accepted(accepted(Glossary(), "Minutel's", "Minitel's"), "Mini-tell", "Minitel")
        assert glossary.terms == (Entry("Minitel", ("Minutel", "Mini-tell"), learned=True),)

    def test_a_rejected_one_is_left_alone_and_no_longer_learned_from(self) -> None:
        glossary = rejected(accepted(Glossary(), "Julian,", "Julien,"), "Julian", "Julien")
        assert glossary == Glossary(leave_alone=(LeftAlone("Julian", "Julien"),))
        assert rejected(glossary, "Julian.", "Julien.") == glossary

    def test_a_rejection_takes_no_term_that_somebody_put_there(self) -> None:
        glossary = accepted(Glossary((Entry("Julien"),)), "Julian", "Julien")
        assert rejected(glossary, "Julian", "Julien").terms == (Entry("Julien"),)

    def test_who_changes_his_mind_is_believed(self) -> None:
        glossary = accepted(rejected(Glossary(), "Quen", "Qwen"), "Quen", "Qwen")
        assert glossary == Glossary((Entry("Qwen", ("Quen",), learned=True),))

    def test_a_full_one_says_so(self) -> None:
        full = Glossary(tuple(Entry(f"term {n}") for n in range(MOST_TERMS)))
        with pytest.raises(GlossaryFull, match="remove some first"):
            accepted(full, "Quen", "Qwen")
        assert accepted(full, "turm 1", "term 1").term("term 1") == Entry("term 1", ("turm 1",))


def test_a_job_has_its_own_terms_and_the_shows() -> None:
    own = Options(glossary=(Term("Minitel", ("Minutel",)), Term("Qwen")))
    glossary = Glossary((Entry("Minitel", ("Mini-tell",)), Entry("Moodstocks")), (LeftAlone("Julian", "Julien"),))
    both = joined(own, glossary)
    assert both.glossary == (Term("Minitel", ("Minutel", "Mini-tell")), Term("Qwen"), Term("Moodstocks"))
    assert both.leave_alone == (LeftAlone("Julian", "Julien"),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Julian", "Julien", True),
        ("julian", "julien", True),
        ("“Julian’s", "“Julien’s", True),
        ("said Julian then", "said Julien then", True),
        ("Julian", "Juliette", False),
        ("Julien", "Julian", False),
        ("Julian and Julian", "Julien and Julien", False),
    ],
)
def test_what_was_rejected_is_known_again(before: str, after: str, expected: bool) -> None:
    assert is_left_alone([LeftAlone("Julian", "Julien")])(before, after) is expected


class TestOverRest:
    def test_it_is_put_looked_at_added_to_and_taken_from(self, api: TestClient) -> None:
        problem(api.get(SHOW), 404, "not_found")
        put = api.put(SHOW, json={"terms": ["Qwen", {"text": "AC/DC"}], "leave_alone": [{"before": "Julian", "after": "Julien"}]})
        assert put.json() == api.get(SHOW).json()
        added = api.patch(SHOW, json={"terms": [{"text": "Qwen", "sounds_like": ["Quen"]}, "Minitel"]}).json()
        assert [term["text"] for term in added["terms"]] == ["Qwen", "AC/DC", "Minitel"]
        assert added["terms"][0] == {"text": "Qwen", "sounds_like": ["Quen"], "learned": False}
        assert len(api.delete(f"{SHOW}/terms/AC/DC").json()["terms"]) == 2
        assert "no term 'AC/DC'" in problem(api.delete(f"{SHOW}/terms/AC/DC"), 404, "not_found")
        pair = {"before": "Julian", "after": "Julien"}
        assert api.delete(f"{SHOW}/leave-alone", params=pair).json()["leave_alone"] == []
        problem(api.delete(f"{SHOW}/leave-alone", params=pair), 404, "not_found")
        assert api.get("/v1/glossaries").json() == [{"show": "paris-startups", "terms": 2, "leave_alone": 0}]
        assert api.delete(SHOW).status_code == 204
        problem(api.delete(SHOW), 404, "not_found")

    @pytest.mark.parametrize("show", [".hidden", "a b", "x" * 101])
    def test_what_cannot_be_a_show_is_refused(self, api: TestClient, show: str) -> None:
        problem(api.put(f"/v1/glossaries/{show}", json={"terms": []}), 422, "invalid_request")
        problem(submit(api, {"show": show}), 422, "invalid_options")

    def test_more_terms_than_a_show_may_have_are_refused(self, api: TestClient) -> None:
        api.put(SHOW, json={"terms": [f"term {n}" for n in range(MOST_TERMS)]})
        problem(api.patch(SHOW, json={"terms": ["one more"]}), 409, "glossary_full")

    def test_a_job_keeps_what_the_glossary_held_when_it_was_submitted(self, api: TestClient, parts: Parts) -> None:
        api.put(SHOW, json={"terms": ["Qwen"], "leave_alone": [{"before": "Julian", "after": "Julien"}]})
        job = submit(api, {"show": "paris-startups", "glossary": ["Minitel"]}).json()
        api.delete(SHOW)
        options = options_of(parts.jobs.get(job["id"]))
        assert [term.text for term in options.glossary] == ["Minitel", "Qwen"]
        assert options.leave_alone == (LeftAlone("Julian", "Julien"),)
        assert job["show"] == options.show == "paris-startups"

    @pytest.mark.parametrize("learn", [True, False])
    def test_decisions_teach_the_show_if_the_job_asks_for_it(self, api: TestClient, parts: Parts, learn: Any) -> None:
        job_id = submit(api, {"show": "paris-startups", "learn": learn}).json()["id"]
        finish(parts, job_id)
        artifacts.write(parts.store, artifacts.place_of("local", f"assemble-{job_id}"), sample())
        decide = f"/v1/jobs/{job_id}/corrections/0"
        assert api.patch(decide, json={"applied": True}).status_code == 200
        assert api.get(SHOW).status_code == (200 if learn else 404)
        if learn:
            assert api.get(SHOW).json()["terms"] == [{"text": "Minitel", "sounds_like": ["Minutel"], "learned": True}]
            api.patch(decide, json={"applied": False})
            held = api.get(SHOW).json()
            assert (held["terms"], held["leave_alone"]) == ([], [{"before": "Minutel", "after": "Minitel"}])

    def test_learning_needs_a_show(self, api: TestClient) -> None:
        assert "learn needs a show" in problem(submit(api, {"learn": True}), 422, "invalid_options")


class TestOnTheCommandLine:
    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path))
        monkeypatch.delenv("EARMARK_URL", raising=False)

    def test_terms_are_added_shown_imported_and_removed(self, tmp_path: Path) -> None:
        (tmp_path / "terms.txt").write_text("Qwen\nMinitel = Minutel, Mini tell  # the network\n")
        assert "2 terms" in run("import", "paris", str(tmp_path / "terms.txt"))
        assert run("add", "paris", "Moodstocks", "--sounds-like", "Mootstocks") == "Moodstocks is in the glossary of paris\n"
        assert run("remove", "paris", "Qwen") == "Qwen is not in the glossary of paris any more\n"
        assert run("show", "paris") == "Minitel = Minutel, Mini tell\nMoodstocks = Mootstocks\n"
        assert json.loads(run("list", "--json")) == [{"show": "paris", "terms": 2, "leave_alone": 0}]

    def test_what_is_not_there_is_said(self) -> None:
        with pytest.raises(NotFound, match="no glossary of a show 'london'"):
            run("show", "london")
        with pytest.raises(InvalidOptions, match="cannot be a show"):
            run("show", "../london")

    def test_an_ordinary_word_that_is_right_in_one_place_is_no_term_of_the_show(self) -> None:
        name = sample().corrections[0]
        word = replace(name, kind=Kind.WORD, before="fairs", after="fares")
        assert Lesson.of("paris", name, accepted=True) == Lesson("paris", "Minutel", "Minitel", accepted=True)
        assert Lesson.of("paris", word, accepted=True) is None
        assert Lesson.of("paris", word, accepted=False) == Lesson("paris", "fairs", "fares", accepted=False)
        assert Lesson.of(None, name, accepted=True) is None

    def test_decisions_on_a_result_teach_the_show(self, tmp_path: Path) -> None:
        result = tmp_path / "result.json"
        result.write_text(render(sample(), "json"))
        for verb, number in (("accept", "1"), ("reject", "0")):
            invoked = CliRunner().invoke(command, ["corrections", verb, str(result), number, "--show", "paris"])
            assert invoked.exit_code == 0, invoked.output
        assert run("show", "paris") == "Qwen = Quen\n# left alone: Minutel -> Minitel\n"
        run("remove", "paris", "Minutel -> Minitel")
        assert run("show", "paris") == "Qwen = Quen\n"


def run(*arguments: str) -> str:
    """What `earmark glossary` prints. Raises what it ends with."""
    invoked = CliRunner().invoke(command, ["glossary", *arguments])
    if invoked.exception:
        raise invoked.exception
    return invoked.stdout
