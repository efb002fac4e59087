"""Commands of tokens for other programs: make, list, revoke."""

import secrets
from typing import Annotated

import typer

from craftsman.actions import api_tokens
from craftsman.cli.base import AsJson, AsLogin, doing, group, looking_as, tell, tell_rows
from craftsman.cli.language import say

app = group("接口令牌：供其他系统使用。", "Tokens for other programs.")

Name = Annotated[str, typer.Argument(metavar="NAME", help=say("令牌名称", "the token's name"))]


@app.command("make", help=say("为自己的账号开具令牌，只显示一次。", "Make a token for one's own account."))
def make(
    name: Name,
    scope: Annotated[list[str], typer.Option(help=say("用途，可重复", "scope, repeatable"))],
    days: Annotated[int, typer.Option(help=say("有效天数", "days that it is valid"))] = 365,
    as_login: AsLogin = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it."""
    secret = secrets.token_urlsafe(32)
    with doing(as_login, as_json=as_json) as (session, act):
        token = api_tokens.make_token(session, act, name, scopes=scope, days=days, secret=secret)
    kept = say("请立即妥善保存，此后不再显示。", "Keep it now; it is not shown again.")
    tell({"name": name, "token": token}, [token, kept], as_json=as_json)


@app.command("list", help=say("自己的（管理员：全部）令牌，不显示内容。", "Tokens, without their secrets."))
def list_(as_login: AsLogin = "", *, as_json: AsJson = False) -> None:
    """List all tokens, ended ones too."""
    with looking_as(as_login) as (session, act):
        found = api_tokens.tokens(session, act)
    rows = [
        {
            "name": one.name,
            "account": login,
            "scopes": "、".join(one.scopes),
            "expires": one.expires_at,
            "revoked": one.revoked_at,
        }
        for one, login in found
    ]
    columns = {"name": "名称", "account": "账号", "scopes": "用途", "expires": "有效至", "revoked": "已撤销"}
    tell_rows("tokens", rows, title=say("接口令牌", "Tokens"), columns=columns, as_json=as_json)


@app.command("revoke", help=say("撤销令牌，即时生效。", "End a token at once."))
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option(help=say("理由", "the reason"))],
    *,
    as_login: AsLogin = "",
    as_json: AsJson = False,
) -> None:
    """Revoke a token."""
    with doing(as_login, as_json=as_json) as (session, act):
        api_tokens.revoke_token(session, act, name, reason)
    tell({"name": name}, [say(f"令牌 {name} 已撤销。", f"Token {name} is revoked.")], as_json=as_json)
