"""Weights of the correction model, in log-odds per unit of `correct.features`. Written by `make fit`; see decision 42."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "constant": -6.54,
    "margin": 0.5,
    "margin_beyond": 0.38,
    "no_margin": -1.0,
    "phonetic": 9.83,
    "spelling": 0.03,
    "short": -0.69,
    "joins": 2.81,
    "in_document": 2.63,
    "in_metadata": 1.48,
    "in_glossary": 3.27,
    "prior": 0.81,
    "heard_as_known": 3.36,
    "heard_is_candidate": 2.74,
    "heard_phrase": -4.73,
    "heard_is_ordinary": 0.19,
    "heard_like_after": 1.7,
    "heard_like_before": 0.0,
    "confirmed": -1.74,
    "unknown_before": 0.73,
    "in_field": 2.22,
    "homophone_in_field": 3.61,
    "common_before": -0.6,
}
