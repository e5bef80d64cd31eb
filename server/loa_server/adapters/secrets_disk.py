"""Private keys and made secrets in the data folder, readable by their owner only."""

import os
import secrets
from pathlib import Path

from loa_agent.protocol.seal import SigningKey

from loa_server.adapters.durable import sync_folder, write_private

SECRET_BYTES = 32
AUTHORITY = "authority.pem"


def authority_key(folder: Path) -> SigningKey:
    """The key that signs everything stations obey; made at the first start.

    Raises:
        ValueError: the file is there and is not such a key; it is never replaced silently,
            since every enrolled station would refuse the new one.
    """
    return SigningKey.from_pem(_kept(folder / AUTHORITY, SigningKey.generate().to_pem()))


def made_secret(folder: Path, name: str) -> str:
    """A random secret that stays the same from start to start."""
    return _kept(folder / name, secrets.token_urlsafe(SECRET_BYTES).encode()).decode().strip()


def _kept(path: Path, fresh: bytes) -> bytes:
    """Content of `path`, which becomes `fresh` when it does not exist yet.

    Several processes may start at once: the first to link its file wins, all read the same.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        write_private(draft, fresh)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        # A key whose name is lost is a new key, and every station would refuse it.
        sync_folder(path.parent)
    return path.read_bytes()
