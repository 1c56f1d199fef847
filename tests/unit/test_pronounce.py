"""How tokens are said."""

import numpy as np
import pytest

from models.pronounce import LETTERS, Network, Phones, pronunciations


def known(word: str) -> tuple[Phones, ...]:
    """A dictionary in which every word has two pronunciations."""
    return (tuple(word.upper()), (*word.upper(), "AH"))


def test_capitals_are_spelled() -> None:
    assert pronunciations("GPT", known) == ((*LETTERS["g"], *LETTERS["p"], *LETTERS["t"]),)


def test_long_capitals_may_also_be_said() -> None:
    assert tuple("NASA") in pronunciations("NASA", known)


def test_every_part_of_a_token_is_said_in_every_way() -> None:
    assert pronunciations("pie-torch", known)[0] == tuple("PIETORCH")
    assert len(pronunciations("pie-torch", known)) == 4


@pytest.mark.parametrize("token", ["—", "…", "♪"])
def test_a_token_that_says_nothing_has_no_pronunciation(token: str) -> None:
    assert pronunciations(token, known) == ()


def test_the_network_stops_by_itself_even_with_weights_that_never_end(tmp_path: object) -> None:
    rng = np.random.default_rng(0)
    shapes = {"enc_emb": (29, 4), "dec_emb": (74, 4), "fc_w": (74, 8), "fc_b": (74,)}
    for side in ("enc", "dec"):
        shapes |= {f"{side}_w_ih": (24, 4), f"{side}_w_hh": (24, 8), f"{side}_b_ih": (24,), f"{side}_b_hh": (24,)}
    weights = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    weights["fc_b"][3] = -100.0
    path = f"{tmp_path}/network.npz"
    np.savez(path, **weights)  # type: ignore[arg-type]
    assert len(Network(path).phones("minitel")) == 24  # type: ignore[arg-type]
