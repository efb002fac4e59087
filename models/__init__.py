"""What is kept: SQLModel tables, one noun per file, with their enumerations and allowed moves."""

from models.access import AccessLink, AccessPurpose, ProviderReturn, ResetRequest
from models.account import Account, Grant, LoginSession, Role
from models.amendment import Amendment, AmendmentKind
from models.api_token import ApiToken
from models.appeal import Appeal, AppealStatus, ContestEvidence, ContestPosting
from models.attachment import Attachment
from models.audit_work import AuditWork, AuditWorkKind, AuditWorkState
from models.award import Award, AwardStatus
from models.ballot import BallotPaper, BallotRound, BallotTicket
from models.checkpoint import Checkpoint, Cosignature
from models.consent import Consent
from models.delegation import Delegation
from models.document import Document
from models.emergency import Emergency
from models.endorsement import Endorsement, EndorsementDecision
from models.erasure import Erasure
from models.event import AuditEvent, EventSalt
from models.expert import Expert, PanelDraw, PanelSeat, SeatStatus
from models.follow_up import FollowUp
from models.form_draft import FormDraft
from models.gate import Gate, GateStatus, SignOff
from models.intake_check import IntakeCheck, IntakeCheckState
from models.lead import Lead, LeadStatus
from models.merge import Merge, MergeKind
from models.nomination import ImportBatch, Nomination, NominationChannel, NominationStatus
from models.notice import ListPlace, Notice, NoticeLine, NoticeOutage, NoticeStatus, NoticeText, PortalBeat, Promotion
from models.objection import Investigator, Objection, ObjectionFile, ObjectionStatus, ObjectorRecord
from models.organisation import Organisation
from models.outbox import DeliveryAttempt, Message, MessageStatus
from models.outreach import Outreach, OutreachPhoto, OutreachStatus, Venue
from models.person import Person
from models.proposal import GrantProposal, ProposalStatus, ProposedGrant
from models.reason import ActReason
from models.reference import ReferenceVersion
from models.refusal import RefusalCount
from models.release import Release
from models.review import Assignment, AssignmentBatch, AssignmentStatus, Recusal, ScoreDraft, ScoreSheet
from models.round import Round, RoundStatus
from models.screening import Override, Supplement
from models.second_factor import AuthenticatorApp, Passkey, RecoveryCode
from models.stage import Outcome, SealedResult, StageEntry, StageRun, StageStatus
from models.tally import TallyBatch, TallyLike, TallyVoid, TallyVoidLike
from models.tie import Tie, TieKind, TieSource
from models.unmasking import Unmasking
from models.waiver import Waiver
from models.withdrawal import Withdrawal

__all__ = [
    "AccessLink",
    "AccessPurpose",
    "Account",
    "ActReason",
    "Amendment",
    "AmendmentKind",
    "ApiToken",
    "Appeal",
    "AppealStatus",
    "Assignment",
    "AssignmentBatch",
    "AssignmentStatus",
    "Attachment",
    "AuditEvent",
    "AuditWork",
    "AuditWorkKind",
    "AuditWorkState",
    "AuthenticatorApp",
    "Award",
    "AwardStatus",
    "BallotPaper",
    "BallotRound",
    "BallotTicket",
    "Checkpoint",
    "Consent",
    "ContestEvidence",
    "ContestPosting",
    "Cosignature",
    "Delegation",
    "DeliveryAttempt",
    "Document",
    "Emergency",
    "Endorsement",
    "EndorsementDecision",
    "Erasure",
    "EventSalt",
    "Expert",
    "FollowUp",
    "FormDraft",
    "Gate",
    "GateStatus",
    "Grant",
    "GrantProposal",
    "ImportBatch",
    "IntakeCheck",
    "IntakeCheckState",
    "Investigator",
    "Lead",
    "LeadStatus",
    "ListPlace",
    "LoginSession",
    "Merge",
    "MergeKind",
    "Message",
    "MessageStatus",
    "Nomination",
    "NominationChannel",
    "NominationStatus",
    "Notice",
    "NoticeLine",
    "NoticeOutage",
    "NoticeStatus",
    "NoticeText",
    "Objection",
    "ObjectionFile",
    "ObjectionStatus",
    "ObjectorRecord",
    "Organisation",
    "Outcome",
    "Outreach",
    "OutreachPhoto",
    "OutreachStatus",
    "Override",
    "PanelDraw",
    "PanelSeat",
    "Passkey",
    "Person",
    "PortalBeat",
    "Promotion",
    "ProposalStatus",
    "ProposedGrant",
    "ProviderReturn",
    "RecoveryCode",
    "Recusal",
    "ReferenceVersion",
    "RefusalCount",
    "Release",
    "ResetRequest",
    "Role",
    "Round",
    "RoundStatus",
    "ScoreDraft",
    "ScoreSheet",
    "SealedResult",
    "SeatStatus",
    "SignOff",
    "StageEntry",
    "StageRun",
    "StageStatus",
    "Supplement",
    "TallyBatch",
    "TallyLike",
    "TallyVoid",
    "TallyVoidLike",
    "Tie",
    "TieKind",
    "TieSource",
    "Unmasking",
    "Venue",
    "Waiver",
    "Withdrawal",
]
