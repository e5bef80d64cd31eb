"""Files must belong to the account the service runs under, also when a technician is root."""

import os
import pwd
from contextlib import suppress
from pathlib import Path


def act_as_owner(root: Path) -> None:
    """When root works on a folder of another account, go on as that account."""
    if os.geteuid() != 0 or not root.exists():
        return
    owner = root.stat()
    if owner.st_uid == 0:
        return
    with suppress(KeyError):
        name = pwd.getpwuid(owner.st_uid).pw_name
        # With the groups of that account, since one of them opens the sound card.
        os.initgroups(name, owner.st_gid)
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
