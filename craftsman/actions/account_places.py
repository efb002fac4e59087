"""Where an account belongs: the unit that its holder reports for, and the industries that they know."""

from collections.abc import Sequence

from sqlmodel import Session, select

from craftsman.actions.account_names import industry_problem, refuse_problem, unit_problem
from craftsman.actions.acting import Act, actor_of, record
from craftsman.actions.sessions import known_account
from craftsman.actions.views import read_programme
from craftsman.audit.log import Entry
from craftsman.errors import Forbidden, Invalid, Refused
from models import Account, Organisation, Round, RoundStatus

OWN = "不能更改自己的所属推荐单位或产业；请由另一位管理员办理。"


def place_account(
    session: Session,
    act: Act,
    login: str,
    *,
    organisation: str | None = None,
    disciplines: Sequence[str] | None = None,
) -> None:
    """Change the reporting unit (a code; empty for none) or the industries of an account; None leaves what is there.

    Which cases somebody handles or must keep from follows from the unit: Refused while the account has a role, so that
    it takes those who grant roles, who are two, to move somebody. Industries only say what fits.
    """
    act.must("account.create", None)
    account = known_account(session, login)
    if account.id == act.actor.account_id:
        raise Forbidden(OWN)
    units = dict(session.exec(select(Organisation.code, Organisation.id)).all())
    facts = _changes(account, organisation, disciplines, {number: code for code, number in units.items()})
    if not facts:
        raise Invalid("没有要更改的：请写明新的推荐单位或产业。")
    refuse_problem(
        unit_problem(login, organisation or "", units),
        industry_problem(login, disciplines or (), _industries(session) if disciplines else None),
    )
    if "unit" in facts and actor_of(session, account, act.now).grants:
        raise Refused(
            f"账号“{login}”已有身份，所属推荐单位关系其经办范围和回避，不能由一人更改：请安全保密管理员先终止其身份，"
            "更改之后再提出授权，由审计员确认。"
        )
    if organisation is not None:
        account.organisation_id = units[organisation] if organisation else None
    if disciplines is not None:
        account.disciplines = list(disciplines)
    record(session, act, None, [Entry("account.placed", f"account/{login}", facts)])


def _changes(
    account: Account, organisation: str | None, disciplines: Sequence[str] | None, codes: dict[int | None, str]
) -> dict[str, object]:
    """What is to stand where another thing stands now."""
    present = codes[account.organisation_id] if account.organisation_id else ""
    facts: dict[str, object] = {}
    if organisation is not None and organisation != present:
        facts["unit"] = organisation
    if disciplines is not None and list(disciplines) != account.disciplines:
        facts["disciplines"] = list(disciplines)
    return facts


def _industries(session: Session) -> set[str] | None:
    """The codes of all rounds that run; None while none does."""
    texts = session.exec(select(Round.programme).where(Round.status == RoundStatus.OPEN)).all()
    lists = [read_programme(text).reference.industries for text in texts]
    return {industry.code for listed in lists for industry in listed} if lists else None
