"""What the templates of all domains stand on: their environment."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

import flask.templating


class Environment(flask.templating.Environment):
    """Flask's, where a template without globals of its own goes by those of the environment themselves.

    Jinja wraps them in a `ChainMap` for each template, and compares its keys one by one at each import of a macro.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals
