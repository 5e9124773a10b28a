"""The JSON schema of the configuration, which editors complete and check against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from symlens.config.root import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """JSON schema of ``Config``: what pydantic makes of it, as strict as the models are."""
    found: dict[str, Any] = Config.model_json_schema()
    _require_tags(found["$defs"])
    _tighten(found)
    return {"$schema": DIALECT, **found}


def text() -> str:
    """The schema as the text of ``config/schema.json``."""
    return json.dumps(schema(), indent=2) + "\n"


def _require_tags(definitions: dict[str, Any]) -> None:
    """Require the tag of a tagged block, without which a block of every kind would match.

    Pydantic takes it for optional, because in Python it has a default.
    """
    for tag in _discriminators(definitions):
        for reference in tag["mapping"].values():
            block = definitions[reference.rpartition("/")[2]]
            block["required"] = sorted({tag["propertyName"], *block.get("required", ())})


def _discriminators(node: Any) -> Iterator[dict[str, Any]]:
    """Every discriminator in a schema, however deep."""
    if isinstance(node, dict):
        if "mapping" in node.get("discriminator", {}):
            yield node["discriminator"]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _discriminators(item)


def _tighten(node: Any) -> None:
    """Refuse names that match no pattern, put descriptions on one line, drop repeated titles."""
    if isinstance(node, list):
        for item in node:
            _tighten(item)
    if not isinstance(node, dict):
        return
    if "patternProperties" in node:
        node["additionalProperties"] = False
    if isinstance(node.get("description"), str):
        node["description"] = " ".join(node["description"].split())
    for key, value in node.items():
        if key == "properties":
            for member in value.values():
                member.pop("title", None)
        _tighten(value)
