"""The one way a factory makes a row: in a transaction, read again afterwards."""

from typing import Any

import factory

from marketplace.core.db import db, transaction


class RowFactory(factory.Factory):
    """Builds a model instance and commits it."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        loaded = {key: value.id for key, value in kwargs.items() if hasattr(value, "__tablename__")}
        with transaction() as session:
            for key, id_ in loaded.items():
                kwargs[key] = session.get(type(kwargs[key]), id_)
            row = model_class(*args, **kwargs)
            session.add(row)
        db.session.refresh(row)
        return row
