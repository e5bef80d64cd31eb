"""People of a commune who need each other: authors who may not approve what they wrote."""

from collections.abc import Callable
from datetime import datetime

import pytest
from loa_agent.protocol.documents import BroadcastClass
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.tables import area as areas
from loa_server.application.create_broadcast import create_broadcast
from loa_server.application.draft_broadcast import Order
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Role
from loa_server.domain.when import At, When
from sqlalchemy import update
from world import FIVE_PM, World


class Office:
    """Four eyes are asked for; people are made as they are needed."""

    def __init__(self, world: World) -> None:
        self.world = world
        with writing(world.engine) as connection:
            connection.execute(update(areas).values(self_approval=None))
        self.author = self.person("lan", Role.AUTHOR)
        self.approver = self.person("hung", Role.APPROVER)
        self.chief = self.person("mai", Role.AUTHOR, Role.APPROVER)

    def person(self, name: str, *roles: Role, area: str = "phu-cat") -> Account:
        grants = tuple(Grant(role, area) for role in roles)
        password = self.world.passwords.hash(name)
        account = Account(f"u-{name}", name, name.title(), area, grants, password)
        with self.world.store.write() as rows:
            rows.people.add(account)
        return account

    def order(
        self,
        author: Account | None = None,
        when: When | None = None,
        class_: BroadcastClass = BroadcastClass.ORDINARY,
        **more: object,
    ) -> Broadcast:
        who = author or self.author
        audiences = more.pop("audiences", ("a-phu-cat",))
        order = Order(
            (self.world.ready(who).id,),
            audiences,  # type: ignore[arg-type]
            when or At(FIVE_PM),
            class_,
            **more,  # type: ignore[arg-type]
        )
        return create_broadcast(self.world.services, who, order)

    def allow_alone(self, area: str = "phu-cat") -> None:
        with writing(self.world.engine) as connection:
            change = update(areas).where(areas.c.id == area).values(self_approval=True)
            connection.execute(change)

    def found(self, broadcast: Broadcast) -> Broadcast:
        with self.world.store.read() as rows:
            kept = rows.broadcasts.get(broadcast.id)
        assert kept is not None
        return kept

    def told(self, audience: str = "a-phu-cat") -> list[str]:
        """Ids in the manifest that would be published now."""
        content = self.world.desk.manifest(audience)
        return [] if content is None else [each.id for each in content.broadcasts]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A local minute of November 2026."""
    return datetime(2026, 11, day, hour, minute)


def refused(deed: Callable[..., object], *arguments: object, **named: object) -> Problem:
    """The problem with which a deed is refused."""
    with pytest.raises(Problem) as problem:
        deed(*arguments, **named)
    return problem.value
