"""What people call things, what they search for and what they do not find: words that park staff keep."""

from flask import Flask

from marketplace.search import WordSource, register, use_words


def init_app(app: Flask) -> None:
    """Tell the search what is kept of words; register the pages, the commands and the work of the worker."""
    from marketplace.core.jobs import on_tick
    from marketplace.core.timeline import name_steps
    from marketplace.words import cli, jobs, kinds, models, policies, queries, staff_views  # noqa: F401
    from marketplace.words.search import SEARCHABLE, related
    from marketplace.words.services import search_counts

    register(SEARCHABLE)
    use_words(WordSource(queries.pairs_in_force, queries.pairs_state, search_counts.note, related))
    app.register_blueprint(staff_views.bp)
    app.cli.commands["search"].add_command(cli.words_cli)  # type: ignore[attr-defined]
    name_steps(models.OtherName.__tablename__, kinds.STEP_LABELS)
    on_tick("searches", jobs.count_searches)
