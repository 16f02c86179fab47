"""Mail is handed over to a real server, and every way in which that fails is told apart."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from samskap.integrations import mail
from samskap.integrations.mail import FolderMailer, Mail, NotSent, SmtpMailer, UnknownMail, mailer_at, written
from tests.standins.smtp import Mode, Post, a_free_port, a_mail_server

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENDER = "Samskap <ikke-svar@samskap.example>"


def a_mail(**words: object) -> Mail:
    told = {"name": "outbox-7", "to": "kari@oyer.example", "subject": "Ny beskjed", "body": "Hei.\n\nÆØÅ.\n", "at": AT}
    return Mail(**{**told, **words})  # type: ignore[arg-type]


@pytest.fixture
def post() -> Iterator[Post]:
    with a_mail_server() as found:
        yield found


def send(url: str, message: Mail | None = None) -> None:
    mailer_at(url, sender=SENDER).send(message or a_mail())


def refusal(url: str, message: Mail | None = None) -> NotSent:
    with pytest.raises(NotSent) as problem:
        send(url, message)
    return problem.value


def test_a_message_comes_as_it_was_written(post: Post) -> None:
    send(post.url)
    (came,) = post.came
    assert (came["To"], came["Subject"], came["From"]) == ("kari@oyer.example", "Ny beskjed", SENDER)
    assert came["Message-ID"] == "<outbox-7@samskap.example>"
    assert came["Auto-Submitted"] == "auto-generated"
    assert came.get_content() == "Hei.\r\n\r\nÆØÅ.\r\n"
    assert post.to == [["kari@oyer.example"]]


@pytest.mark.parametrize(
    ("mode", "says", "for_good"),
    [
        ("451", "451 4.7.1", False),
        ("550", "550 5.1.1", True),
        ("452 data", "452 4.3.1", False),
        ("554 data", "554 5.6.0", True),
        ("sender 550", "550 5.7.1", False),
        ("drops", "no answer: SMTPServerDisconnected", False),
    ],
)
def test_each_refusal_is_told_apart(post: Post, mode: Mode, says: str, *, for_good: bool) -> None:
    post.mode = mode
    problem = refusal(post.url)
    assert (problem.says, problem.for_good) == (says, for_good)


def test_what_is_kept_of_a_refusal_names_nobody(post: Post) -> None:
    post.mode = "550"
    assert "kari" not in refusal(post.url).says


def test_a_server_that_hangs_is_left_in_time(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.5)
    post.mode = "hangs"
    begun = monotonic()
    problem = refusal(post.url)
    assert (problem.says, problem.for_good) == ("no answer: SMTPServerDisconnected", False)
    assert monotonic() - begun < 3


def test_twenty_seconds_are_enough_and_less_than_the_lease() -> None:
    from samskap.services.outbox import LEASE

    assert LEASE.total_seconds() / 2 > mail.TIMEOUT + mail.GOODBYE


def test_nobody_there_is_not_for_good() -> None:
    problem = refusal(f"smtp://127.0.0.1:{a_free_port()}")
    assert (problem.says, problem.for_good) == ("no answer: ConnectionRefusedError", False)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.no, evil@x.no", "<a@b.no> <c@d.no>", "a@b.no\r\nBcc: x@y.no", "a@[127.0.0.1]", "Ola <a@b.no>",
        "a@b.no\x00", "", "a", "a@", "x" * 250 + "@b.no", '"a b"@b.no',
    ],
)  # fmt: skip
def test_what_is_not_exactly_one_address_is_refused_for_good_before_anybody_is_asked(post: Post, address: str) -> None:
    problem = refusal(post.url, a_mail(to=address))
    assert (problem.says, problem.for_good, post.tried) == ("bad address", True, 0)


def test_a_norwegian_domain_is_written_as_the_net_knows_it(post: Post) -> None:
    send(post.url, a_mail(to="ola@blåbær.no"))
    assert post.to == [["ola@xn--blbr-roah.no"]]


def test_a_norwegian_name_before_the_at_is_taken_by_a_server_that_can(post: Post) -> None:
    send(post.url, a_mail(to="åse@oyer.example"))
    assert post.to == [["åse@oyer.example"]]


def test_a_subject_is_one_line_without_controls() -> None:
    message = written(a_mail(subject="Ny\r\nBcc: x@y.no\x00 beskjed\x1b[31m"), sender=SENDER)
    assert message["Subject"] == "Ny Bcc: x@y.no beskjed [31m"
    assert message["Bcc"] is None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has reason to trust."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def trusting(post: Post, certificate: Path, user: str = "") -> SmtpMailer:
    found = mailer_at(f"smtp://{user}127.0.0.1:{post.port}", sender=SENDER)
    assert isinstance(found, SmtpMailer)
    found.tls = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    return found


def test_the_conversation_turns_to_tls_where_the_server_can(server_tls: ssl.SSLContext, certificate: Path) -> None:
    with a_mail_server(tls=server_tls) as post:
        trusting(post, certificate).send(a_mail())
        assert post.secure == [True]


def test_a_certificate_that_nobody_trusts_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    with a_mail_server(tls=server_tls) as post:
        problem = refusal(post.url)
        assert (problem.says, problem.for_good) == ("no answer: SSLCertVerificationError", False)


def test_the_password_is_said_only_after_tls(server_tls: ssl.SSLContext, certificate: Path) -> None:
    with a_mail_server(tls=server_tls, login=("oyer", "hemmelig%")) as post:
        trusting(post, certificate, "oyer:hemmelig%25@").send(a_mail())
        assert post.secure == [True]


def test_a_wrong_password_is_not_the_recipient_s_fault(
    server_tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 2.0)
    with a_mail_server(tls=server_tls, login=("oyer", "hemmelig")) as post, pytest.raises(NotSent) as problem:
        trusting(post, certificate, "oyer:feil@").send(a_mail())
    assert not problem.value.for_good
    assert "oyer" not in problem.value.says


def test_another_machine_without_tls_is_told_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "is_here", lambda host: False)
    assert refusal(post.url).says == "the mail server does not offer TLS"
    assert post.tried == 0
    send(f"{post.url}?tls=no")
    assert len(post.came) == 1


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "file://", "file:", "ftp://a/b", "/folder"])
def test_a_setting_that_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(UnknownMail, match="SAMSKAP_MAIL must begin with"):
        mailer_at(url, sender=SENDER)


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(UnknownMail, match="SAMSKAP_MAIL_FROM"):
        mailer_at("smtp://127.0.0.1", sender="Samskap")


def test_in_a_folder_the_same_message_twice_is_one_file(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail", sender=SENDER)
    for name in ("outbox-1", "outbox-2", "outbox-1"):
        mailer.send(a_mail(name=name))
    assert mail.names_in(tmp_path / "mail") == ["outbox-1", "outbox-2"]
    kept = mail.read_kept(tmp_path / "mail", "outbox-1")
    assert (kept.to, kept.subject, kept.body, kept.at) == ("kari@oyer.example", "Ny beskjed", "Hei.\n\nÆØÅ.\n", AT)
    assert [file.name for file in (tmp_path / "mail").iterdir() if file.suffix != ".eml"] == []


def test_a_folder_that_cannot_be_written_to_is_not_for_good(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(NotSent) as problem:
        FolderMailer(tmp_path / "mail", sender=SENDER).send(a_mail())
    assert (problem.value.says, problem.value.for_good) == ("folder: File exists", False)
