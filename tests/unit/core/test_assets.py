"""The front-end build, on a small tree of its own, and how pages ask for what it built."""

import base64
import hashlib
import json
import os

import pytest
from flask import render_template_string

from marketplace.core.asset_pages import Assets
from marketplace.core.assets import (
    BuildStopped,
    Places,
    build,
    icon_names,
    is_stale,
    nearest_pictogram,
    squeeze_css,
)

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 1h14"/></svg>'


@pytest.fixture
def places(tmp_path):
    """A tree with one sheet, one script, one icon, one pictogram and the packages they need."""
    files = {
        "static/css/tokens.css": ":root { --ink: #1d2622; } /* ink */",
        "static/css/components/button.css": ".button {\n  color: var(--ink);\n}\n",
        "static/js/menu.js": "(function () {})();",
        "static/images/logo.svg": DRAWING,
        "static/images/pictograms/J01.svg": DRAWING,
        "templates/page.html": '{{ icon("bell") }} {{ button("Go", icon="list") }}',
        "node_modules/bootstrap/dist/css/bootstrap-reboot.min.css": "body{margin:0}\n/*# sourceMappingURL=a.map */",
        "node_modules/bootstrap/dist/css/bootstrap-grid.min.css": ".row{display:flex}",
        "node_modules/htmx.org/dist/htmx.min.js": "var htmx={};",
        "node_modules/@github/combobox-nav/dist/index.js": "export default class Combobox {}\n",
        "node_modules/bootstrap-icons/icons/bell.svg": DRAWING,
        "node_modules/bootstrap-icons/icons/list.svg": DRAWING,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Places(tmp_path)


class TestBuild:
    def test_names_carry_the_hash_of_the_content(self, places):
        first = build(places)["files"]["app.css"]["file"]
        (places.css / "tokens.css").write_text(":root { --ink: #000; }")
        second = build(places)["files"]["app.css"]["file"]
        assert first != second
        assert not (places.dist / first).exists()
        assert (places.dist / second).exists()

    def test_the_same_content_keeps_its_name(self, places):
        assert build(places) == build(places)

    def test_integrity_is_that_of_the_file(self, places):
        entry = build(places)["files"]["app.js"]
        digest = hashlib.sha384((places.dist / entry["file"]).read_bytes()).digest()
        assert entry["integrity"] == "sha384-" + base64.b64encode(digest).decode()

    def test_the_style_sheet_holds_bootstrap_then_tokens_then_components(self, places):
        sheet = (places.dist / build(places)["files"]["app.css"]["file"]).read_text()
        parts = [sheet.index(words) for words in ("body{margin", ".row{", ":root{", ".button{")]
        assert parts == sorted(parts)
        assert "sourceMappingURL" not in sheet

    def test_the_script_is_one_module_with_the_package_before_what_uses_it(self, places):
        script = (places.dist / build(places)["files"]["app.js"]["file"]).read_text()
        assert script.index("class Combobox") < script.index("(function () {})")

    def test_the_icon_sprite_holds_what_templates_use_and_no_more(self, places):
        (places.packages / "bootstrap-icons/icons/trash.svg").write_text(DRAWING)
        manifest = build(places)
        sprite = (places.dist / manifest["files"]["icons.svg"]["file"]).read_text()
        assert manifest["icons"] == ["bell", "list"]
        assert 'id="bell"' in sprite
        assert "trash" not in sprite

    def test_an_icon_without_a_file_stops_the_build(self, places):
        (places.templates / "page.html").write_text('{{ icon("no-such-icon") }}')
        with pytest.raises(BuildStopped, match="no-such-icon"):
            build(places)

    def test_a_package_that_is_missing_stops_the_build(self, places):
        (places.packages / "htmx.org/dist/htmx.min.js").unlink()
        with pytest.raises(BuildStopped, match="npm ci"):
            build(places)

    def test_a_newer_source_makes_the_build_stale(self, places):
        assert is_stale(places)
        build(places)
        assert not is_stale(places)
        newer = places.manifest.stat().st_mtime + 5
        sheet = places.css / "tokens.css"
        os.utime(sheet, (newer, newer))
        assert is_stale(places)


class TestTemplates:
    def test_an_icon_beside_words_is_silent_and_alone_it_speaks(self, places):
        build(places)
        assets = Assets(places, "/static", rebuilds=False)
        assert 'aria-hidden="true"' in assets.icon("bell")
        assert 'aria-label="Notices &amp; news"' in assets.icon("bell", "Notices & news")

    def test_a_category_takes_the_pictogram_of_its_nearest_ancestor(self, places):
        build(places)
        assets = Assets(places, "/static", rebuilds=False)
        assert "#J01" in assets.pictogram("J0105")
        assert assets.pictogram("Z99") == ""

    def test_before_a_build_pages_still_have_an_address(self, places):
        assets = Assets(places, "/static", rebuilds=False)
        assert assets.url("app.css") == "/static/dist/app.css"
        assert assets.integrity("app.css") == ""

    def test_in_debug_mode_a_change_is_built_at_the_next_question(self, places):
        assets = Assets(places, "/static", rebuilds=True)
        assert assets.url("app.css") != "/static/dist/app.css"
        assert json.loads(places.manifest.read_text())["files"]


class TestServing:
    def test_a_built_file_is_kept_for_a_year_and_sent_gzipped(self, app):
        with app.test_request_context():
            address = render_template_string("{{ asset_url('app.css') }}")
        if address == "/static/dist/app.css":
            pytest.skip("nothing was built here")
        answer = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        plain = app.test_client().get(address)
        assert "Content-Encoding" not in plain.headers


def test_icon_names_are_read_from_calls_and_arguments(tmp_path):
    (tmp_path / "page.html").write_text("""{{ icon('x-lg') }} {{ row(icon = "plus-lg") }} {{ my_icon("no") }}""")
    assert icon_names(tmp_path) == {"x-lg", "plus-lg"}


def test_squeezing_keeps_the_spaces_that_mean_something():
    assert squeeze_css("a  b { width: calc(1px + 2px); }\n/* gone */ c>d{}") == "a b{width: calc(1px + 2px)}c>d{}"


@pytest.mark.parametrize(
    ("code", "nearest"), [("J0101", "J01"), ("J01", "J01"), ("J9", "J"), ("J0999", "J"), (None, None), ("Z", None)]
)
def test_nearest_pictogram(code, nearest):
    assert nearest_pictogram(code, ["J", "J01"]) == nearest
