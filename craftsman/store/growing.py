"""Tables whose rows are neither changed nor deleted; migrations 0014 and 0019 laid their guards."""

GROWING = (
    "audit_event",
    "ballot_round",
    "checkpoint",
    "contest_posting",
    "cosignature",
    "delivery_attempt",
    "document",
    "endorsement",
    "list_place",
    "notice_line",
    "objection_file",
    "recusal",
    "reference_version",
    "release",
    "score_sheet",
    "sealed_result",
    "sign_off",
    "tally_batch",
    "tally_like",
    "tally_void_like",
)
