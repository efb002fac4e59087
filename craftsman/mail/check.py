"""Asking the mail server whether it would take letters, without sending one."""

from aiosmtplib import SMTPException

from craftsman.errors import Refused
from craftsman.mail.faults import told
from craftsman.mail.transport import SmtpTransport, hang_up, problems_of
from craftsman.settings import Settings

PATIENCE = 10.0


async def ask_server(settings: Settings, *, patience: float = PATIENCE) -> str:
    """Connect, secure, log in, and return what the server says. Refused with what to mend."""
    if problems := problems_of(settings):
        raise Refused("邮件设置不完整：", problems)
    client = SmtpTransport(settings, timeout=patience).client()
    try:
        await client.connect()
        reply = await client.noop()
    except (SMTPException, OSError) as fault:
        client.close()
        raise Refused("邮件服务器不能使用，函件会留在发件箱：", [told(fault)]) from fault
    await hang_up(client)
    return f"{reply.code} {reply.message}"
