"""The clocks of inquiries, and the figure of how fast a supplier answers."""

from datetime import datetime, timedelta

from marketplace.core.db import transaction
from marketplace.core.jobs import clock, job
from marketplace.inquiries import services

PORTION = 200


@clock("inquiries.remind", every=timedelta(minutes=1))
def remind(now: datetime) -> None:
    """R1: remind suppliers half-way."""
    while True:
        with transaction():
            done = services.remind_due(now, PORTION)
        if done < PORTION:
            return


@clock("inquiries.lapse", every=timedelta(minutes=10))
def lapse(now: datetime) -> None:
    """End what nobody answered."""
    while True:
        with transaction():
            done = services.lapse_due(now, PORTION)
        if done < PORTION:
            return


@job("inquiries.measure_answers")
def measure_answers(organisation_id: int) -> None:
    """After a first answer: how long the supplier usually takes."""
    with transaction():
        services.measure_answers(organisation_id)
