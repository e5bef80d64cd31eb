"""What people do with their own account: name, password, second factor."""

import segno
from apiflask import APIBlueprint
from flask import Response, request

from loa_server.api.access import COOKIE, signed_in
from loa_server.api.context import actor, services
from loa_server.api.shapes.people import (
    Account,
    AccountChange,
    CodeProof,
    Grant,
    PasswordChange,
    PasswordProof,
    RecoveryCodes,
    SecondFactorOffer,
)
from loa_server.application.begin_second_factor import begin_second_factor as begin
from loa_server.application.change_account import ChangedAccount
from loa_server.application.change_account import change_account as change
from loa_server.application.change_password import change_password as replace_password
from loa_server.application.confirm_second_factor import confirm_second_factor as confirm
from loa_server.application.people_queries import has_second_factor
from loa_server.application.remove_second_factor import remove_second_factor as remove
from loa_server.domain import people
from loa_server.domain.rights import Deed, places_for

bp = APIBlueprint("account", __name__, tag="session")

QR_SCALE = 4


@bp.put("/account")
@signed_in
@bp.input(AccountChange, arg_name="wish")
@bp.output(Account)
def change_account(wish: AccountChange) -> Account:
    """Change what is written of who is signed in."""
    shall_be = ChangedAccount(wish.name, wish.email, wish.mail_evening, wish.locale)
    return account_to_shape(change(services(), actor(), shall_be))


@bp.put("/account/password")
@signed_in
@bp.input(PasswordChange, arg_name="wish")
@bp.doc(responses={204: "Changed", 401: "The current password is wrong", 429: "Too many tries"})
def change_password(wish: PasswordChange) -> Response:
    """Change the password of who is signed in; other sessions end."""
    token = request.cookies[COOKIE]
    replace_password(services(), actor(), token=token, current=wish.current, fresh=wish.fresh)
    return Response(status=204)


@bp.post("/account/second-factor")
@signed_in
@bp.input(PasswordProof, arg_name="wish")
@bp.output(SecondFactorOffer)
@bp.doc(responses=[409, 429])
def begin_second_factor(wish: PasswordProof) -> SecondFactorOffer:
    """Begin: a secret for the telephone; in force once a code proves it."""
    offer = begin(services(), actor(), password=wish.password)
    square = segno.make(offer.uri, error="m").svg_inline(scale=QR_SCALE, omitsize=True)
    return SecondFactorOffer(secret=offer.secret, uri=offer.uri, qr_svg=str(square))


@bp.put("/account/second-factor")
@signed_in
@bp.input(CodeProof, arg_name="wish")
@bp.output(RecoveryCodes)
@bp.doc(responses=[409])
def confirm_second_factor(wish: CodeProof) -> RecoveryCodes:
    """Prove that the telephone shows the right codes; from now on they are asked for."""
    return RecoveryCodes(recovery_codes=list(confirm(services(), actor(), code=wish.code)))


@bp.delete("/account/second-factor")
@signed_in
@bp.input(CodeProof, arg_name="wish")
@bp.doc(responses={204: "Removed", 429: "Too many tries"})
def remove_second_factor(wish: CodeProof) -> Response:
    """Take it away again, by one last code."""
    remove(services(), actor(), code=wish.code)
    return Response(status=204)


def account_to_shape(account: people.Account) -> Account:
    """Somebody as they see themselves."""
    ours = services()
    tree = ours.queries.tree()
    return Account(
        id=account.id,
        username=account.username,
        name=account.name,
        email=account.email,
        mail_evening=account.mail_evening,
        second_factor=has_second_factor(ours, account.id),
        grants=[
            Grant(role=each.role, area=each.area, area_name=tree.name(each.area))
            for each in account.grants
        ],
        deeds={deed: sorted(places_for(account.grants, deed)) for deed in Deed},
        area=account.area,
        area_name=tree.name(account.area),
        locale=account.locale,
    )
