"""Categories and listings: what suppliers offer."""
from flask import Flask

from marketplace.catalog.search import KIND, documents, find_in_database
from marketplace.search import Searchable, register


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    register(Searchable(kind=KIND, documents=documents, find_in_database=find_in_database))
