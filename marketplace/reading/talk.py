"""Words that stand beside a thing and are none: `data/talk.txt`."""

from pathlib import Path

TALK_FILE = Path(__file__).parent / "data" / "talk.txt"
TALK = frozenset(
    word for line in TALK_FILE.read_text("utf-8").splitlines() if not line.startswith("#") for word in line.split()
)
