"""Use-cases on real rows: who may do what, and what happens when two do it at once."""

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from loa_agent.protocol.documents import BroadcastClass
from loa_agent.protocol.seal import SigningKey, seal
from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import role_grant
from loa_server.adapters.db.tables import session as sessions
from loa_server.adapters.db.tables import station as stations
from loa_server.application import draft_broadcast as ordering
from loa_server.application.change_password import change_password
from loa_server.application.create_broadcast import create_broadcast
from loa_server.application.create_first_account import create_first_account
from loa_server.application.create_station import create_station
from loa_server.application.delete_bulletin import delete_bulletin
from loa_server.application.draft_broadcast import Order
from loa_server.application.enrol_station import Enrolment, enrol_station
from loa_server.application.fetch_blob import BlobRequest, fetch_blob
from loa_server.application.issue_claim import issue_claim
from loa_server.application.look_up_session import look_up_session
from loa_server.application.reset_password import reset_password
from loa_server.application.sign_in import sign_in
from loa_server.application.sign_out import sign_out
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.application.upload_bulletin import upload_bulletin
from loa_server.domain.audit import first_break
from loa_server.domain.people import FREE_ATTEMPTS, SESSION_IDLE, Account
from loa_server.domain.problems import Problem
from loa_server.domain.stations import BLOB_REQUEST_LIFE, CLAIM_LIFE
from loa_server.domain.when import At, Repeating, When
from sqlalchemy import delete, func, select
from world import FIVE_PM, NOW, World, sha, together

FRESH = "con trâu đi cày"
DEVICE = SigningKey.generate()


def refusal(deed, *arguments, **named) -> str:
    """The code with which a deed is refused."""
    with pytest.raises(Problem) as problem:
        deed(*arguments, **named)
    return problem.value.code


def order(world: World, actor: Account, bulletin: str, *audiences: str, when: When | None = None):
    wish = Order((bulletin,), audiences, when or At(FIVE_PM))
    return create_broadcast(world.services, actor, wish)


def test_a_broadcast_reaches_no_further_than_its_author(world: World) -> None:
    piece = world.ready().id

    codes = [
        refusal(order, world, world.commune, piece, audience) for audience in ("a-gia-lai", "a-vn")
    ]
    unknown = [
        refusal(order, world, world.commune, piece, audience)
        for audience in (
            "a-tuy-phuoc",
            "s-tuy-phuoc-1",
            "a-nowhere",
            "s-nobody",
            "g-group",
            "x",
            "",
        )
    ]

    assert set(codes) == {"forbidden"}
    assert set(unknown) == {"audience_unknown"}
    assert refusal(order, world, world.commune, piece) == "no_audience"
    assert world.queries.broadcasts(NOW, 10, frozenset({"vn"})) == []


def test_a_bulletin_from_outside_the_reach_is_not_broadcast(world: World) -> None:
    theirs, above = world.ready(world.neighbour).id, world.ready(world.province).id

    codes = [refusal(order, world, world.commune, each, "a-phu-cat") for each in (theirs, above)]
    from_above = order(world, world.province, theirs, "a-gia-lai")

    assert codes == ["not_found", "not_found"]
    assert from_above.area == "gia-lai"


def test_what_is_not_ready_or_not_there_is_not_broadcast(world: World) -> None:
    deleted = world.ready().id
    delete_bulletin(world.services, world.commune, bulletin=deleted)
    waiting = world.upload().id

    codes = [
        refusal(order, world, world.commune, each, "a-phu-cat")
        for each in (waiting, "bt-unknown", deleted)
    ]

    assert codes == ["bulletin_not_ready", "not_found", "not_found"]


def test_an_emergency_is_not_sent_by_an_ordinary_order(world: World) -> None:
    wish = Order((world.ready().id,), ("a-phu-cat",), At(FIVE_PM), BroadcastClass.EMERGENCY)

    assert refusal(create_broadcast, world.services, world.commune, wish) == "forbidden"


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (At(datetime(2026, 11, 23, 21, 0)), "outside_permitted_hours"),
        (At(datetime(2026, 11, 23, 20, 59, 30)), "outside_permitted_hours"),
        (Repeating((time(17, 0), time(4, 59)), date(2026, 11, 23)), "outside_permitted_hours"),
        (Repeating((time(9, 0),), date(2026, 11, 23), date(2026, 11, 23)), "start_in_past"),
        (At(datetime(1, 1, 1, 5, 0)), "start_in_past"),
    ],
)
def test_what_would_fall_silent_is_refused(world: World, when: When, code: str) -> None:
    piece = world.ready().id

    assert refusal(order, world, world.commune, piece, "a-phu-cat", when=when) == code
    assert world.publish().keys() & {"manifest/a-phu-cat"} == {"manifest/a-phu-cat"}
    assert world.queries.broadcasts(NOW, 10, frozenset({"vn"})) == []


def test_a_manifest_takes_so_many_broadcasts_and_no_more(world: World, monkeypatch) -> None:
    monkeypatch.setattr(ordering, "MAX_IN_FORCE", 3)
    piece = world.ready().id
    for _ in range(3):
        order(world, world.commune, piece, "a-phu-cat")

    full = refusal(order, world, world.commune, piece, "s-phu-cat-1", "a-phu-cat")
    elsewhere = order(world, world.commune, piece, "s-phu-cat-1")
    world.now += timedelta(days=3)
    later = At(datetime(2026, 11, 26, 17, 0))

    assert full == "too_many_broadcasts"
    assert elsewhere.audiences == ("s-phu-cat-1",)
    assert order(world, world.commune, piece, "a-phu-cat", when=later).id


def test_what_was_ordered_is_read_back_the_same(world: World) -> None:
    daily = Repeating((time(5, 30), time(17, 0)), date(2026, 11, 24), date(2026, 11, 30))
    made = order(world, world.commune, world.ready().id, "s-phu-cat-1", "a-phu-cat", when=daily)

    with world.store.read() as rows:
        found = rows.broadcasts.get(made.id)

    assert found is not None
    assert replace(found, audiences=()) == replace(made, audiences=())
    assert set(found.audiences) == set(made.audiences)


def test_stopping_twice_is_stopping_once(world: World) -> None:
    broadcast = world.broadcast()
    outside = refusal(stop_broadcast, world.services, world.neighbour, broadcast=broadcast.id)

    stop_broadcast(world.services, world.commune, broadcast=broadcast.id)
    world.now += timedelta(minutes=1)
    stop_broadcast(world.services, world.commune, broadcast=broadcast.id)

    view = world.queries.broadcast(broadcast.id, world.now, frozenset({"vn"}))
    assert outside == "not_found"
    assert view is not None
    assert view.broadcast.stopped_at == NOW
    assert refusal(stop_broadcast, world.services, world.commune, broadcast="b") == "not_found"


def test_a_bulletin_in_use_is_kept_until_its_last_broadcast_is_over(world: World) -> None:
    broadcast = world.broadcast()
    (piece,) = broadcast.bulletins

    outside = refusal(delete_bulletin, world.services, world.neighbour, bulletin=piece)
    in_use = refusal(delete_bulletin, world.services, world.commune, bulletin=piece)
    world.now = NOW.replace(hour=10, minute=1)
    delete_bulletin(world.services, world.commune, bulletin=piece)

    assert (outside, in_use) == ("forbidden", "bulletin_in_use")
    assert refusal(delete_bulletin, world.services, world.commune, bulletin=piece) == "not_found"


@pytest.mark.parametrize(
    ("title", "category", "content", "code"),
    [
        ("", None, b"x", "bad_request"),
        ("\0", None, b"x", "bad_request"),
        ("x" * 201, None, b"x", "bad_request"),
        ("Tin", "c" * 61, b"x", "bad_request"),
        ("Tin", None, b"", "empty_file"),
        ("Tin", None, bytes(1001), "too_large"),
    ],
)
def test_an_upload_that_cannot_be_kept_is_refused(
    world: World, title: str, category: str | None, content: bytes, code: str
) -> None:
    stream = io.BytesIO(content)

    refused = refusal(
        upload_bulletin,
        world.services,
        world.commune,
        stream=stream,
        title=title,
        category=category,
    )

    assert refused == code
    assert world.queries.bulletins(10, frozenset({"vn"})) == []


def test_stations_are_made_within_reach_with_ids_of_their_own(world: World) -> None:
    def made(area: str, name: str = "Loa mới", station: str | None = None):
        return create_station(world.services, world.commune, name=name, area=area, station=station)

    assert made("an-hanh", "  Loa \n mới ").name == "Loa mới"
    assert refusal(made, "tuy-phuoc") == "not_found"
    assert refusal(made, "nowhere") == "not_found"
    assert refusal(made, "phu-cat", station="phu-cat-1") == "id_taken"
    assert refusal(made, "phu-cat", station="Phù.Cát") == "bad_request"
    assert refusal(made, "phu-cat", name=" ") == "bad_request"


def enrolment(world: World, **changes: str) -> Enrolment:
    claim = issue_claim(world.services, world.commune, station="phu-cat-1")
    return replace(Enrolment(claim.code, DEVICE.public_b64, "p" * 24, "0.1.0", "Pi 4"), **changes)


def test_a_device_enrols_once_by_a_code_typed_in_any_way(world: World) -> None:
    brought = enrolment(world)
    typed = replace(brought, code=brought.code.lower().replace("-", " "))

    enrolled = enrol_station(world.services, typed)

    station = world.queries.station("phu-cat-1")
    assert station is not None
    assert (station.kid, station.public_key) == (DEVICE.kid, DEVICE.public_b64)
    assert enrolled.keys == {world.services.authority.kid: world.services.authority.public_b64}
    assert refusal(enrol_station, world.services, typed) == "claim_used"


def test_codes_end_by_time_and_by_the_next_code(world: World) -> None:
    first, second = enrolment(world), enrolment(world)
    replaced = refusal(enrol_station, world.services, first)
    world.now += CLAIM_LIFE

    assert replaced == "claim_unknown"
    assert refusal(enrol_station, world.services, second) == "claim_expired"
    assert refusal(issue_claim, world.services, world.neighbour, station="phu-cat-1") == "not_found"
    assert refusal(issue_claim, world.services, world.commune, station="nobody") == "not_found"


def test_of_two_devices_with_one_code_one_is_the_station(world: World) -> None:
    brought, codes = enrolment(world), []

    def enrol() -> None:
        try:
            enrol_station(world.services, brought)
            codes.append("enrolled")
        except Problem as problem:
            codes.append(problem.code)

    together(enrol, enrol)

    assert sorted(codes) == ["claim_used", "enrolled"]


@pytest.mark.parametrize(
    "changes",
    [
        {"public_key": ""},
        {"public_key": "not base64!"},
        {"public_key": DEVICE.public_b64[:-2]},
        {"broker_password": "short"},
        {"broker_password": "p" * 129},
        {"broker_password": "mật khẩu của tôi đây nhé"},
        {"broker_password": "p" * 20 + "\n"},
    ],
)
def test_a_device_with_an_unfit_key_or_password_is_refused(
    world: World, changes: dict[str, str]
) -> None:
    brought = enrolment(world, **changes)

    assert refusal(enrol_station, world.services, brought) == "bad_request"
    assert enrol_station(world.services, replace(enrolment(world))).station == "phu-cat-1"


def test_a_key_is_kept_in_one_spelling_and_hardware_in_visible_letters(world: World) -> None:
    brought = enrolment(world, public_key=DEVICE.public_b64 + "=", hardware="Pi\0" + "x" * 5000)

    enrol_station(world.services, brought)

    with reading(world.engine) as connection:
        kept = select(stations.c.public_key).where(stations.c.id == "phu-cat-1")
        assert connection.execute(kept).scalar_one() == DEVICE.public_b64
    assert len(read_audit(world.engine)[-1][0].facts["hardware"]) < 200


def test_audio_is_given_to_who_proves_to_be_a_station_that_plays_it(world: World) -> None:
    enrol_station(world.services, enrolment(world))
    voice = world.services.blobs.keep(io.BytesIO("Tiêm chủng".encode()), 100)
    world.broadcast("a-phu-cat")

    def fetch(sha256: str = voice, *, key=DEVICE, named: str = "phu-cat-1", at=NOW) -> str:
        token = seal(BlobRequest(station=named, at=at), key)
        path = fetch_blob(world.services, claimed_station="phu-cat-1", token=token, sha256=sha256)
        return path.name

    late = NOW - BLOB_REQUEST_LIFE - timedelta(seconds=1)
    assert fetch() == voice == sha("Tiêm chủng")
    assert refusal(fetch, key=SigningKey.generate()) == "forbidden"
    assert refusal(fetch, named="tuy-phuoc-1") == "forbidden"
    assert refusal(fetch, at=late) == "forbidden"
    assert refusal(fetch, sha("another")) == "forbidden"
    assert refusal(fetch, "../../etc/passwd") == "forbidden"


def test_a_session_opens_idles_out_and_closes(world: World) -> None:
    opened = sign_in(world.services, username=" Phu-Cat ", password="phu-cat")
    found = look_up_session(world.services, opened.token)
    world.now += SESSION_IDLE
    idle = look_up_session(world.services, opened.token)
    world.now = NOW
    sign_out(world.services, opened.token)

    assert found is not None
    assert (found.account.id, found.csrf) == ("u-phu-cat", opened.signed_in.csrf)
    assert idle is None
    assert look_up_session(world.services, opened.token) is None
    assert look_up_session(world.services, "made-up") is None


def wrong(world: World) -> str:
    return refusal(sign_in, world.services, username="phu-cat", password="wrong")


def test_wrong_passwords_lock_the_account_for_a_while(world: World) -> None:
    codes = [wrong(world) for _ in range(FREE_ATTEMPTS)]
    locked = refusal(sign_in, world.services, username="phu-cat", password="phu-cat")
    world.now += timedelta(seconds=31)

    opened = sign_in(world.services, username="phu-cat", password="phu-cat")

    assert codes == ["wrong_credentials"] * FREE_ATTEMPTS
    assert locked == "too_many_attempts"
    assert opened.signed_in.account.failed_attempts == 0


def test_wrong_passwords_at_once_are_all_counted(world: World) -> None:
    together(*(lambda: wrong(world) for _ in range(FREE_ATTEMPTS - 1)))

    with world.store.read() as rows:
        account = rows.people.by_username("phu-cat")
    assert account is not None
    assert account.failed_attempts == FREE_ATTEMPTS - 1
    assert first_break(read_audit(world.engine)) is None


def test_signing_in_does_not_bring_back_a_password_replaced_meanwhile(world: World) -> None:
    fresh = []

    def replaced() -> None:
        world.passwords.while_verifying = lambda: None
        fresh.append(reset_password(world.services, username="phu-cat"))

    world.passwords.while_verifying = replaced

    old = refusal(sign_in, world.services, username="phu-cat", password="phu-cat")

    assert old == "wrong_credentials"
    assert sign_in(world.services, username="phu-cat", password=fresh[0]).token


def test_changing_the_password_ends_all_other_sessions(world: World) -> None:
    here, there = (
        sign_in(world.services, username="phu-cat", password="phu-cat") for _ in range(2)
    )

    change_password(world.services, world.commune, token=here.token, current="phu-cat", fresh=FRESH)

    assert look_up_session(world.services, here.token) is not None
    assert look_up_session(world.services, there.token) is None
    assert wrong(world) == "wrong_credentials"
    assert sign_in(world.services, username="phu-cat", password=FRESH).token


def test_a_password_is_not_changed_by_who_does_not_know_it(world: World) -> None:
    def change(current: str, fresh: str) -> None:
        change_password(world.services, world.commune, token="t", current=current, fresh=fresh)

    codes = [refusal(change, "wrong", FRESH) for _ in range(FREE_ATTEMPTS)]

    assert set(codes) == {"wrong_credentials"}
    assert refusal(change, "phu-cat", FRESH) == "too_many_attempts"
    assert refusal(change, "phu-cat", "short") == "weak_password"


def test_of_two_starts_at_once_one_makes_the_first_account(world: World) -> None:
    with writing(world.engine) as connection:
        connection.execute(delete(role_grant))
        connection.execute(delete(accounts))
    passwords: list[str | None] = []

    def start() -> None:
        made = create_first_account(world.services, username="Admin", name="An", area="gia-lai")
        passwords.append(made)

    together(start, start)

    (password,) = [each for each in passwords if each is not None]
    assert sign_in(world.services, username="admin", password=password).token


def test_there_is_one_first_account_and_its_password_can_be_reset(world: World) -> None:
    again = create_first_account(world.services, username="admin", name="Quản trị", area="vn")
    opened = sign_in(world.services, username="phu-cat", password="phu-cat")

    fresh = reset_password(world.services, username="PHU-CAT")

    assert again is None
    assert look_up_session(world.services, opened.token) is None
    assert sign_in(world.services, username="phu-cat", password=fresh).token
    assert refusal(reset_password, world.services, username="nobody") == "not_found"


def test_sessions_are_kept_as_hashes(world: World) -> None:
    opened = sign_in(world.services, username="phu-cat", password="phu-cat")

    with reading(world.engine) as connection:
        query = select(func.count()).where(sessions.c.token_sha256 == opened.token)
        assert connection.execute(query).scalar_one() == 0
