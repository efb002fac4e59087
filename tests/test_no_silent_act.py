"""Every transaction of a whole round that changes anything also appends to the history."""

import pytest

from tests.finished import finished_round, written


def test_no_act_without_its_event(tmp_path_factory: pytest.TempPathFactory) -> None:
    transactions = written(finished_round(tmp_path_factory))
    writing = [{table for _, table in one} for one in transactions if one]
    assert len(writing) > 100
    assert [tables for tables in writing if "audit_event" not in tables] == []


def test_history_and_papers_are_never_rewritten(tmp_path_factory: pytest.TempPathFactory) -> None:
    transactions = written(finished_round(tmp_path_factory))
    rewritten = {table for one in transactions for verb, table in one if verb != "INSERT"}
    assert "stage_run" in rewritten
    assert rewritten.isdisjoint({"audit_event", "sealed_result", "sign_off", "score_sheet", "endorsement", "document"})
