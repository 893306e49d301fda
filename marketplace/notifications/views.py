"""The page of notices, and marking them read."""

from typing import Any

from flask import Blueprint, g, has_request_context, redirect, render_template, url_for
from flask_login import current_user
from werkzeug import Response

from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize
from marketplace.notifications import queries, services

bp = Blueprint("notifications", __name__, url_prefix="/notices")


def layout_context() -> dict[str, Any]:
    """`unread_notices` for the layout: one count a request, and only for somebody who is signed in."""
    if not has_request_context() or not current_user or not current_user.is_authenticated:
        return {"unread_notices": 0}
    if "unread_notices" not in g:
        g.unread_notices = queries.unread_count(current_user)
    return {"unread_notices": g.unread_notices}


@bp.get("")
def index() -> str:
    """What I was told, newest first."""
    authorize("accounts.use")
    page = paginate(queries.notices_of(current_user), page_number())
    return render_template("notifications/index.html", page=page)


@bp.get("/<int:notice_id>")
def follow(notice_id: int) -> Response:
    """Go to the page a notice is about and note that it was read."""
    notice = queries.notice_or_404(notice_id)
    authorize("notices.read", notice, hidden=True)
    if not notice.is_read:
        with transaction():
            services.mark_read([notice], utc_now())
    return redirect(notice.url)


@bp.post("/reading")
def read() -> Response:
    """Note that all my notices were read."""
    authorize("accounts.use")
    with transaction(), once(url_for("notifications.index")):
        services.mark_read(queries.unread_of(current_user), utc_now())
    return redirect(url_for("notifications.index"))
