"""Doorstep 家门口: where an industrial park's manufacturers and local buyers find each other."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from marketplace.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent


def _secret_key(instance: Path) -> str:
    """The key in `instance/secret_key`, made at the first start and readable by its owner only."""
    file = instance / "secret_key"
    if not file.exists():
        fresh = instance / f".secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), "utf-8")
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        fresh.unlink()
    return file.read_text("utf-8")


def create_app(overrides: Mapping[str, Any] | None = None, instance: Path | None = None) -> Flask:
    """The application: settings, the core, then each domain from left to right.

    `overrides` win over every other source of settings; `instance` is where the site keeps all its data.
    """
    from marketplace import (
        accounts,
        campaigns,
        catalog,
        demo,
        inquiries,
        matching,
        needs,
        notifications,
        pages,
        search,
        words,
    )
    from marketplace.core import (
        asset_pages,
        calendar_days,
        cli,
        db,
        errors,
        files,
        form_keys,
        form_tokens,
        frame,
        i18n,
        logs,
        policies,
        presentation,
        private_files,
        site,
        soundness,
        templates,
        web,
    )

    private_files.keep_private()
    instance = (instance or Path(os.environ.get("DOORSTEP_INSTANCE") or ROOT / "instance")).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        root_path=str(ROOT / "marketplace"),
        instance_path=str(instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(load_settings(instance), **(overrides or {}))
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or _secret_key(instance)
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"] or f"sqlite:///{instance / 'doorstep.sqlite'}"
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.config["SECURE_COOKIES"],
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_environment = templates.Environment
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for part in (
        db,
        web,
        form_tokens,
        logs,
        i18n,
        errors,
        policies,
        form_keys,
        files,
        asset_pages,
        presentation,
        frame,
        site,
        soundness,
        calendar_days,
        cli,
    ):
        part.init_app(app)
    if private_files.is_open_to_others(instance):
        private_files.tighten(instance, db.file_of(app))
    for domain in (search, accounts, notifications, words, catalog, needs, inquiries, matching, campaigns, pages, demo):
        domain.init_app(app)
    return app
