"""Which role of PostgreSQL may do what with which table; craftsman.store.roles makes it so (docs/adr/0039)."""

from collections.abc import Iterator

from sqlmodel import SQLModel

from craftsman.store.growing import GROWING

OWNER, APPLICATION, AUDITOR = "craftsman_owner", "craftsman_app", "craftsman_auditor"
ROLES = (OWNER, APPLICATION, AUDITOR)
VERSION = "alembic_version"
HISTORY = "audit_event"
# of these rows really go: papers laid anew at each cast, entries computed anew, files that were answered for
DELETED = frozenset({"ballot_paper", "stage_entry", "import_batch"})
# what an audit needs; persons, accounts' secrets, sessions, letters, drafts and who objected are not among it
AUDITED = frozenset(
    {
        VERSION,
        "appeal",
        "assignment",
        "assignment_batch",
        "audit_event",
        "award",
        "ballot_paper",
        "ballot_round",
        "checkpoint",
        "contest_evidence",
        "contest_posting",
        "cosignature",
        "delegation",
        "document",
        "endorsement",
        "gate",
        "grant",
        "notice",
        "notice_line",
        "notice_outage",
        "notice_text",
        "override",
        "promotion",
        "recusal",
        "reference_version",
        "release",
        "round",
        "score_sheet",
        "sealed_result",
        "sign_off",
        "stage_entry",
        "stage_run",
        "tally_batch",
        "tally_void",
        "tally_void_like",
        "waiver",
        "withdrawal",
    }
)
# of accounts, who somebody is, not what they log in with or are known by
ACCOUNT_COLUMNS = ("id", "login", "name", "unit", "disabled_at")
PUBLIC = "PUBLIC"
MARK = "owned and granted by roles"

Grant = tuple[str, str, str]
"""A role, a table (or `table.column`), a privilege."""


def wanted_grants() -> set[Grant]:
    """All that application and auditors may do with tables and columns."""
    tables = set(SQLModel.metadata.tables)
    return {(APPLICATION, table, what) for table in {*tables, VERSION} for what in _of_application(table)} | {
        (AUDITOR, table, "SELECT") for table in AUDITED | {f"account.{column}" for column in ACCOUNT_COLUMNS}
    }


def _of_application(table: str) -> Iterator[str]:
    yield "SELECT"
    if table not in {VERSION, HISTORY}:
        yield "INSERT"
        if table not in GROWING:
            yield "UPDATE"
    if table in DELETED:
        yield "DELETE"
