"""Where this installation keeps things and whom it talks to; read from the environment (CRAFTSMAN_*)."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HOME = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One value per environment variable `CRAFTSMAN_<NAME>`; docs/howto/settings.md lists them all."""

    model_config = SettingsConfigDict(env_prefix="CRAFTSMAN_", frozen=True)

    data_dir: Path = HOME / "var" / "data"
    config_dir: Path = HOME / "config"
    templates_dir: Path = HOME / "templates"
    database_url: str = ""
    migration_url: str = ""
    key_file: Path | None = None
    log_origin: str = "craftsman.local/history"
    witness_url: str = ""
    witness_key: str = ""
    witness_within: int = 15
    sm_key: Path | None = None
    seal_file: Path | None = None
    public_url: str = "http://127.0.0.1:8400"
    mail_transport: Literal["smtp", "file"] = "file"
    mail_sender: str = "办公室 <office@example.org>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca_file: Path | None = None
    smtp_connections: int = Field(default=4, ge=1, le=16)
    mail_confirm_from: int = Field(default=20, ge=0)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_claim: str = "preferred_username"
    rehearsal_clock: Path | None = None
    lease_seconds: int = 60
    secure_cookies: bool = True
    second_factor_roles: str = ""
    trusted_proxies: str = "127.0.0.1"
    portal_processes: int = Field(default=0, ge=0, le=64)
    metrics_token: str = ""

    @cached_property
    def url(self) -> str:
        """The database, by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'craftsman.db'}"

    @cached_property
    def keys(self) -> Path:
        """The file (mode 0400) with the keys of the personal fields."""
        return self.key_file or self.data_dir / "keys.json"

    @cached_property
    def documents_dir(self) -> Path:
        """The content store of documents."""
        return self.data_dir / "documents"

    @cached_property
    def vault_dir(self) -> Path:
        """The encrypted store of papers and returned workbooks, which hold personal data."""
        return self.data_dir / "vault"

    @cached_property
    def uploads_dir(self) -> Path:
        """Uploaded workbooks for some days, encrypted; not to be backed up."""
        return self.data_dir / "uploads"

    @cached_property
    def bundles_dir(self) -> Path:
        """Evidence bundles that were asked for in the portal, for some days; not to be backed up."""
        return self.data_dir / "bundles"

    @cached_property
    def mail_dir(self) -> Path:
        """Where the `file` transport puts letters."""
        return self.data_dir / "mail"
