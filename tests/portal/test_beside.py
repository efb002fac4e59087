"""Reasons of a refused form stand beside their fields, whichever form it is."""

from craftsman.portal.beside import beside_fields

FORM = (
    '<div class="problem"><p><strong>有几处需要改正：</strong></p>'
    "<ul><li>姓名 &lt;b&gt; 不可用。</li><li>请先登录。</li></ul></div>"
    '<label for="name">姓名（与身份证一致）</label><input id="name" name="name" aria-describedby="name-hint">'
    '<label for="unit">工作单位</label><select id="unit" name="unit"></select>'
    '<label for="why">理由</label><textarea id="why" name="why"></textarea>'
)


def test_reason_stands_beside_its_field() -> None:
    page = beside_fields(FORM, ["有几处需要改正：", "姓名 <b> 不可用。", "请先登录。"])
    assert (
        '<span class="fault" id="name-fault">姓名 &lt;b&gt; 不可用。</span>'
        '<input aria-invalid="true" id="name" name="name" aria-describedby="name-fault name-hint">'
    ) in page
    assert '<li><a href="#name">姓名 &lt;b&gt; 不可用。</a></li><li>请先登录。</li>' in page


def test_field_without_hint_is_described() -> None:
    page = beside_fields(FORM, ["请写明理由。"])
    assert '<textarea aria-invalid="true" aria-describedby="why-fault" id="why" name="why">' in page


def test_longest_label_takes_the_reason() -> None:
    form = '<label for="a">密码</label><input id="a"><label for="b">密码提示</label><input id="b">'
    assert 'id="b-fault">密码提示过长。' in beside_fields(form, ["密码提示过长。"])
    assert 'id="a-fault"' not in beside_fields(form, ["密码提示过长。"])


def test_one_field_takes_one_reason() -> None:
    page = beside_fields(FORM, ["工作单位过长。", "工作单位不详。"])
    assert page.count("unit-fault") == 2
    assert "工作单位不详。" not in page


def test_marked_fields_are_left_alone() -> None:
    form = '<label for="a">理由</label><input id="a" aria-invalid="true">'
    assert beside_fields(form, ["请写明理由。"]) == form


def test_pages_without_forms_stay_as_they_are() -> None:
    assert beside_fields("<p>姓名不可用。</p>", ["姓名不可用。"]) == "<p>姓名不可用。</p>"


def test_english_page_takes_the_reason_in_english() -> None:
    english = '<p><strong>Give a reason.</strong></p><label for="why">Reason</label><textarea id="why"></textarea>'
    page = beside_fields(english, ["请写明理由。"], FORM, {"请写明理由。": "Give a reason."}.__getitem__)
    assert '<span class="fault" id="why-fault">Give a reason.</span><textarea aria-invalid="true"' in page
    assert '<strong><a href="#why">Give a reason.</a></strong>' in page
