"""The front-end build: one style sheet, one script, htmx, one icon sprite, one pictogram sprite, images.

`python -m marketplace.core.assets` writes them to `static/dist/` under names that carry a hash of their
content, with `manifest.json` beside them (name, file, integrity, bytes, bytes when gzipped). It needs
`node_modules` (npm ci). How pages use what was built is in `asset_pages`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Bootstrap gives the reset and the grid; forms, buttons and the rest are our own components.
BOOTSTRAP_PARTS = ("bootstrap-reboot.min.css", "bootstrap-grid.min.css")
#: The keys of a list box under an input; an ES module whose class `Combobox` the search boxes use.
COMBOBOX = "@github/combobox-nav/dist/index.js"
#: Order of our own sheets; components come between layout and utilities, by name.
SHEETS_BEFORE = ("tokens.css", "base.css", "layout.css")
SHEETS_AFTER = ("utilities.css", "print.css")

ICON_CALL = re.compile(r"""(?<![\w-])icon\s*(?:\(|=)\s*["']([a-z0-9-]+)["']""")
SVG_OUTER = re.compile(r"<svg\b([^>]*)>(.*)</svg>", re.DOTALL)
VIEW_BOX = re.compile(r'viewBox="([^"]+)"')

#: Files of these kinds are also kept gzipped, for browsers that take them so.
PACKED = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class BuildStopped(Exception):
    """The build cannot go on; the message says which file or name is missing."""


@dataclass(frozen=True)
class Places:
    """Where the build reads and writes; tests point it at a folder of their own."""

    root: Path = ROOT

    @property
    def css(self) -> Path:
        return self.root / "static" / "css"

    @property
    def js(self) -> Path:
        return self.root / "static" / "js"

    @property
    def images(self) -> Path:
        return self.root / "static" / "images"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def packages(self) -> Path:
        return self.root / "node_modules"

    @property
    def dist(self) -> Path:
        return self.root / "static" / "dist"

    @property
    def manifest(self) -> Path:
        return self.dist / "manifest.json"


def build(places: Places | None = None) -> dict:
    """Write all assets to `static/dist/` and return the manifest.

    Raises:
        BuildStopped: a package is not installed, or a template names an icon that has no file.
    """
    places = places or Places()
    icons = icon_names(places.templates)
    contents: dict[str, bytes] = {
        "app.css": bundle_css(places).encode(),
        "app.js": bundle_js(places).encode(),
        "htmx.js": _without_source_map(_package_file(places, "htmx.org/dist/htmx.min.js")).encode(),
        "icons.svg": icon_sprite(places, icons).encode(),
        "pictograms.svg": pictogram_sprite(places).encode(),
    }
    for path in sorted(places.images.rglob("*")):
        if path.is_file() and path.suffix in {".svg", ".png", ".ico", ".webp"}:
            contents[f"images/{path.relative_to(places.images).as_posix()}"] = path.read_bytes()
    places.dist.mkdir(parents=True, exist_ok=True)
    manifest = {
        "files": {name: _write(places.dist, name, content) for name, content in contents.items()},
        "icons": sorted(icons),
        "pictograms": pictogram_codes(places),
    }
    draft = places.manifest.with_suffix(".draft")
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(places.manifest)
    _remove_old(places, manifest)
    return manifest


def bundle_css(places: Places) -> str:
    """Bootstrap's reset and grid, then our sheets in their fixed order, without comments."""
    packaged = [_package_file(places, f"bootstrap/dist/css/{name}") for name in BOOTSTRAP_PARTS]
    parts = [_without_source_map(text) for text in packaged]
    own = [places.css / name for name in SHEETS_BEFORE]
    own += sorted((places.css / "components").glob("*.css"))
    own += [places.css / name for name in SHEETS_AFTER]
    parts += [squeeze_css(path.read_text(encoding="utf-8")) for path in own if path.exists()]
    return "\n".join(parts) + "\n"


def bundle_js(places: Places) -> str:
    """One module: the package that a script of ours uses by its class, then all of `static/js` by name, each closed."""
    parts = [_without_source_map(_package_file(places, COMBOBOX))]
    parts += [path.read_text(encoding="utf-8").strip() for path in sorted(places.js.glob("*.js"))]
    return "\n".join(parts) + "\n"


def squeeze_css(text: str) -> str:
    """CSS without comments and needless white space; strings stay as they are."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};])\s*", r"\1", text)
    return text.replace(";}", "}").strip()


def icon_names(templates: Path) -> set[str]:
    """Names in `icon("name")` calls and `icon="name"` arguments of all templates."""
    names: set[str] = set()
    for path in templates.rglob("*.html"):
        names.update(ICON_CALL.findall(path.read_text(encoding="utf-8")))
    return names


def icon_sprite(places: Places, names: Iterable[str]) -> str:
    """One SVG with a symbol for each icon.

    Raises:
        BuildStopped: bootstrap-icons has no such icon.
    """
    folder = places.packages / "bootstrap-icons" / "icons"
    if not folder.is_dir():
        raise BuildStopped("bootstrap-icons is not installed: run npm ci first.")
    symbols = []
    for name in sorted(names):
        path = folder / f"{name}.svg"
        if not path.exists():
            raise BuildStopped(f"A template uses the icon “{name}”, which bootstrap-icons does not have.")
        symbols.append(_symbol(name, path.read_text(encoding="utf-8")))
    return _sprite(symbols)


def pictogram_codes(places: Places) -> list[str]:
    """Category codes that have a pictogram of their own."""
    return sorted(path.stem for path in (places.images / "pictograms").glob("*.svg"))


def pictogram_sprite(places: Places) -> str:
    """One SVG with a symbol for each pictogram, so that a shelf of cards needs one file."""
    folder = places.images / "pictograms"
    files = [folder / f"{code}.svg" for code in pictogram_codes(places)]
    return _sprite(_symbol(file.stem, file.read_text(encoding="utf-8")) for file in files)


def nearest_pictogram(code: str | None, codes: Iterable[str]) -> str | None:
    """The code itself or its closest ancestor that has a pictogram: J0101, then J01, then J."""
    known = set(codes)
    for length in (5, 3, 1):
        if code and code[:length] in known:
            return code[:length]
    return None


def is_stale(places: Places) -> bool:
    """True when a source file is newer than the manifest, or nothing was built yet."""
    if not places.manifest.exists():
        return True
    built = places.manifest.stat().st_mtime
    sources = (places.css, places.js, places.images, places.templates)
    return any(path.stat().st_mtime > built for folder in sources for path in folder.rglob("*.*"))


def _package_file(places: Places, path: str) -> str:
    file = places.packages / path
    if not file.exists():
        raise BuildStopped(f"{path} is not installed: run npm ci first.")
    return file.read_text(encoding="utf-8").strip()


def _without_source_map(text: str) -> str:
    return re.sub(r"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$", "", text)


def _symbol(name: str, svg: str) -> str:
    outer = SVG_OUTER.search(svg)
    view_box = VIEW_BOX.search(svg)
    if not outer or not view_box:
        raise BuildStopped(f"{name}.svg is no drawing with a viewBox.")
    return f'<symbol id="{name}" viewBox="{view_box.group(1)}">{" ".join(outer.group(2).split())}</symbol>'


def _sprite(symbols: Iterable[str]) -> str:
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def _write(dist: Path, name: str, content: bytes) -> dict:
    digest = hashlib.sha384(content).digest()
    stem, _, suffix = name.rpartition(".")
    file = f"{stem}.{digest.hex()[:10]}.{suffix}"
    target = dist / file
    target.parent.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(content, 9, mtime=0)
    if not target.exists():
        target.write_bytes(content)
    if suffix in PACKED:
        target.with_name(target.name + ".gz").write_bytes(packed)
    return {
        "file": file,
        "integrity": "sha384-" + base64.b64encode(digest).decode(),
        "bytes": len(content),
        "gzip": len(packed),
    }


def _remove_old(places: Places, manifest: dict) -> None:
    names = {entry["file"] for entry in manifest["files"].values()}
    current = {places.dist / name for name in names | {f"{name}.gz" for name in names}} | {places.manifest}
    for path in places.dist.rglob("*"):
        if path.is_file() and path not in current:
            path.unlink(missing_ok=True)


def main() -> int:
    """Build and say what came out; 1 when something is missing."""
    try:
        manifest = build()
    except BuildStopped as stop:
        print(stop, file=sys.stderr)
        return 1
    first_view = sum(manifest["files"][name]["gzip"] for name in ("app.css", "app.js", "htmx.js"))
    print(f"{len(manifest['files'])} files in static/dist, first view {first_view / 1000:.1f} kB gzipped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
