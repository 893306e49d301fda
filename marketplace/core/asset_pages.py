"""How pages use the built assets: addresses, icons and pictograms for templates, and the files themselves."""

import json
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from markupsafe import Markup
from werkzeug.utils import safe_join

from marketplace.core.assets import PACKED, Places, build, is_stale, nearest_pictogram

DRAWING = Markup('<svg class="{}" {} focusable="false"><use href="{}#{}"></use></svg>')
SPOKEN = Markup('role="img" aria-label="{}"')
SILENT = Markup('aria-hidden="true"')
MOST_DRAWINGS = 2000
"""Icons and pictograms that are at hand as markup; a label may hold a name, so there can be many."""
YEAR = 31536000
FOR_EVER = f"public, max-age={YEAR}, immutable"


class Assets:
    """Answers templates from the manifest; in debug mode builds anew when a source changed."""

    def __init__(self, places: Places, static_url: str, *, rebuilds: bool) -> None:
        self.places = places
        self.static_url = static_url.rstrip("/")
        self.rebuilds = rebuilds
        self._manifest: dict | None = None
        self._read_at = 0.0
        self._drawings: dict[tuple[object, ...], Markup] = {}

    @property
    def manifest(self) -> dict:
        if self._manifest is not None and not self.rebuilds:
            return self._manifest
        if self.rebuilds and is_stale(self.places):
            build(self.places)
        written = self.places.manifest.stat().st_mtime if self.places.manifest.exists() else 0.0
        if self._manifest is None or (self.rebuilds and written != self._read_at):
            if not written:
                return {"files": {}}
            self._read_at = written
            self._manifest = json.loads(self.places.manifest.read_text(encoding="utf-8"))
            self._drawings.clear()
        return self._manifest

    def url(self, name: str) -> str:
        """Address of a built file, e.g. `asset_url("app.css")` or `asset_url("images/logo.svg")`."""
        entry = self.manifest["files"].get(name)
        return f"{self.static_url}/dist/{entry['file'] if entry else name}"

    def integrity(self, name: str) -> str:
        """The subresource integrity of a built file; empty when nothing was built yet."""
        entry = self.manifest["files"].get(name)
        return entry["integrity"] if entry else ""

    def icon(self, name: str, label: str | None = None, extra: str = "") -> Markup:
        """An icon of the sprite: silent beside words, or with a `label` where it stands alone."""
        return self._use("icons.svg", name, f"icon {extra}".strip(), label)

    def pictogram(self, code: str | None, extra: str = "") -> Markup:
        """The drawing of a category (or its closest ancestor's); nothing when there is none."""
        nearest = nearest_pictogram(code, self.manifest.get("pictograms", ()))
        if nearest is None:
            return Markup("")
        return self._use("pictograms.svg", nearest, f"pictogram {extra}".strip(), None)

    def _use(self, sprite: str, name: str, classes: str, label: str | None) -> Markup:
        url, known = self.url(sprite), (sprite, name, classes, label, type(label))
        if known not in self._drawings:
            spoken = SPOKEN.format(label) if label else SILENT
            if len(self._drawings) >= MOST_DRAWINGS:
                self._drawings.clear()
            self._drawings[known] = DRAWING.format(classes, spoken, url, name)
        return self._drawings[known]


class Server:
    """Serves `static/dist/` gzipped where the browser takes it; kept for a year, as names follow content."""

    def __init__(self, dist: Path, static_url: str) -> None:
        self.dist = dist
        self.prefix = f"{static_url.rstrip('/')}/dist/"

    def packed(self) -> Response | None:
        """Before a request: the gzipped twin of a built file, or None to go on as usual."""
        suffix = request.path.rpartition(".")[2]
        wanted = request.method in ("GET", "HEAD") and "gzip" in request.accept_encodings
        if not wanted or not request.path.startswith(self.prefix) or suffix not in PACKED:
            return None
        name = f"{request.path.removeprefix(self.prefix)}.gz"
        file = safe_join(str(self.dist), name)
        if file is None or not Path(file).is_file():
            return None
        response = send_from_directory(self.dist, name, mimetype=PACKED[suffix], max_age=YEAR)
        response.headers["Content-Encoding"] = "gzip"
        return response

    def keep(self, response: Response) -> Response:
        """After a request: how long a built file may be kept."""
        if request.path.startswith(self.prefix) and response.status_code in (200, 304):
            response.headers["Cache-Control"] = FOR_EVER
            response.vary.add("Accept-Encoding")
        return response


def init_app(app: Flask) -> None:
    """Register the template globals and the way `static/dist/` is served."""
    places, static_url = Places(), app.static_url_path or "/static"
    assets = Assets(places, static_url, rebuilds=bool(app.debug))
    app.extensions["assets"] = assets
    app.jinja_env.globals.update(
        asset_url=assets.url, asset_integrity=assets.integrity, icon=assets.icon, pictogram=assets.pictogram
    )
    server = Server(places.dist, static_url)
    app.before_request(server.packed)
    app.after_request(server.keep)
