"""The code by which whoever objected asks how their objection stands.

It is reckoned from the receipt number under the installation's key, so that nothing is kept that could be read.
"""

import base64

from craftsman.store.secrets import Secrets

_BYTES = 15
_GROUP = 4


def query_code(secrets: Secrets, receipt_no: str) -> str:
    """The code that goes with a receipt number: 24 letters and digits in groups of four."""
    digest = bytes.fromhex(secrets.index(receipt_no, "objection-status"))
    text = base64.b32encode(digest[:_BYTES]).decode()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
