"""The public site of winners written as files, and what an earlier one left there taken away."""

from pathlib import Path

from craftsman.actions.site import SUMS, site_files
from craftsman.cli.base import load_file, looking, save_file, stands
from craftsman.store.files import bare_path


def write_site(folder: Path) -> tuple[int, int]:
    """Write the site into a folder; returns how many files it has, and how many of an earlier one were removed.

    Only files that the folder's own list of digests names are removed: pages of revoked honours must not stay.
    """
    with looking() as (session, _):
        files = site_files(session)
    left = _left_over(folder, set(files))
    for path, content in files.items():
        save_file(folder / path, content, replace=True)
        # a web server runs under another account
        (folder / path).chmod(0o644)
    for path in left:
        path.unlink(missing_ok=True)
    return len(files), len(left)


def _left_over(folder: Path, kept: set[str]) -> list[Path]:
    if not stands(folder / SUMS):
        return []
    lines = load_file(folder / SUMS).decode(errors="replace").splitlines()
    named = {line.partition("  ")[2] for line in lines}
    return [folder / path for path in sorted(named - kept) if bare_path(path)]
