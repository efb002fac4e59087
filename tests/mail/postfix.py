"""A real Postfix of this test run's own: its configuration, queue and mailboxes lie in one folder, on a free port."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Self

POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WHY_NOT = "no Postfix here, or not root, which its daemons need: apt-get install postfix"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost.example.org
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.org xn--fsqu00a.xn--0zwm56d
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{ nobody@example.org = 550 5.1.1 No such user }} }}
  check_recipient_access inline:{{ {{ later@example.org = 450 4.2.0 Greylisted }} }}
  permit_mynetworks reject
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {certificate}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`with Postfix(folder, certificate) as server:` — listens on `server.port`, delivers into `server.letters()`."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._write(certificate)

    def __enter__(self) -> Self:
        """Start it; it answers when the command is back."""
        self._run("start")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it with all its daemons."""
        self._run("stop")

    def letters(self) -> dict[str, bytes]:
        """What was delivered, by file name."""
        return {file.name: file.read_bytes() for file in (self.folder / "boxes/all/new").glob("*")}

    def _write(self, certificate: Path) -> None:
        owner = Path("/var/lib/postfix").stat()
        for name in ("config", "queue", "data", "boxes"):
            (self.folder / name).mkdir()
        for name in ("data", "boxes"):
            os.chown(self.folder / name, owner.st_uid, owner.st_gid)
        facts = {"folder": self.folder, "uid": owner.st_uid, "gid": owner.st_gid, "certificate": certificate}
        (self.folder / "config/main.cf").write_text(MAIN.format(**facts))
        (self.folder / "config/master.cf").write_text(MASTER.format(port=self.port))

    def _run(self, command: str) -> None:
        assert POSTFIX is not None
        subprocess.run([POSTFIX, "-c", str(self.folder / "config"), command], check=True, capture_output=True)
