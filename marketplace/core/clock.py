"""Time as the site tells it: UTC inside, the park's local time on a page."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """`moment` as the park's clock shows it."""
    return moment.astimezone(LOCAL)


def local_day(moment: datetime) -> date:
    """The park's calendar day at `moment`."""
    return local(moment).date()


def end_of_day(day: date) -> datetime:
    """The last second of the park's `day`, in UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=LOCAL).astimezone(UTC)
