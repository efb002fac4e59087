"""Who may do what: one table of acts and roles, deny by default (the matrix of docs/adr/0009)."""

from collections.abc import Collection

SERVICE = "service"

PERMISSIONS: dict[str, frozenset[str]] = {
    "account.create": frozenset({"admin"}),
    "account.grant": frozenset({"admin"}),
    "amendment.confirm": frozenset({"verifier"}),
    "amendment.propose": frozenset({"staff"}),
    "appeal.file": frozenset({"reporter"}),
    "appeal.read": frozenset({"reporter", "staff", "verifier", "discipline", "auditor"}),
    "appeal.rule": frozenset({"staff", "verifier"}),
    "audit.read": frozenset({"auditor", "discipline", "staff", "verifier"}),
    "award.pack": frozenset({"staff"}),
    "backup.make": frozenset({"admin"}),
    "ballot.cast": frozenset({"committee"}),
    "ballot.second_round": frozenset({"staff"}),
    "contest.post": frozenset({"staff", "verifier"}),
    "correction.request": frozenset({"staff"}),
    "correction.resolve": frozenset({"verifier"}),
    "document.make": frozenset({"staff"}),
    "document.read": frozenset({"staff", "verifier", "auditor", "discipline"}),
    "document.render": frozenset({"staff"}),
    "document.release": frozenset({"verifier"}),
    "endorsement.decide": frozenset({"reporter", "staff"}),
    "evidence.add": frozenset({"staff"}),
    "evidence.read": frozenset({"staff", "verifier", "discipline", "auditor"}),
    "expert.load": frozenset({"staff"}),
    "expert.read": frozenset({"staff", "verifier", "discipline", "auditor"}),
    "gate.delegate": frozenset({"staff", "verifier", "committee", "leader", "discipline", "expert", "reporter"}),
    "gate.sign": frozenset({"staff", "verifier", "committee", "leader", "discipline", "expert", "reporter"}),
    "intake.import": frozenset({"reporter", "staff"}),
    "keys.rotate": frozenset({"admin"}),
    "lead.decide": frozenset({"reporter", "staff"}),
    "list.place": frozenset({"staff"}),
    "mail.confirm": frozenset({"staff"}),
    "mail.deliver": frozenset({SERVICE, "staff", "admin"}),
    "mail.read": frozenset({"staff", "verifier", "auditor", "discipline"}),
    "merge.decide": frozenset({"staff"}),
    "nomination.read": frozenset({"staff", "verifier", "auditor", "discipline"}),
    "nomination.restore": frozenset({"staff"}),
    "nomination.withdraw": frozenset({"reporter", "staff"}),
    "notice.clear": frozenset({"staff", "verifier"}),
    "notice.correct": frozenset({"staff"}),
    "notice.outage": frozenset({"staff", "verifier"}),
    "notice.post": frozenset({"verifier"}),
    "objection.handle": frozenset({"staff", "verifier"}),
    "objection.investigate": frozenset({"staff", "verifier", "discipline"}),
    "objection.rule": frozenset({"verifier"}),
    "outreach.confirm": frozenset({"staff", "verifier"}),
    "outreach.record": frozenset({"reporter", "staff", "verifier"}),
    "panel.answer": frozenset({"staff"}),
    "panel.draw": frozenset({"staff"}),
    "panel.read": frozenset({"staff", "verifier", "discipline", "auditor"}),
    "paper.hand_in": frozenset({"reporter", "staff"}),
    "paper.read": frozenset({"reporter", "staff", "verifier", "auditor", "discipline"}),
    "recusal.declare": frozenset({"expert", "judge", "committee", "leader", "staff", "verifier"}),
    "reference.load": frozenset({"admin"}),
    "result.recompute": frozenset({"discipline", "auditor"}),
    "review.draw": frozenset({"staff"}),
    "review.inspect": frozenset({"staff", "verifier", "discipline", "auditor"}),
    "review.reassign": frozenset({"staff"}),
    "round.open": frozenset({"staff"}),
    "screening.confirm": frozenset({"verifier"}),
    "screening.override": frozenset({"staff"}),
    "screening.supplement": frozenset({"staff"}),
    "score.reopen": frozenset({"chair"}),
    "score.submit": frozenset({"expert", "judge"}),
    "stage.close": frozenset({SERVICE, "staff"}),
    "stage.retry": frozenset({"staff"}),
    "stage.run": frozenset({SERVICE}),
    "substitute.promote": frozenset({"verifier"}),
    "substitute.propose": frozenset({"staff", "verifier"}),
    "tally.confirm": frozenset({"verifier", "discipline"}),
    "tally.import": frozenset({"staff"}),
    "tally.read": frozenset({"staff", "verifier", "discipline", "auditor"}),
    "tally.void": frozenset({"staff"}),
    "tie.confirm": frozenset({"verifier", "discipline"}),
    "tie.declare": frozenset(
        {"expert", "judge", "chair", "committee", "leader", "staff", "verifier", "reporter", "discipline", "auditor"}
    ),
    "tie.record": frozenset({"staff"}),
    "waiver.sign": frozenset({"verifier"}),
}

# open to anyone, without an account too
PUBLIC: frozenset[str] = frozenset({"lead.file", "objection.file"})


def allowed(act: str, roles: Collection[str]) -> bool:
    """Whether any of the roles may do the act; an act that is in neither table is nobody's."""
    return act in PUBLIC or not PERMISSIONS.get(act, frozenset()).isdisjoint(roles)
