"""What `serve` refuses to start with, and that each sentence names the variable."""

import os

import pytest

from realestate.cli import production
from realestate.cli.refusal import Refusal
from realestate.config import settings

GOOD = "b9Yk2mQx7RfT4wLz8NcV1pHs6JdG3aEu5KtX0oWi"


@pytest.fixture(autouse=True)
def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"environment": "production", "secret_key": GOOD, "seed": "none", "cors_origins": ["https://portal.test"]}.items():
        monkeypatch.setattr(settings, name, value)


def test_good_settings_pass() -> None:
    production.check_settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("stripe_secret_key", "sk_live_x", "STRIPE_WEBHOOK_SECRET: belongs with STRIPE_SECRET_KEY"),
        ("stripe_webhook_secret", "whsec_x", "STRIPE_WEBHOOK_SECRET: belongs with STRIPE_SECRET_KEY"),
        ("razorpay_key_id", "rzp_live_x", "RAZORPAY_WEBHOOK_SECRET: belongs with RAZORPAY_KEY_ID"),
        ("secret_key", "", "SECRET_KEY: is missing"),
        ("secret_key", "short", "SECRET_KEY: has fewer than 32 bytes"),
        ("secret_key", "abc" * 20, "SECRET_KEY: is easy to guess"),
        ("cors_origins", ["*"], "CORS_ORIGINS: "),
        ("cors_origins", ["https://*.portal.test"], "CORS_ORIGINS: "),
        ("database_url", "", "DATABASE_URL: "),
        ("query_log", "on", "QUERY_LOG: "),
        ("seed", "demo", "SEED: "),
        ("smtp_url", "smtp://mail.test", "PUBLIC_URL: "),
    ],
)
def test_a_weak_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: object, sentence: str) -> None:
    monkeypatch.setattr(settings, name, value)
    monkeypatch.setattr(settings, "database_owner_url", "")
    with pytest.raises(Refusal, match=f"^{sentence}"):
        production.check_settings()


def test_the_owner_alone_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "database_url", "")
    with pytest.raises(Refusal, match="^DATABASE_URL: name the application's login too"):
        production.check_settings()


def test_the_applications_login_passes() -> None:
    production.check_database()


def test_a_login_that_the_wall_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "database_url", os.environ["DATABASE_OWNER_URL"])
    with pytest.raises(Refusal, match="^DATABASE_URL: its login (is a superuser|owns tables)"):
        production.check_database()


def test_more_connections_than_the_database_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "workers", 64)
    monkeypatch.setattr(settings, "pool_size", 20.0)
    with pytest.raises(Refusal, match=r"^WORKERS: 64 processes want 32000 connections"):
        production.check_database()


def test_a_database_without_tables_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "environment", "development")
    monkeypatch.setattr(settings, "database_url", os.environ["TEST_DATABASE_URL"])
    with pytest.raises(Refusal, match="^DATABASE_URL: this database has no tables yet; run init_database.py"):
        production.check_database()
