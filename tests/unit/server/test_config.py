"""Settings come from the environment, secrets also from files, and wrong values stop the start."""

from pathlib import Path

import pytest
from loa_server.bootstrap.services import outside
from loa_server.bootstrap.work import make_mailer
from loa_server.config import SettingsError, SmtpTls, read_settings


def test_without_variables_everything_is_local() -> None:
    settings = read_settings({})

    assert settings.host == settings.broker_host == "127.0.0.1"
    assert settings.data.is_absolute()
    assert settings.database.startswith("sqlite:///")
    assert settings.broker_password is None


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 32 + "\n")

    settings = read_settings({"LOA_BROKER_PASSWORD_FILE": str(secret)})

    assert settings.broker_password == "s" * 32


def test_an_empty_variable_is_as_good_as_none() -> None:
    settings = read_settings({"LOA_DATABASE_URL": "", "LOA_BROKER_PASSWORD_FILE": ""})

    assert settings.database.startswith("sqlite:///")
    assert settings.broker_password is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOA_PORT", "99999"),
        ("LOA_PORT", "web"),
        ("LOA_WEB_THREADS", "0"),
        ("LOA_TRUSTED_PROXIES", "-1"),
        ("LOA_BROKER_TLS", "yes"),
        ("LOA_BROKER_PASSWORD", "short"),
        ("LOA_BROKER_PASSWORD_FILE", "/nowhere/at/all"),
        ("LOA_SMTP_PORT", "0"),
        ("LOA_SMTP_TLS", "ssl"),
        ("LOA_SMTP_FROM", "Loa"),
        ("LOA_SMTP_FROM", "loa@example.org\r\nBcc: all@example.org"),
        ("LOA_SMTP_PASSWORD_FILE", "/nowhere/at/all"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def test_a_database_address_with_a_password_is_a_secret_too(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql+psycopg://loa:pw@db/loa")

    assert read_settings({"LOA_DATABASE_URL_FILE": str(file)}).database.startswith("postgresql")


MAIL = {"LOA_SMTP_HOST": "mail.example.org", "LOA_SMTP_FROM": "loa@example.org"}


def test_a_mail_server_needs_a_sender_and_keeps_its_password_to_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("pw\n")
    account = {"LOA_SMTP_USERNAME": "loa", "LOA_SMTP_PASSWORD_FILE": str(secret)}

    settings = read_settings(MAIL | account)

    assert (settings.smtp_port, settings.smtp_tls) == (587, SmtpTls.STARTTLS)
    assert (settings.smtp_username, settings.smtp_password) == ("loa", "pw")
    with pytest.raises(SettingsError, match="LOA_SMTP_FROM"):
        read_settings({"LOA_SMTP_HOST": "mail.example.org"})


def test_a_password_never_leaves_the_machine_in_the_clear() -> None:
    open_way = {"LOA_SMTP_PASSWORD": "pw", "LOA_SMTP_TLS": "none"}

    here = read_settings(MAIL | open_way | {"LOA_SMTP_HOST": "127.0.0.1"})

    assert here.smtp_tls is SmtpTls.NONE
    with pytest.raises(SettingsError, match="LOA_SMTP_TLS"):
        read_settings(MAIL | open_way)


def test_letters_are_sent_only_where_there_is_a_mail_server() -> None:
    assert make_mailer(read_settings({})) is None
    assert make_mailer(read_settings(MAIL)) is not None


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "id.example", "ftp://id.example", "https://"]
)
def test_nobody_says_who_people_are_over_an_open_line(issuer: str) -> None:
    with pytest.raises(SettingsError, match="LOA_OIDC_ISSUER"):
        read_settings({"LOA_OIDC_ISSUER": issuer})


def test_a_provider_is_asked_only_when_one_is_named_with_what_we_are_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a client's secret\n")
    named = {"LOA_OIDC_ISSUER": "https://id.example", "LOA_OIDC_NAME": "Gia Lai ID"}
    client = {"LOA_OIDC_CLIENT_ID": "loa", "LOA_OIDC_CLIENT_SECRET_FILE": str(secret)}

    whole = read_settings({**named, **client})
    provider = outside(whole)

    assert whole.oidc_client_secret == "a client's secret"
    assert provider is not None
    assert provider.name == "Gia Lai ID"
    assert outside(read_settings({})) is None
    with pytest.raises(SettingsError, match="LOA_OIDC_CLIENT_ID"):
        outside(read_settings(named))
