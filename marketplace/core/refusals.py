"""Refusals: a rule said no. Plain Python; `core.errors` shows them."""


class Msgid(str):
    """A sentence in English that is not in the reader's language yet; `core.errors.worded` translates it."""

    __slots__ = ()


def N_(msgid: str) -> Msgid:
    """Mark a msgid for the catalogue where no reader is known: in the plain rules."""
    return Msgid(msgid)


class DomainError(Exception):
    """A rule said no. `message` is a sentence for the person who asked."""

    status = 422

    def __init__(self, message: object):
        super().__init__(message)
        self.message = message


class RuleBroken(DomainError):
    """What was asked breaks a rule of the house; the form shows why."""


class LostEdit(RuleBroken):
    """The row is not what the editor was opened with, or the form does not say what that was.

    `version` is what stands there now: the form takes it over, so that a second look and a second press save.
    """

    status = 409

    def __init__(self, message: object, version: int):
        super().__init__(message)
        self.version = version


class StepNotPossible(DomainError):
    """The thing is no longer (or not yet) in a state that allows this step."""

    status = 409


class NotAllowed(DomainError):
    """This person may not do this; `message` says why, where there is more to say than that."""

    status = 403

    def __init__(self, message: object = ""):
        super().__init__(message)


class Throttled(DomainError):
    """Too many tries; `retry_after` says when to come back, in seconds."""

    status = 429

    def __init__(self, message: object, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after


class SignInNeeded(Exception):
    """Only signed-in people may do this; the handler of `accounts` sends them to the sign-in page and back."""
