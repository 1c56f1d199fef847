"""Weights of the correction model, in log-odds per unit of `correct.features`. Written by `make fit`; see decision 42."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "constant": -6.71,
    "margin": 0.5,
    "margin_beyond": 0.4,
    "no_margin": -1.0,
    "phonetic": 10.51,
    "spelling": 0.0,
    "short": -0.52,
    "joins": 2.89,
    "in_document": 2.64,
    "in_metadata": 1.52,
    "in_glossary": 3.25,
    "prior": 0.8,
    "heard_as_known": 3.38,
    "heard_is_candidate": 4.07,
    "heard_is_ordinary": -0.29,
    "heard_like_after": 1.75,
    "heard_like_before": 0.0,
    "confirmed": -1.72,
    "unknown_before": 0.76,
    "in_field": 2.27,
    "homophone_in_field": 3.38,
    "common_before": -0.47,
}
