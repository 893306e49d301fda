"""Mail goes out after the commit."""

from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.jobs import job
from marketplace.notifications import queries, services
from marketplace.notifications.mailing import deliver


@job("notifications.send_mail")
def send_mail(mail_id: int) -> None:
    """Send one mail, once; the server is asked outside any transaction."""
    mail = queries.mail(mail_id)
    if mail is None or mail.sent_at is not None:
        return
    deliver(mail)
    with transaction():
        services.mark_sent(mail, utc_now())
