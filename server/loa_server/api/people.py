"""People as their administrators manage them."""

from collections.abc import Iterable

from apiflask import APIBlueprint
from flask import Response

from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.shapes.base import list_of
from loa_server.api.shapes.people import (
    FreshPassword,
    Grant,
    NewAccount,
    NewPerson,
    Person,
    PersonChange,
    WishedGrant,
)
from loa_server.application import create_person as creating
from loa_server.application.change_person import ChangedPerson
from loa_server.application.change_person import change_person as change
from loa_server.application.drop_second_factor import drop_second_factor as drop
from loa_server.application.people_queries import PersonView, show_person
from loa_server.application.people_queries import list_people as everybody
from loa_server.application.reset_person_password import reset_person_password
from loa_server.domain import rights

bp = APIBlueprint("people", __name__, tag="people")


@bp.get("/people")
@signed_in
@bp.output(list_of(Person))
def list_people() -> list[Person]:
    """All whom the asker manages in some way, by name."""
    return [person_to_shape(each) for each in everybody(services(), actor())]


@bp.post("/people")
@signed_in
@bp.input(NewPerson, arg_name="wish")
@bp.output(NewAccount, 201)
@bp.doc(responses=[404, 409])
def create_person(wish: NewPerson) -> NewAccount:
    """Make an account with roles within the asker's places."""
    order = creating.NewPerson(wish.username, wish.name, wish.email, grants_of(wish.grants))
    made, password = creating.create_person(services(), actor(), order)
    return NewAccount(person=person_to_shape(made), password=password)


@bp.get("/people/<person_id>")
@signed_in
@bp.output(Person)
@bp.doc(responses=[404])
def get_person(person_id: str) -> Person:
    """One person."""
    return person_to_shape(show_person(services(), actor(), person=person_id))


@bp.put("/people/<person_id>")
@signed_in
@bp.input(PersonChange, arg_name="wish")
@bp.output(Person)
@bp.doc(responses=[404, 409])
def change_person(person_id: str, wish: PersonChange) -> Person:
    """Change name, address and roles; whoever is disabled is out at once."""
    shall_be = ChangedPerson(wish.name, wish.email, wish.disabled, grants_of(wish.grants))
    return person_to_shape(change(services(), actor(), person=person_id, wish=shall_be))


@bp.post("/people/<person_id>/password")
@signed_in
@bp.output(FreshPassword)
@bp.doc(responses=[404])
def reset_password(person_id: str) -> FreshPassword:
    """A new password for who forgot theirs; their sessions end."""
    return FreshPassword(password=reset_person_password(services(), actor(), person=person_id))


@bp.delete("/people/<person_id>/second-factor")
@signed_in
@bp.doc(responses={204: "Removed", 404: "Not found"})
def drop_second_factor(person_id: str) -> Response:
    """Take away the second factor of who lost their telephone; their sessions end."""
    drop(services(), actor(), person=person_id)
    return Response(status=204)


def grants_of(wished: Iterable[WishedGrant]) -> tuple[rights.Grant, ...]:
    """Roles of the domain."""
    return tuple(rights.Grant(each.role, each.area) for each in wished)


def person_to_shape(view: PersonView) -> Person:
    """A person as their administrator sees them."""
    return Person(
        id=view.id,
        username=view.username,
        name=view.name,
        email=view.email,
        disabled=view.disabled,
        second_factor=view.second_factor,
        may_change=view.may_change,
        grants=[
            Grant(role=each.role, area=each.area, area_name=each.area_name) for each in view.grants
        ],
    )
