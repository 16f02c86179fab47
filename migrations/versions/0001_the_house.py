"""The house: every table of the first edition, and on PostgreSQL who may do what with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TENANTED = (
    "person",
    "rule_book_version",
    "term",
    "unit",
    "association",
    "block",
    "clearance",
    "membership",
    "need",
    "outbox",
    "staged_file",
    "step_taken",
    "volunteer",
    "away",
    "consent",
    "need_term",
    "need_window",
    "own_word",
    "proposal",
    "requirement",
    "volunteer_term",
    "offer",
    "assignment",
    "meeting",
    "opening",
)
"""Tables whose rows belong to one municipality: PostgreSQL shows them to nobody else."""

TABLES = (
    "account",
    "form_key",
    "municipality",
    "throttle",
    "link",
    "login_session",
    "person",
    "rule_book_version",
    "standing",
    "term",
    "unit",
    "association",
    "block",
    "clearance",
    "membership",
    "need",
    "outbox",
    "staged_file",
    "step_taken",
    "volunteer",
    "away",
    "consent",
    "need_term",
    "need_window",
    "own_word",
    "proposal",
    "requirement",
    "volunteer_term",
    "offer",
    "assignment",
    "meeting",
    "opening",
)
"""In the order in which they can be made."""

HISTORY = "step_taken"
"""Rows are only ever added."""


def upgrade() -> None:
    make_tables()
    if op.get_bind().dialect.name == "postgresql":
        fence_in()
        hand_over(op.get_context().opts["app_role"])
    else:
        forbid_changes_of_history()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def fence_in() -> None:
    """Row-level security by the municipality of the transaction; without one, no rows. The owner is held to it, too."""
    here = "municipality_id = NULLIF(current_setting('samskap.municipality', true), '')::integer"
    for table in TENANTED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY municipality ON {table} USING ({here}) WITH CHECK ({here})")


def hand_over(role: str) -> None:
    """The service's role reads and writes rows, and nothing else: no tables made, none emptied, no history changed."""
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    if not op.get_bind().execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar():
        op.execute(f"CREATE ROLE {quoted} NOLOGIN")
        op.execute(f"GRANT {quoted} TO CURRENT_USER")
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {quoted}")
    op.execute(f"REVOKE UPDATE, DELETE ON {HISTORY} FROM {quoted}")
    op.execute(f"GRANT SELECT ON alembic_version TO {quoted}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def forbid_changes_of_history() -> None:
    """SQLite has no roles; there the table itself refuses."""
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {HISTORY}_no_{verb.lower()} BEFORE {verb} ON {HISTORY} "
            "BEGIN SELECT RAISE(ABORT, 'history is only added to'); END"
        )


def make_tables() -> None:
    # tables: begin
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=254), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_issuer_subject")),
    )
    op.create_index(op.f("ix_account_email"), "account", ["email"], unique=False)
    op.create_index(
        "uq_account_verified_address",
        "account",
        ["issuer", "email"],
        unique=True,
        sqlite_where=sa.text("verified_at IS NOT NULL"),
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    )
    op.create_table(
        "form_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=120), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=400), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_key")),
        sa.UniqueConstraint("who", "key", name=op.f("uq_form_key_who_key")),
    )
    op.create_index("ix_form_key_at", "form_key", ["at"], unique=False)
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=30), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("neighbours", JSON, nullable=False),
        sa.Column("offer_days", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quiet_to > quiet_from", name=op.f("ck_municipality_quiet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("code", name=op.f("uq_municipality_code")),
        sa.UniqueConstraint("host", name=op.f("uq_municipality_host")),
    )
    op.create_table(
        "throttle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("window_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_throttle_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle")),
        sa.UniqueConstraint("key_hash", "window_starts_at", name=op.f("uq_throttle_key_hash_window_starts_at")),
    )
    op.create_index("ix_throttle_window", "throttle", ["window_starts_at"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(30), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify', 'reset', 'invite_staff', 'invite_volunteer')", name=op.f("ck_link_purpose")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_link_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_link_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("hat", sa.String(30), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_login_session_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("place_due", sa.Boolean(), nullable=False),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("imported_as", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "address_protected = false OR (lat IS NULL AND lon IS NULL AND address IS NULL)",
            name=op.f("ck_person_protected"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_person_account_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_person_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("municipality_id", "account_id", name=op.f("uq_person_municipality_id_account_id")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_person_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "imported_as", name=op.f("uq_person_municipality_id_imported_as")),
    )
    op.create_index(op.f("ix_person_account_id"), "person", ["account_id"], unique=False)
    op.create_index("ix_person_email", "person", ["municipality_id", "email"], unique=False)
    op.create_index(op.f("ix_person_municipality_id"), "person", ["municipality_id"], unique=False)
    op.create_index("ix_person_name", "person", ["municipality_id", "name"], unique=False)
    op.create_index("ix_person_phone", "person", ["municipality_id", "phone"], unique=False)
    op.create_table(
        "rule_book_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("book", JSON, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_rule_book_version_municipality_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book_version")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_rule_book_version_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "version", name=op.f("uq_rule_book_version_municipality_id_version")),
    )
    op.create_index(op.f("ix_rule_book_version_fingerprint"), "rule_book_version", ["fingerprint"], unique=False)
    op.create_index(
        op.f("ix_rule_book_version_municipality_id"), "rule_book_version", ["municipality_id"], unique=False
    )
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_standing_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_standing_municipality_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sa.UniqueConstraint("account_id", "municipality_id", name=op.f("uq_standing_account_id_municipality_id")),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("nb", sa.String(length=120), nullable=False),
        sa.Column("nn", sa.String(length=120), nullable=False),
        sa.Column("en", sa.String(length=120), nullable=False),
        sa.Column("synonyms", JSON, nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('resource', 'interest', 'language', 'experience')", name=op.f("ck_term_kind")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_term_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_term_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "kind", "key", name=op.f("uq_term_municipality_id_kind_key")),
    )
    op.create_index(op.f("ix_term_municipality_id"), "term", ["municipality_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_unit_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_unit_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_unit_municipality_id_name")),
    )
    op.create_index(op.f("ix_unit_municipality_id"), "unit", ["municipality_id"], unique=False)
    op.create_table(
        "association",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("orgnr", sa.String(length=9), nullable=True),
        sa.Column("icnpo", sa.String(length=6), nullable=True),
        sa.Column("offers", sa.String(length=1000), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "contact_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_association_municipality_id_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_association_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_association_municipality_id_id")),
    )
    op.create_index(op.f("ix_association_contact_id"), "association", ["contact_id"], unique=False)
    op.create_index(op.f("ix_association_municipality_id"), "association", ["municipality_id"], unique=False)
    op.create_index("uq_association_orgnr", "association", ["municipality_id", "orgnr"], unique=True)
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "other_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_block_municipality_id_other_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_block_municipality_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_block_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_block_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id", "person_id", "other_id", name=op.f("uq_block_municipality_id_person_id_other_id")
        ),
    )
    op.create_index(op.f("ix_block_municipality_id"), "block", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_block_other_id"), "block", ["other_id"], unique=False)
    op.create_index(op.f("ix_block_person_id"), "block", ["person_id"], unique=False)
    op.create_table(
        "clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('conversation', 'course', 'certificate', 'declaration')", name=op.f("ck_clearance_kind")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_clearance_municipality_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "seen_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_clearance_municipality_id_seen_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_clearance_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_clearance_municipality_id_id")),
    )
    op.create_index("ix_clearance_key", "clearance", ["municipality_id", "person_id", "key"], unique=False)
    op.create_index(op.f("ix_clearance_municipality_id"), "clearance", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_clearance_person_id"), "clearance", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('volunteer', 'recipient', 'professional', 'coordinator', 'clearance_officer', 'leader', 'administrator')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_membership_municipality_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name=op.f("fk_membership_municipality_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_membership_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_membership_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id",
            "person_id",
            "role",
            "unit_id",
            name=op.f("uq_membership_municipality_id_person_id_role_unit_id"),
        ),
    )
    op.create_index(op.f("ix_membership_municipality_id"), "membership", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("goal", sa.String(length=300), nullable=False),
        sa.Column("task", sa.String(length=4000), nullable=False),
        sa.Column("audience", sa.String(30), nullable=False),
        sa.Column("mode", sa.String(30), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("cross_border", sa.Boolean(), nullable=False),
        sa.Column("times", sa.String(30), nullable=False),
        sa.Column("how_often", sa.String(length=120), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("age_min", sa.Integer(), nullable=True),
        sa.Column("age_max", sa.Integer(), nullable=True),
        sa.Column("wish_gender", sa.String(length=1), nullable=True),
        sa.Column("wish_reason", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("imported_as", sa.String(length=64), nullable=True),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience IN ('person', 'group', 'institution')", name=op.f("ck_need_audience")),
        sa.CheckConstraint("mode IN ('home', 'outdoors', 'institution', 'phone', 'online')", name=op.f("ck_need_mode")),
        sa.CheckConstraint("state <> 'closed' OR outcome IS NOT NULL", name=op.f("ck_need_outcome")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'open', 'covered', 'running', 'closed')", name=op.f("ck_need_state")
        ),
        sa.CheckConstraint("times IN ('none', 'any', 'all')", name=op.f("ck_need_times")),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_need_dates")),
        sa.CheckConstraint("minimum BETWEEN 1 AND wanted", name=op.f("ck_need_minimum")),
        sa.CheckConstraint("taken BETWEEN 0 AND wanted", name=op.f("ck_need_taken")),
        sa.CheckConstraint("urgency BETWEEN 1 AND 5", name=op.f("ck_need_urgency")),
        sa.CheckConstraint("wanted BETWEEN 1 AND 200", name=op.f("ck_need_wanted")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "copied_from_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_need_municipality_id_copied_from_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "posted_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_need_municipality_id_posted_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recipient_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_need_municipality_id_recipient_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name=op.f("fk_need_municipality_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_need_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_need_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "imported_as", name=op.f("uq_need_municipality_id_imported_as")),
    )
    op.create_index("ix_need_facts", "need", ["municipality_id", "facts_version"], unique=False)
    op.create_index(op.f("ix_need_municipality_id"), "need", ["municipality_id"], unique=False)
    op.create_index("ix_need_poster", "need", ["municipality_id", "posted_by_id"], unique=False)
    op.create_index("ix_need_recipient", "need", ["municipality_id", "recipient_id"], unique=False)
    op.create_index("ix_need_state", "need", ["municipality_id", "state"], unique=False)
    op.create_index(op.f("ix_need_unit_id"), "need", ["unit_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("notice", sa.String(30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("state_told", sa.String(length=30), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'superseded', 'dead')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_outbox_municipality_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_outbox_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_outbox_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "key", name=op.f("uq_outbox_municipality_id_key")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_index(op.f("ix_outbox_municipality_id"), "outbox", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_outbox_person_id"), "outbox", ["person_id"], unique=False)
    op.create_table(
        "staged_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("match", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_staged_file_municipality_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_staged_file_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_file")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_staged_file_municipality_id_id")),
    )
    op.create_index(op.f("ix_staged_file_municipality_id"), "staged_file", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_staged_file_person_id"), "staged_file", ["person_id"], unique=False)
    op.create_table(
        "step_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_step_taken_municipality_id_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_step_taken_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_taken")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_step_taken_municipality_id_id")),
    )
    op.create_index(op.f("ix_step_taken_municipality_id"), "step_taken", ["municipality_id"], unique=False)
    op.create_index("ix_step_taken_thing", "step_taken", ["municipality_id", "noun", "thing_id"], unique=False)
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("paused_since", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("free", sa.String(84), nullable=True),
        sa.Column("preferred", sa.String(84), nullable=True),
        sa.Column("travel", sa.String(30), nullable=False),
        sa.Column("reach_km", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        sa.Column("meet_gender", sa.String(length=1), nullable=True),
        sa.Column("wishes", sa.String(length=500), nullable=False),
        sa.Column("not_kinds", sa.String(length=500), nullable=False),
        sa.Column("not_modes", sa.String(length=100), nullable=False),
        sa.Column("experience_shared", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_after", sa.Date(), nullable=True),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('signing_up', 'registered', 'conversation', 'ready', 'active', 'left')",
            name=op.f("ck_volunteer_state"),
        ),
        sa.CheckConstraint("travel IN ('foot', 'bicycle', 'transit', 'car')", name=op.f("ck_volunteer_travel")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name=op.f("ck_volunteer_capacity")),
        sa.CheckConstraint("reach_km BETWEEN 0 AND 500", name=op.f("ck_volunteer_reach")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_volunteer_municipality_id_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_volunteer_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_volunteer_municipality_id_id")),
    )
    op.create_index("ix_volunteer_facts", "volunteer", ["municipality_id", "facts_version"], unique=False)
    op.create_index(op.f("ix_volunteer_municipality_id"), "volunteer", ["municipality_id"], unique=False)
    op.create_table(
        "away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_away_days")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_away_municipality_id_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_away_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_away_municipality_id_id")),
    )
    op.create_index(op.f("ix_away_municipality_id"), "away", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_away_volunteer_id"), "away", ["volunteer_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("given", sa.String(30), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("covers_publication", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("given IN ('self', 'spoken', 'written', 'guardian')", name=op.f("ck_consent_given")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_consent_municipality_id_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_consent_municipality_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recorded_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_consent_municipality_id_recorded_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_consent_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_consent_municipality_id_id")),
    )
    op.create_index(op.f("ix_consent_municipality_id"), "consent", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_consent_need_id"), "consent", ["need_id"], unique=False)
    op.create_table(
        "need_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_need_term_municipality_id_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "term_id"],
            ["term.municipality_id", "term.id"],
            name=op.f("fk_need_term_municipality_id_term_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_need_term_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_term")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_need_term_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id", "need_id", "term_id", name=op.f("uq_need_term_municipality_id_need_id_term_id")
        ),
    )
    op.create_index(op.f("ix_need_term_municipality_id"), "need_term", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_need_term_need_id"), "need_term", ["need_id"], unique=False)
    op.create_table(
        "need_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(start_minute IS NOT NULL AND end_minute IS NOT NULL AND starts_at IS NULL AND ends_at IS NULL AND start_minute >= 0 AND end_minute > start_minute AND end_minute <= 10080) OR (start_minute IS NULL AND end_minute IS NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND ends_at > starts_at)",
            name=op.f("ck_need_window_window"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_need_window_municipality_id_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_need_window_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_window")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_need_window_municipality_id_id")),
    )
    op.create_index(op.f("ix_need_window_municipality_id"), "need_window", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_need_window_need_id"), "need_window", ["need_id"], unique=False)
    op.create_table(
        "own_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("ignored_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "term_id"],
            ["term.municipality_id", "term.id"],
            name=op.f("fk_own_word_municipality_id_term_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_own_word_municipality_id_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_own_word_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_word")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_own_word_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id", "volunteer_id", "words", name=op.f("uq_own_word_municipality_id_volunteer_id_words")
        ),
    )
    op.create_index(op.f("ix_own_word_municipality_id"), "own_word", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_own_word_volunteer_id"), "own_word", ["volunteer_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("explanation", JSON, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("overruled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'set_aside', 'outdated')", name=op.f("ck_proposal_state")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "decided_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_proposal_municipality_id_decided_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_proposal_municipality_id_need_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_proposal_municipality_id_volunteer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_proposal_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_proposal_municipality_id_id")),
    )
    op.create_index(op.f("ix_proposal_municipality_id"), "proposal", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_proposal_need_id"), "proposal", ["need_id"], unique=False)
    op.create_index(op.f("ix_proposal_volunteer_id"), "proposal", ["volunteer_id"], unique=False)
    op.create_index(
        "uq_proposal_live",
        "proposal",
        ["municipality_id", "need_id", "volunteer_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'approved', 'set_aside')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'set_aside')"),
    )
    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_requirement_municipality_id_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_requirement_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_requirement_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id", "need_id", "key", name=op.f("uq_requirement_municipality_id_need_id_key")
        ),
    )
    op.create_index(op.f("ix_requirement_municipality_id"), "requirement", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_requirement_need_id"), "requirement", ["need_id"], unique=False)
    op.create_table(
        "volunteer_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "term_id"],
            ["term.municipality_id", "term.id"],
            name=op.f("fk_volunteer_term_municipality_id_term_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_volunteer_term_municipality_id_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_volunteer_term_municipality_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_term")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_volunteer_term_municipality_id_id")),
        sa.UniqueConstraint(
            "municipality_id",
            "volunteer_id",
            "term_id",
            name=op.f("uq_volunteer_term_municipality_id_volunteer_id_term_id"),
        ),
    )
    op.create_index(op.f("ix_volunteer_term_municipality_id"), "volunteer_term", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_volunteer_term_term_id"), "volunteer_term", ["term_id"], unique=False)
    op.create_index(op.f("ix_volunteer_term_volunteer_id"), "volunteer_term", ["volunteer_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ask_again_on", sa.Date(), nullable=True),
        sa.Column("insurance_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'declined', 'not_now', 'expired', 'withdrawn')", name=op.f("ck_offer_state")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_offer_municipality_id_need_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "proposal_id"],
            ["proposal.municipality_id", "proposal.id"],
            name=op.f("fk_offer_municipality_id_proposal_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_offer_municipality_id_volunteer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_offer_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_offer_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "proposal_id", name=op.f("uq_offer_municipality_id_proposal_id")),
    )
    op.create_index(op.f("ix_offer_municipality_id"), "offer", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_offer_need_id"), "offer", ["need_id"], unique=False)
    op.create_index("ix_offer_state", "offer", ["municipality_id", "state", "expires_at"], unique=False)
    op.create_index(op.f("ix_offer_volunteer_id"), "offer", ["volunteer_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("ending", sa.String(30), nullable=True),
        sa.Column("again_volunteer", sa.Boolean(), nullable=True),
        sa.Column("again_recipient", sa.Boolean(), nullable=True),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state <> 'ended' OR ending IS NOT NULL", name=op.f("ck_assignment_ending")),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'opened', 'running', 'ended', 'refused', 'withdrawn')",
            name=op.f("ck_assignment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "need_id"],
            ["need.municipality_id", "need.id"],
            name=op.f("fk_assignment_municipality_id_need_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "offer_id"],
            ["offer.municipality_id", "offer.id"],
            name=op.f("fk_assignment_municipality_id_offer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "posted_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_assignment_municipality_id_posted_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recipient_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_assignment_municipality_id_recipient_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name=op.f("fk_assignment_municipality_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_assignment_municipality_id_volunteer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_assignment_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_assignment_municipality_id_id")),
        sa.UniqueConstraint("municipality_id", "offer_id", name=op.f("uq_assignment_municipality_id_offer_id")),
    )
    op.create_index(op.f("ix_assignment_municipality_id"), "assignment", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_assignment_need_id"), "assignment", ["need_id"], unique=False)
    op.create_index(op.f("ix_assignment_posted_by_id"), "assignment", ["posted_by_id"], unique=False)
    op.create_index(op.f("ix_assignment_recipient_id"), "assignment", ["recipient_id"], unique=False)
    op.create_index("ix_assignment_state", "assignment", ["municipality_id", "state"], unique=False)
    op.create_index(op.f("ix_assignment_volunteer_id"), "assignment", ["volunteer_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("suggested_by", sa.String(30), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('suggested', 'planned', 'held', 'called_off', 'excused', 'no_show')",
            name=op.f("ck_meeting_state"),
        ),
        sa.CheckConstraint("suggested_by IN ('volunteer', 'recipient')", name=op.f("ck_meeting_suggested_by")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_times")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "assignment_id"],
            ["assignment.municipality_id", "assignment.id"],
            name=op.f("fk_meeting_municipality_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "posted_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_meeting_municipality_id_posted_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recipient_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_meeting_municipality_id_recipient_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"],
            ["unit.municipality_id", "unit.id"],
            name=op.f("fk_meeting_municipality_id_unit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "volunteer_id"],
            ["volunteer.municipality_id", "volunteer.id"],
            name=op.f("fk_meeting_municipality_id_volunteer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_meeting_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_meeting_municipality_id_id")),
    )
    op.create_index(op.f("ix_meeting_assignment_id"), "meeting", ["assignment_id"], unique=False)
    op.create_index(op.f("ix_meeting_municipality_id"), "meeting", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_meeting_volunteer_id"), "meeting", ["volunteer_id"], unique=False)
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "assignment_id"],
            ["assignment.municipality_id", "assignment.id"],
            name=op.f("fk_opening_municipality_id_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "person_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_opening_municipality_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "seen_by_id"],
            ["person.municipality_id", "person.id"],
            name=op.f("fk_opening_municipality_id_seen_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_opening_municipality_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_opening_municipality_id_id")),
    )
    op.create_index(op.f("ix_opening_municipality_id"), "opening", ["municipality_id"], unique=False)
    op.create_index("ix_opening_person", "opening", ["municipality_id", "person_id", "at"], unique=False)
    # ### end Alembic commands ###
    # tables: end
