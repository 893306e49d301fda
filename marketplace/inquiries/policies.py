"""Who may do what to inquiries. Only the two parties read a thread: no staff, no administrator."""

from typing import Any

from marketplace.accounts.policies import acts_for_verified
from marketplace.core.files import StoredFile, readers_of
from marketplace.core.policies import policy
from marketplace.inquiries import queries
from marketplace.inquiries.lifecycle import Side
from marketplace.inquiries.models import Inquiry


@policy("inquiries.create")
def may_create(person: Any, _subject: Any) -> bool:
    """Everybody who is signed in reaches the form; the service says who may send, and why not."""
    return bool(person.is_authenticated)


@policy("inquiries.ask")
def may_ask(person: Any, _subject: Any) -> bool:
    """Who is shown the way to the form: members of verified organisations, and visitors, who sign in first."""
    return acts_for_verified(person) or not person.is_authenticated


@policy("inquiries.list")
def may_list(person: Any, _subject: Any) -> bool:
    return bool(person.is_authenticated)


@policy("inquiries.read")
def may_read(person: Any, inquiry: Inquiry) -> bool:
    return inquiry.side_of(person) is not None


@policy("inquiries.decline")
def may_decline(person: Any, inquiry: Inquiry) -> bool:
    return inquiry.side_of(person) is Side.SUPPLIER


@policy("inquiries.close")
def may_close(person: Any, inquiry: Inquiry) -> bool:
    return inquiry.side_of(person) is Side.BUYER


@readers_of("inquiries")
def may_read_file(person: Any, file: StoredFile) -> bool:
    """Files of a letter or a message: the parties of every thread that carries them."""
    return queries.may_read_file(person, file.id)
