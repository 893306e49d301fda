"""The application, for `flask` and for gunicorn (`app:app`)."""

import sys

from marketplace import create_app
from marketplace.settings import WrongSetting

STOP_FOR_GOOD = 3
"""The exit status at which gunicorn does not start its workers again."""

try:
    app = create_app()
except WrongSetting as wrong:
    print(f"Error: {wrong}", file=sys.stderr)
    sys.exit(STOP_FOR_GOOD)
