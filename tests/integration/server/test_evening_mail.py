"""The evening letters against a real mail server: once each, tried again, and no line smuggled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from ipaddress import IPv4Address
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fakes.post_office import PostOffice
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import station as stations
from loa_server.adapters.mailer_smtplib import SmtpAddress, SmtpMailer
from loa_server.application.mail_words import LANGUAGES
from loa_server.application.send_evening_mail import (
    MailRefusedError,
    MailServerAwayError,
    Round,
    send_evening_mail,
)
from loa_server.application.write_evening_mail import Mail
from loa_server.bootstrap.work import EVENINGS_KEPT, forget
from loa_server.config import SmtpTls
from loa_server.domain.people import Account
from loa_server.domain.repeat import EVERY_DAY
from loa_server.domain.schedule import HolidayRule
from loa_server.domain.when import At, Repeating
from loa_server.workers.evening import EveningLetters
from sqlalchemy import update
from world import World, together

SEVEN_PM = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
"""19:00 in Viet Nam."""
MINUTE = timedelta(minutes=1)
PHU_CAT = "phucat@example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().opened() as opened:
        yield opened


@pytest.fixture
def evening(world: World) -> World:
    """Seven in the evening; the commune's officer wants the letter."""
    wants(world, world.commune)
    world.now = SEVEN_PM
    return world


def wants(world: World, account: Account, email: str | None = None, locale: str = "vi") -> None:
    values = {"email": email or PHU_CAT, "mail_evening": True, "locale": locale}
    with writing(world.engine) as connection:
        mine = accounts.c.id == account.id
        connection.execute(update(accounts).where(mine).values(values))


def mailer(office: PostOffice, **changed: object) -> SmtpMailer:
    address = SmtpAddress("127.0.0.1", office.port, "loa@example.org", tls=SmtpTls.NONE)
    return SmtpMailer(replace(address, **changed))  # type: ignore[arg-type]


def send(world: World, office: PostOffice) -> Round:
    return send_evening_mail(world.services, mailer(office))


def body(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    content: str = part.get_content().replace("\r\n", "\n")
    return content


def daily(*times: time) -> Repeating:
    return Repeating(
        times=times,
        begin=date(2026, 11, 23),
        until=None,
        repeat=EVERY_DAY,
        extra=(),
        left_out=(),
        left_out_days=(),
        holidays=HolidayRule(),
    )


def test_the_letter_lists_the_next_day_early_hours_first_and_marked(
    evening: World, office: PostOffice
) -> None:
    evening.broadcast(when=daily(time(5, 0), time(17, 0)))

    found = send(evening, office)

    (letter,) = office.by(PHU_CAT)
    assert found == Round(sent=("u-phu-cat",))
    assert letter["Subject"] == "Lịch phát 24 giờ tới: Phù Cát, 2 lượt, có giờ dễ gây phiền"
    assert letter["From"] == "Loa <loa@example.org>"
    assert body(letter) == (
        "Kính gửi Cán bộ phu-cat,\n"
        "Từ 19:00 23/11 đến 19:00 24/11, các cụm loa của Phù Cát sẽ phát như sau.\n"
        "\n"
        "GIỜ DỄ GÂY PHIỀN (TRƯỚC 6 GIỜ HOẶC TỪ 21 GIỜ)\n"
        "- CHÚ Ý 05:00 24/11  Tiêm chủng (thường), 1 phút. Nơi phát: Phù Cát. "
        "Nơi đặt: Phù Cát.\n"
        "\n"
        "CÁC LƯỢT PHÁT\n"
        "- 17:00 24/11  Tiêm chủng (thường), 1 phút. Nơi phát: Phù Cát. Nơi đặt: Phù Cát.\n"
        "\n"
        "Thư này do máy chủ Loa gửi mỗi tối. Tắt thư trong mục Tài khoản.\n"
    )


def test_the_letter_is_written_in_the_reader_s_language(evening: World, office: PostOffice) -> None:
    wants(evening, evening.commune, locale="en")

    send(evening, office)

    (letter,) = office.by(PHU_CAT)
    assert letter["Subject"] == "The next 24 hours: Phù Cát, 0 broadcasts"
    assert "Nothing will sound." in body(letter)


def test_what_will_not_sound_is_named_with_the_reason(evening: World, office: PostOffice) -> None:
    evening.broadcast(when=daily(time(17, 0)))
    hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "06:00", "end": "12:00"}]
    with writing(evening.engine) as connection:
        connection.execute(update(stations).values(hours=hours))

    send(evening, office)

    (letter,) = office.by(PHU_CAT)
    assert "KHÔNG PHÁT\n- 17:00 24/11  Tiêm chủng" in body(letter)
    assert "Ngoài khung giờ cho phép." in body(letter)
    assert letter["Subject"] == "Lịch phát 24 giờ tới: Phù Cát, 0 lượt"


def test_the_html_says_the_same_and_takes_a_title_for_no_more_than_words(
    evening: World, office: PostOffice
) -> None:
    piece = evening.ready(title="<script>alert(1)</script> & hết")
    evening.broadcast(bulletin=piece, when=At(datetime(2026, 11, 24, 17)))

    send(evening, office)

    (letter,) = office.by(PHU_CAT)
    words = _Words()
    words.feed(body(letter, "html"))
    assert words.tags.isdisjoint({"script", "img", "a", "style"})
    assert any("<script>alert(1)</script> & hết" in each for each in words.said)


def test_each_person_gets_one_letter_an_evening(evening: World, office: PostOffice) -> None:
    send(evening, office)
    evening.now += MINUTE
    again = send(evening, office)
    evening.now += timedelta(days=1)
    next_evening = send(evening, office)

    assert again == Round()
    assert next_evening.sent == ("u-phu-cat",)
    assert len(office.by(PHU_CAT)) == 2


@pytest.mark.parametrize(
    ("clock", "sent"), [("18:59", 0), ("19:00", 1), ("23:59", 1), ("00:00", 0), ("06:00", 0)]
)
def test_letters_leave_from_seven_until_midnight(
    evening: World, office: PostOffice, clock: str, sent: int
) -> None:
    local = datetime.fromisoformat(f"2026-11-23T{clock}:00+07:00")
    evening.now = local if local.hour > 6 else local + timedelta(days=1)

    send(evening, office)

    assert len(office.letters) == sent


def test_who_did_not_ask_or_left_gets_none(evening: World, office: PostOffice) -> None:
    wants(evening, evening.neighbour, "tuyphuoc@example.org")
    with writing(evening.engine) as connection:
        gone = accounts.c.id == evening.neighbour.id
        connection.execute(update(accounts).where(gone).values(disabled_at=evening.now))
        silent = accounts.c.id == evening.commune.id
        connection.execute(update(accounts).where(silent).values(mail_evening=False))

    assert send(evening, office) == Round()
    assert office.connections == 0


def test_nobody_reads_what_lies_outside_their_places(evening: World, office: PostOffice) -> None:
    evening.broadcast("a-tuy-phuoc", actor=evening.neighbour, when=daily(time(17, 0)))

    send(evening, office)

    assert "Không có lượt phát nào." in body(office.by(PHU_CAT)[0])


def test_a_letter_that_is_not_taken_now_is_tried_again_and_holds_up_nobody(
    evening: World, office: PostOffice
) -> None:
    wants(evening, evening.neighbour, "tuyphuoc@example.org")
    office.unwilling[PHU_CAT] = "451 later"

    first = send(evening, office)
    evening.now += MINUTE
    second = send(evening, office)

    assert (first.sent, first.delayed) == (("u-tuy-phuoc",), ("u-phu-cat",))
    assert second == Round(sent=("u-phu-cat",))
    assert [to for to, _ in office.letters] == ["tuyphuoc@example.org", PHU_CAT]


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_server_that_hangs_up_ends_the_round_and_the_next_one_sends(
    evening: World, office: PostOffice, word: str
) -> None:
    wants(evening, evening.neighbour, "tuyphuoc@example.org")
    office.unwilling |= {word: None, "HELO": None}

    first = send(evening, office)
    office.unwilling.clear()
    second = send(evening, office)

    assert (first.sent, len(first.delayed), first.away is not None) == ((), 1, True)
    assert len(second.sent) == 2
    assert len(office.letters) == 2


def test_an_address_that_is_refused_for_good_is_not_tried_again_that_evening(
    evening: World, office: PostOffice
) -> None:
    office.unwilling[PHU_CAT] = "550 nobody here"

    first, second = send(evening, office), send(evening, office)

    assert first == Round(refused=("u-phu-cat",))
    assert second == Round()
    assert office.connections == 1


def test_a_letter_that_was_taken_before_the_line_broke_is_not_sent_twice(
    evening: World, office: PostOffice
) -> None:
    office.unwilling["QUIT"] = "500 what"

    first, second = send(evening, office), send(evening, office)

    assert (first.sent, second.sent) == (("u-phu-cat",), ())
    assert len(office.letters) == 1


def test_a_server_that_is_not_there_costs_no_letter(evening: World, office: PostOffice) -> None:
    nowhere = PostOffice()
    nowhere.close()

    lost = send_evening_mail(evening.services, mailer(nowhere))
    found = send(evening, office)

    assert (lost.away, lost.delayed) == ("ConnectionRefusedError", ("u-phu-cat",))
    assert found.sent == ("u-phu-cat",)


def test_two_workers_send_one_letter(evening: World, office: PostOffice) -> None:
    together(lambda: send(evening, office), lambda: send(evening, office))

    assert len(office.letters) == 1


def test_a_server_without_tls_is_not_told_the_password(evening: World, office: PostOffice) -> None:
    secret = mailer(office, tls=SmtpTls.STARTTLS, username="loa", password="only for the server")

    found = send_evening_mail(evening.services, secret)

    assert found.away == "SMTPNotSupportedError"
    assert not any("AUTH" in words for words in office.words)


def test_a_password_is_told_over_tls_to_a_server_whose_certificate_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, strange = a_certificate(tmp_path / "known.pem"), a_certificate(tmp_path / "strange.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    account = {"tls": SmtpTls.STARTTLS, "username": "loa", "password": "only for the server"}
    mail = Mail(PHU_CAT, "Chào", "Chào", "<p>Chào</p>")

    with PostOffice(known).opened() as ours:
        mailer(ours, **account).send(mail)
    with PostOffice(strange).opened() as theirs, pytest.raises(MailServerAwayError):
        mailer(theirs, **account).send(mail)

    assert ours.passwords == ["\0loa\0only for the server"]
    assert len(ours.by(PHU_CAT)) == 1
    assert (theirs.passwords, theirs.letters) == ([], [])


def a_certificate(path: Path) -> Path:
    """For this machine, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, plain)
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org\r\nBcc: all@example.org",
        "a@example.org\nDATA",
        "a@example.org, b@example.org",
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "no address",
        "",
        "ngườidùng@example.org",
    ],
)
def test_no_address_smuggles_a_header_or_a_second_reader(office: PostOffice, to: str) -> None:
    with pytest.raises(MailRefusedError):
        mailer(office).send(Mail(to, "Chào", "Chào", "<p>Chào</p>"))

    assert office.letters == []


def test_no_subject_smuggles_a_header(office: PostOffice) -> None:
    with pytest.raises(MailRefusedError):
        mailer(office).send(Mail(PHU_CAT, "Chào\r\nBcc: all@example.org", "Chào", "<p>Chào</p>"))

    assert office.letters == []


def test_a_text_that_begins_a_line_with_a_dot_arrives_whole(office: PostOffice) -> None:
    mailer(office).send(Mail(PHU_CAT, "Chào", ".\r\nQUIT\r\n.hết\r\n", "<p>Chào</p>"))

    assert body(office.by(PHU_CAT)[0]).splitlines() == [".", "QUIT", ".hết"]


def test_an_unknown_certificate_is_no_server_of_ours(office: PostOffice) -> None:
    with pytest.raises(MailServerAwayError):
        mailer(office, tls=SmtpTls.TLS).send(Mail(PHU_CAT, "Chào", "Chào", "<p>Chào</p>"))


def test_that_the_server_is_away_is_said_once_and_that_it_is_back(
    evening: World, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    letters = EveningLetters(evening.services, mailer(office))
    office.unwilling["MAIL"] = "421 closing"
    letters.turn(Event())
    office.unwilling["MAIL"] = "421 closing"
    letters.turn(Event())
    letters.turn(Event())

    events = [record.message.partition(" ")[0] for record in caplog.records]

    assert events == ["mail_server_away", "mail_server_back", "evening_mail_sent"]


def test_who_is_told_to_stop_writes_no_further_letter(evening: World, office: PostOffice) -> None:
    stop = Event()
    stop.set()

    EveningLetters(evening.services, mailer(office)).turn(stop)

    assert office.letters == []
    assert send(evening, office).sent == ("u-phu-cat",)


def test_evenings_long_past_are_forgotten_and_the_last_ones_are_not(
    evening: World, office: PostOffice
) -> None:
    send(evening, office)
    forget(evening.services)
    kept = send(evening, office)
    evening.now += EVENINGS_KEPT + timedelta(days=2)

    forget(evening.services)

    with evening.store.read() as rows:
        assert rows.evenings.done({"2026-11-23"}) == frozenset()
    assert kept == Round()


def test_both_languages_have_the_same_words() -> None:
    assert LANGUAGES["vi"].keys() == LANGUAGES["en"].keys()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.said += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data)
