"""The OpenAPI description: what FastAPI finds, and what only we know: our errors, and the options inside the form."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from service.api.errors import MEDIA_TYPE, Problem
from service.api.submission import SubmissionIn

REFERENCE = "#/components/schemas/{model}"

PROBLEM_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}

UNUSED = ("HTTPValidationError", "ValidationError")
"""FastAPI's own form of errors, which this API never sends."""


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1, made once."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = described["components"]["schemas"]
        for name in UNUSED:
            schemas.pop(name, None)
        _, ours = models_json_schema([(Problem, "serialization"), (SubmissionIn, "validation")], ref_template=REFERENCE)
        schemas.update(ours["$defs"])
        for path in described["paths"].values():
            for operation in path.values():
                _say_our_errors(operation["responses"])
        app.openapi_schema = described
    return app.openapi_schema


def _say_our_errors(responses: dict[str, Any]) -> None:
    wrong = responses.get("422")
    if wrong and MEDIA_TYPE not in wrong["content"]:
        responses["422"] = {"description": "The request is not valid", "content": PROBLEM_CONTENT}
