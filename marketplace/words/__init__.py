"""What people call things, what they search for and what they do not find: words that park staff keep."""

from flask import Flask

from marketplace import search


def init_app(app: Flask) -> None:
    """Tell the search what is kept of words; register the pages, the commands and the work of the worker."""
    from marketplace.core.jobs import on_tick
    from marketplace.core.timeline import name_steps
    from marketplace.words import cli, jobs, models, policies, staff_views  # noqa: F401
    from marketplace.words.services import other_names, search_counts, searched_texts

    search.register(searched_texts.SEARCHABLE)
    search.use_words(
        search.WordSource(other_names.pairs_in_force, other_names.state, search_counts.note, searched_texts.related)
    )
    app.register_blueprint(staff_views.bp)
    app.cli.commands["search"].add_command(cli.words_cli)  # type: ignore[attr-defined]
    name_steps(models.OtherName.__tablename__, other_names.STEP_LABELS)
    on_tick("searches", jobs.count_searches)
