"""What the address of a page asks for: each argument declared once, with its type, its default and its bounds.

    class ShelfArguments(Arguments):
        status = Choice(ListingStatus)
        words = Text(100, name="q")

    asked = ShelfArguments()
    asked.status, asked.words, asked.problems

Nothing is dropped silently: an argument that cannot be read takes its default, `problems` has a sentence about it for
the reader, and `typed` gives the text back to the field. Only this module reads the address of a request.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar, overload

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.core.forms import clean, whole_number

Value = TypeVar("Value")
MOST_VALUES = 20
LONGEST_VALUE = 200
LONGEST_QUOTED = 40
BESIDE_A_NUMBER = re.compile(r"[\s,¥元圆块]|RMB|CNY|yuan", re.IGNORECASE)
"""What people write around a number: signs and words for yuan, commas between thousands, blanks."""


class NotUnderstood(ValueError):
    """An argument that cannot be read; says so in a sentence. `instead` is what could be read of it."""

    def __init__(self, sentence: str, instead: Any = None):
        super().__init__(sentence)
        self.instead = instead


class Argument(Generic[Value]):
    """One value in an address, under `name` (that of the attribute, unless another is given)."""

    def __init__(self, default: Value, *, name: str = ""):
        self.default, self.name = default, name

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    @overload
    def __get__(self, asked: None, owner: type) -> Self: ...
    @overload
    def __get__(self, asked: "Arguments", owner: type) -> Value: ...
    def __get__(self, asked: "Arguments | None", owner: type) -> Value | Self:
        return self if asked is None else asked.values[self.name]

    def read(self, texts: list[str]) -> Value:
        """The value that `texts` write, the default when there is none.

        Raises:
            NotUnderstood: nobody can tell what is meant.
        """
        raise NotImplementedError


class Text(Argument[str]):
    """Words, without outer blanks, cut at `longest` characters."""

    def __init__(self, longest: int = LONGEST_VALUE, *, default: str = "", name: str = ""):
        super().__init__(default, name=name)
        self.longest = longest

    def read(self, texts: list[str]) -> str:
        return clean(texts[0])[: self.longest] if texts else self.default


class Flag(Argument[bool]):
    """Yes or no: 0 is no, anything else yes."""

    def __init__(self, default: bool = False, *, name: str = ""):
        super().__init__(default, name=name)

    def read(self, texts: list[str]) -> bool:
        return texts[0] != "0" if texts and texts[0] else self.default


class Whole(Argument[int]):
    """A whole number; one beyond the bounds is taken to the nearest bound, anything else is the default."""

    def __init__(self, low: int, high: int, *, default: int | None = None, name: str = ""):
        super().__init__(low if default is None else default, name=name)
        self.low, self.high = low, high

    def read(self, texts: list[str]) -> int:
        text = texts[0].strip() if texts else ""
        number = whole_number(text)
        if number is None:
            beyond = self.low if text.startswith("-") else self.high
            return beyond if re.fullmatch(r"-?[0-9]+", text) else self.default
        return max(self.low, min(number, self.high))


class RowId(Argument[int | None]):
    """The number of a row; None when there is none or it can be none."""

    def __init__(self, *, name: str = ""):
        super().__init__(None, name=name)

    def read(self, texts: list[str]) -> int | None:
        return whole_number(texts[0]) if texts else None


class RowIds(Argument[tuple[int, ...]]):
    """Numbers of rows, each once, `most` of them."""

    def __init__(self, most: int = MOST_VALUES, *, name: str = ""):
        super().__init__((), name=name)
        self.most = most

    def read(self, texts: list[str]) -> tuple[int, ...]:
        numbers = dict.fromkeys(number for text in texts if (number := whole_number(text)) is not None)
        return tuple(numbers)[: self.most]


Chosen = TypeVar("Chosen", bound=str)


class Choice(Argument[Chosen]):
    """One of a few values, e.g. of an enumeration. A `quiet` one says nothing when it is none of them."""

    def __init__(self, values: Iterable[Chosen], default: Chosen, *, name: str = "", quiet: bool = False):
        super().__init__(default, name=name)
        self.by_text = {str(value): value for value in values}
        self.quiet = quiet

    def read(self, texts: list[str]) -> Chosen:
        text = texts[0] if texts else ""
        if text in self.by_text:
            return self.by_text[text]
        if text and not self.quiet:
            raise NotUnderstood(no_such_choice(text))
        return self.default


Member = TypeVar("Member", bound=StrEnum)


class Maybe(Argument[Member | None], Generic[Member]):
    """A member of an enumeration, or None for all."""

    def __init__(self, values: type[Member], *, default: Member | None = None, name: str = "", every: str = ""):
        super().__init__(default, name=name)
        self.by_text: dict[str, Member | None] = {str(value): value for value in values}
        if every:
            self.by_text[every] = None

    def read(self, texts: list[str]) -> Member | None:
        text = texts[0] if texts else ""
        if text and text not in self.by_text:
            raise NotUnderstood(no_such_choice(text))
        return self.by_text[text] if text else self.default


class Amount(Argument[Decimal | None]):
    """A number as people type it, with ¥ or 元, commas, blanks and full-width figures; None when there is none."""

    def __init__(self, high: Decimal = Decimal(10) ** 12, *, name: str = "", above_zero: bool = False):
        super().__init__(None, name=name)
        self.high, self.above_zero = high, above_zero

    def read(self, texts: list[str]) -> Decimal | None:
        text = clean(texts[0])[:LONGEST_VALUE] if texts else ""
        if not text:
            return None
        number = decimal_in(text)
        if number is None or not 0 <= number <= self.high or (self.above_zero and not number):
            raise NotUnderstood(
                _("“%(text)s” is not a number that can be read. Write it like 120 or 0.35.", text=quoted(text))
            )
        return number


def decimal_in(text: str) -> Decimal | None:
    """The number that `text` writes, None when it writes none."""
    figures = BESIDE_A_NUMBER.sub("", unicodedata.normalize("NFKC", text))
    try:
        number = Decimal(figures)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def no_such_choice(text: str) -> str:
    """The sentence about a value that a filter does not have."""
    return _("Nothing is filtered by “%(text)s”: there is no such choice.", text=quoted(text))


def quoted(text: str) -> str:
    """`text` short enough to stand in a sentence."""
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


class Arguments:
    """What an address asks for; a subclass declares its arguments as attributes."""

    def __init__(self, given: "MultiDict[str, str] | None" = None, more: Mapping[str, Argument[Any]] | None = None):
        """Read `given`, else the address of the request; `more` are arguments that are known only now."""
        given = request.args if given is None else given
        self.values: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        self._typed: dict[str, str] = {}
        for argument in (*declared(type(self)), *(more or {}).values()):
            texts = given.getlist(argument.name)
            try:
                self.values[argument.name] = argument.read(texts)
            except NotUnderstood as problem:
                self.values[argument.name] = argument.default if problem.instead is None else problem.instead
                self.problems[argument.name] = str(problem)
                self._typed[argument.name] = clean(texts[0])[:LONGEST_VALUE]

    @classmethod
    def of_address_and_form(cls) -> Self:
        """Those of the address and, where a form was sent, those of the form."""
        return cls(request.values)

    def typed(self, name: str) -> str:
        """What was typed and could not be read; empty when all is well."""
        return self._typed.get(name, "")


def declared(kind: type[Arguments]) -> Iterator[Argument[Any]]:
    """The arguments of a class and of those above it."""
    for owner in reversed(kind.__mro__):
        yield from (value for value in vars(owner).values() if isinstance(value, Argument))


def names_given() -> set[str]:
    """The names in the address of the request that have a value."""
    return {name for name, value in request.args.items(multi=True) if value}
