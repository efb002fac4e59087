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
        "audit_work",
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
        "investigator",
        "notice",
        "notice_line",
        "notice_outage",
        "notice_text",
        "override",
        "panel_draw",
        "panel_seat",
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
# of these, what was done when and by whom; not what people wrote, whom it came from, or what opens a cipher
COLUMNS = {
    "account": ACCOUNT_COLUMNS,
    "lead": (
        "id",
        "receipt_no",
        "round_id",
        "channel",
        "organisation_id",
        "consent",
        "status",
        "nomination_id",
        "filed_at",
        "decide_by",
        "decided_at",
    ),
    "objection": (
        "id",
        "receipt_no",
        "notice_id",
        "nomination_id",
        "kind",
        "ground",
        "postmarked_on",
        "status",
        "filed_at",
        "accept_by",
        "accepted_at",
        "refusal",
        "investigate_by",
        "extended_at",
        "reported_at",
        "decided_at",
    ),
    "tie": (
        "id",
        "round_id",
        "account_id",
        "kind",
        "source",
        "nomination_id",
        "recorded_by",
        "recorded_at",
        "confirmed_by",
        "confirmed_at",
        "withdrawn_by",
        "withdrawn_at",
    ),
}
PUBLIC = "PUBLIC"
MARK = "owned and granted by roles"

Grant = tuple[str, str, str]
"""A role, a table (or `table.column`), a privilege."""


def wanted_grants() -> set[Grant]:
    """All that application and auditors may do with tables and columns."""
    tables = set(SQLModel.metadata.tables)
    return {(APPLICATION, table, what) for table in {*tables, VERSION} for what in _of_application(table)} | {
        (AUDITOR, what, "SELECT")
        for what in AUDITED | {f"{table}.{column}" for table, columns in COLUMNS.items() for column in columns}
    }


def _of_application(table: str) -> Iterator[str]:
    yield "SELECT"
    if table not in {VERSION, HISTORY}:
        yield "INSERT"
        if table not in GROWING:
            yield "UPDATE"
    if table in DELETED:
        yield "DELETE"
