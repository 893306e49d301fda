"""`flask search rebuild` while people search and save: no error, every answer complete, nothing forgotten."""

import re
import threading
import time
from collections import Counter
from urllib.parse import quote

import pytest

from tests.reliability.conftest import KILLS, agrees, change_listings, wait_until

SEARCHES = {
    "/listings?q=": ("退热贴", "瓦楞纸箱", "huanglian", "灭鼠", "液相色谱", "冷库出租", "10ml口服液瓶"),
    "/needs?q=": ("口罩", "纸箱"),
    "/organisations?q=": ("药业",),
}
"""Searches whose whole answer stands on one page."""
PATHS = [path + quote(words) for path, texts in SEARCHES.items() for words in texts]
ROW = re.compile(r'href="/(?:listings|needs|organisations)/(\d+)"')
HOW_MANY = re.compile(r'role="status">\s*(\d+)')
SIMPLER = "索引正在重建"
READERS = 4
REBUILDS = max(2, KILLS // 10)


def found(answer):
    """How many rows an answer tells of, and which it lists.

    Their order may change a little: after a rebuild rows that were replaced no longer make their words common.
    """
    told = HOW_MANY.search(answer.text)
    return int(told[1]) if told else 0, frozenset(ROW.findall(answer.text))


@pytest.mark.slow
def test_searching_is_unhurt_and_complete_throughout_a_rebuild(demo_site, tell):
    site = demo_site().start()
    try:
        whole = {path: found(site.client().open(path)) for path in PATHS}
        assert all(0 < count == len(ids) for count, ids in whole.values()), whole
        in_answers = sorted({id_ for path, (_, ids) in whole.items() if path.startswith("/listings") for id_ in ids})
        statuses, wrong, stop = Counter(), [], threading.Event()

        def read(number):
            client = site.client()
            try:
                while not stop.is_set():
                    for path in PATHS[number:] + PATHS[:number]:
                        answer = client.open(path)
                        statuses[answer.status] += 1
                        if found(answer) != whole[path] or SIMPLER in answer.text:
                            wrong.append((path, found(answer)))
            except Exception as error:
                wrong.append(error)

        readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
        for reader in readers:
            reader.start()
        started = time.monotonic()
        try:
            for turn in range(REBUILDS):
                saving = threading.Thread(target=change_listings, args=(site, f"重建时改过{turn}", 3, in_answers))
                saving.start()
                site.flask("search", "rebuild")
                saving.join()
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        tell(
            f"{statuses.total()} searches during {REBUILDS} rebuilds in {time.monotonic() - started:.0f} s: "
            f"{dict(statuses)}, {len(wrong)} incomplete"
        )
        assert set(statuses) == {200}
        assert wrong == []
        assert wait_until(lambda: agrees(site), 30)
        assert '"level": "error"' not in site.log()
    finally:
        site.stop()
