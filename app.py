"""The application, for `flask` and for gunicorn (`app:app`)."""

from marketplace import create_app

app = create_app()
