"""Weights of the correction model, in log-odds per unit of `correct.features`. Written by `make fit`; see decision 42."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "constant": -6.6,
    "margin": 0.5,
    "margin_beyond": 0.38,
    "no_margin": -1.0,
    "phonetic": 10.31,
    "spelling": 0.0,
    "short": -0.67,
    "joins": 2.81,
    "in_document": 2.64,
    "in_metadata": 1.5,
    "in_glossary": 3.26,
    "prior": 0.84,
    "heard_as_known": 3.36,
    "heard_is_candidate": 2.72,
    "heard_phrase": -4.57,
    "heard_is_ordinary": 0.0,
    "heard_like_after": 1.7,
    "heard_like_before": 0.0,
    "confirmed": -1.73,
    "unknown_before": 0.75,
    "in_field": 2.24,
    "homophone_in_field": 3.46,
    "common_before": -0.55,
}
