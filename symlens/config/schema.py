"""The JSON schema of the configuration, which editors complete and check against."""

from __future__ import annotations

import json
from typing import Any

from symlens.config.root import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """JSON schema of ``Config``.

    Pydantic takes the tag of a tagged block for optional, because it has a default in Python; in
    a file it is required, and without it every kind of block would match.
    """
    found: dict[str, Any] = Config.model_json_schema()
    definitions = found["$defs"]
    for definition in definitions.values():
        for value in definition["properties"].values():
            tag = value.get("discriminator")
            for reference in tag["mapping"].values() if tag else ():
                block = definitions[reference.rpartition("/")[2]]
                block["required"] = sorted({tag["propertyName"], *block.get("required", ())})
    return {"$schema": DIALECT, **found}


def text() -> str:
    """The schema as the text of ``config/schema.json``."""
    return json.dumps(schema(), indent=2) + "\n"
