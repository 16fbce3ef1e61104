"""Settings, read once from the environment. None is required in development."""

from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in upper case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = Field("development", description="production refuses to start on weak settings")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    workers: int = Field(1, ge=1, le=64, description="server processes")
    data_dir: Path = Field(Path(".data"), description="where the embedded database and generated secrets live")
    database_url: str = Field("", description="the application's login: owns nothing; empty: the embedded PostgreSQL")
    database_owner_url: str = Field("", description="the owner of the tables, for migrations and seeds; needs CREATEROLE")
    objects_url: str = Field("", description="where uploaded files are kept, such as s3://bucket/prefix; empty: in DATA_DIR")
    pool_size: float = Field(1.0, gt=0, le=20, description="factor on every connection pool of a process (1 = about 25 connections)")
    secret_key: str = Field("", description="signs tokens, at least 32 bytes; empty: generated once into DATA_DIR (development only)")
    access_token_minutes: int = Field(0, ge=0, le=1440, description="life of an access token; 0: 15, in development 720")
    trusted_proxies: str = Field("", description="addresses or networks, comma separated, whose X-Forwarded-* headers count")
    public_url: str = Field(
        "http://localhost:3000",
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="where the portals are; links in mails begin with it",
    )
    smtp_url: str = Field(
        "",
        pattern=r"^(smtps?://\S+)?$",
        description="the mail server: smtp://user:password@host:587, or smtps://; empty: the outbox of development",
    )
    mail_from: str = Field("", description="whom mails are from, as Name <address>; empty: no-reply at the host of PUBLIC_URL")
    stripe_secret_key: str = Field(
        "", description="takes payments through Stripe; empty: the gateway of development, or none in production"
    )
    stripe_webhook_secret: str = Field(
        "", description="signs what Stripe tells /api/webhooks/payments/stripe; needed with STRIPE_SECRET_KEY"
    )
    stripe_api_base: str = Field("", description="another address of Stripe's API, such as a stand-in's; empty: its own")
    razorpay_key_id: str = Field("", description="takes payments through Razorpay, where there is no STRIPE_SECRET_KEY")
    razorpay_key_secret: str = Field("", description="belongs to RAZORPAY_KEY_ID")
    razorpay_webhook_secret: str = Field("", description="signs what Razorpay tells /api/webhooks/payments/razorpay")
    cors_origins: Annotated[list[str], NoDecode] = Field(
        ["http://localhost:3000", "http://localhost:5173"], description="browser origins that may call the API, comma separated"
    )
    catalogue_seconds: float = Field(
        1.0, ge=0, le=60, description="how long a process may repeat an answer to visitors that no commit has changed; 0: never"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe line that is logged")
    run_jobs: Literal["on", "off"] = Field(
        "on", description="whether server processes also do what waits to be done later; off: only `realestate worker` does"
    )
    query_log: Literal["off", "on", "plans"] = Field(
        "off",
        description="development only: on shows every statement with its time and size, plans its plan too, with values in conditions",
    )
    redis_url: str = Field("", description="carries what sockets wait for between many machines; empty: PostgreSQL's NOTIFY does")
    rate_limits: Literal["on", "off"] = Field(
        "on", description="throttling of sign-in, registration, forgotten passwords, codes and invitations"
    )
    seed: Literal["", "none", "demo", "large"] = Field(
        "", description="data to start with; empty: demo in development, none in production; large: minutes, for measuring"
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [origin.strip() for origin in value.split(",") if origin.strip()] if isinstance(value, str) else value

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def token_minutes(self) -> int:
        """15 minutes; a working day in development, because the existing portals never refresh."""
        return self.access_token_minutes or (15 if self.is_production else 720)

    @property
    def seed_name(self) -> str:
        return self.seed or ("none" if self.is_production else "demo")

    @property
    def site(self) -> str:
        """The host of PUBLIC_URL."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def sender(self) -> tuple[str, str]:
        """Name and address of whom mails are from."""
        name, address = parseaddr(self.mail_from)
        return name or "Real estate platform", address or f"no-reply@{self.site}"

    @cached_property
    def key(self) -> bytes:
        """The signing key. The command line fills SECRET_KEY in before a server starts."""
        if len(self.secret_key.encode()) < 32:
            raise RuntimeError("SECRET_KEY must have at least 32 bytes")
        return self.secret_key.encode()


settings = Settings()
