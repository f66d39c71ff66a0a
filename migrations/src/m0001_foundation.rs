//! The foundation: identity, directory, referrals, messages, journals, jobs.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for text in [PLATFORM, IDENTITY, DIRECTORY, REFERRAL, MESSAGE, JOURNAL] {
            portable::run(manager, text).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::drop_all(manager, TABLES).await
    }
}

const TABLES: &[&str] = &[
    "instance",
    "secret",
    "idempotency",
    "job",
    "budget",
    "organisation",
    "app_user",
    "unit",
    "membership",
    "membership_unit",
    "role",
    "role_assignment",
    "service_account",
    "session",
    "invitation",
    "account_token",
    "service",
    "need",
    "person",
    "referral",
    "consent",
    "referral_assignment",
    "referral_filing",
    "reading_mark",
    "access_link",
    "message",
    "notice",
    "task",
    "sandbox_mail",
    "event",
    "mutation_entry",
    "mutation_value",
    "access_entry",
    "sequence_state",
];

const PLATFORM: &str = "
CREATE TABLE instance (
  id integer NOT NULL PRIMARY KEY,
  offset_micros bigint NOT NULL,
  seeded_at {instant},
  demo {json}
);
INSERT INTO instance (id, offset_micros) VALUES (1, 0);
CREATE TABLE secret (
  name text NOT NULL PRIMARY KEY,
  purpose text NOT NULL,
  sealed text NOT NULL,
  created_at {instant} NOT NULL,
  retires_at {instant}
);
CREATE TABLE idempotency (
  caller text NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  status integer NOT NULL,
  resource_id {uuid},
  version integer,
  created_at {instant} NOT NULL,
  PRIMARY KEY (caller, operation, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
CREATE TABLE job (
  id {uuid} NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  unique_key text,
  payload {json} NOT NULL,
  priority integer NOT NULL,
  run_at {instant} NOT NULL,
  attempts integer NOT NULL,
  state text NOT NULL,
  claimed_by text,
  claimed_until {instant},
  last_error text,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX job_due ON job (state, run_at, priority);
CREATE TABLE budget (
  name text NOT NULL,
  subject text NOT NULL,
  period_start {instant} NOT NULL,
  used integer NOT NULL,
  PRIMARY KEY (name, subject, period_start)
);
";

const IDENTITY: &str = "
CREATE TABLE organisation (
  id {uuid} NOT NULL PRIMARY KEY,
  parent_id {uuid} REFERENCES organisation (id),
  name text NOT NULL,
  name_folded text NOT NULL,
  description text,
  state text NOT NULL,
  identifiers {json} NOT NULL,
  email text,
  phone text,
  website text,
  address {json},
  locality text,
  latitude double precision,
  longitude double precision,
  country text NOT NULL,
  language text NOT NULL,
  time_zone text NOT NULL,
  ceiling {json} NOT NULL,
  settings {json} NOT NULL,
  verified_at {instant},
  block_reason text,
  source text,
  source_id text,
  source_updated_on {date},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX organisation_source ON organisation (source, source_id) WHERE source IS NOT NULL;
CREATE INDEX organisation_by_creation ON organisation (created_at, id);
CREATE TABLE app_user (
  id {uuid} NOT NULL PRIMARY KEY,
  email text NOT NULL,
  email_key text NOT NULL UNIQUE,
  name text NOT NULL,
  phone text,
  language text NOT NULL,
  password_hash text,
  totp_sealed text,
  totp_confirmed_at {instant},
  totp_last_step bigint,
  platform_role text,
  state text NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE TABLE unit (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  parent_id {uuid} REFERENCES unit (id),
  name text NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX unit_of_organisation ON unit (organisation_id, created_at, id);
CREATE TABLE membership (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  valid_from {date} NOT NULL,
  valid_to {date},
  notified boolean NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX membership_unique ON membership (organisation_id, user_id);
CREATE INDEX membership_of_user ON membership (user_id);
CREATE TABLE membership_unit (
  membership_id {uuid} NOT NULL REFERENCES membership (id),
  unit_id {uuid} NOT NULL REFERENCES unit (id),
  PRIMARY KEY (membership_id, unit_id)
);
CREATE TABLE role (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  name text NOT NULL,
  template text,
  grants {json} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX role_of_organisation ON role (organisation_id, created_at, id);
CREATE TABLE role_assignment (
  id {uuid} NOT NULL PRIMARY KEY,
  membership_id {uuid} NOT NULL REFERENCES membership (id),
  role_id {uuid} NOT NULL REFERENCES role (id),
  unit_id {uuid} REFERENCES unit (id),
  valid_from {date} NOT NULL,
  valid_to {date},
  created_at {instant} NOT NULL
);
CREATE INDEX role_assignment_of_membership ON role_assignment (membership_id);
CREATE TABLE service_account (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  name text NOT NULL,
  client_id text NOT NULL UNIQUE,
  secret_hash text NOT NULL,
  grants {json} NOT NULL,
  state text NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX service_account_of_organisation ON service_account (organisation_id, created_at, id);
CREATE TABLE session (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} REFERENCES app_user (id),
  service_account_id {uuid} REFERENCES service_account (id),
  access_link_id {uuid},
  refresh_hash text,
  previous_hash text,
  rotated_at {instant},
  client text,
  scope text,
  created_at {instant} NOT NULL,
  last_used_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  revoked_at {instant},
  revoked_because text,
  version integer NOT NULL
);
CREATE INDEX session_of_user ON session (user_id, created_at);
CREATE UNIQUE INDEX session_by_refresh ON session (refresh_hash) WHERE refresh_hash IS NOT NULL;
CREATE INDEX session_by_previous ON session (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE TABLE invitation (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  email text NOT NULL,
  name text,
  role_id {uuid} NOT NULL REFERENCES role (id),
  unit_id {uuid} REFERENCES unit (id),
  token_hash text NOT NULL,
  invited_by {uuid} NOT NULL,
  expires_at {instant} NOT NULL,
  accepted_at {instant},
  revoked_at {instant},
  created_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX invitation_of_organisation ON invitation (organisation_id, created_at, id);
CREATE TABLE account_token (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  purpose text NOT NULL,
  token_hash text NOT NULL UNIQUE,
  expires_at {instant} NOT NULL,
  used_at {instant},
  created_at {instant} NOT NULL
);
";

const DIRECTORY: &str = "
CREATE TABLE service (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  unit_id {uuid} REFERENCES unit (id),
  name text NOT NULL,
  name_folded text NOT NULL,
  summary text,
  description text,
  kind text,
  topics {json},
  audiences {json},
  audience_note text,
  criteria {json},
  documents {json},
  fee text,
  fee_note text,
  reception text,
  address {json},
  locality text,
  locality_folded text,
  commune text,
  postal_code text,
  latitude double precision,
  longitude double precision,
  coverage {json},
  ways_in {json},
  link text,
  link_text text,
  contact_name text,
  contact_email text,
  contact_phone text,
  contact_public boolean NOT NULL,
  hours_per_week integer,
  weeks integer,
  update_frequency text,
  form_enabled boolean NOT NULL,
  languages {json} NOT NULL,
  state text NOT NULL,
  published_at {instant},
  missing_since {instant},
  source text,
  source_id text,
  source_updated_on {date},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX service_source ON service (source, source_id) WHERE source IS NOT NULL;
CREATE INDEX service_by_creation ON service (state, created_at, id);
CREATE INDEX service_of_organisation ON service (organisation_id, created_at, id);
";

const REFERRAL: &str = "
CREATE TABLE need (
  id {uuid} NOT NULL PRIMARY KEY,
  created_at {instant} NOT NULL
);
CREATE TABLE person (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  family_name text,
  given_name text,
  name_folded text,
  phone text,
  email text,
  birth_year integer,
  commune text,
  language text,
  employment_number text,
  protected boolean NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX person_of_organisation ON person (organisation_id, name_folded);
CREATE TABLE referral (
  id {uuid} NOT NULL PRIMARY KEY,
  need_id {uuid} NOT NULL REFERENCES need (id),
  root_id {uuid} NOT NULL,
  parent_id {uuid} REFERENCES referral (id),
  kind text NOT NULL,
  origin text NOT NULL,
  state text NOT NULL,
  sender_organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  sender_unit_id {uuid} REFERENCES unit (id),
  sent_by {uuid},
  adviser_id {uuid},
  receiver_organisation_id {uuid} REFERENCES organisation (id),
  receiver_unit_id {uuid} REFERENCES unit (id),
  service_id {uuid} REFERENCES service (id),
  person_id {uuid} REFERENCES person (id),
  name_folded text,
  contact_keys text,
  form {json} NOT NULL,
  snapshot {json},
  override_reason text,
  sent_at {instant},
  told_at {instant},
  answered_at {instant},
  decided_at {instant},
  ended_at {instant},
  state_since {instant} NOT NULL,
  remind_at {instant},
  reminders_sent integer NOT NULL,
  expire_at {instant},
  refusal_codes {json} NOT NULL,
  answer_message text,
  outcome text,
  outcome_text text,
  reported {json},
  path {json} NOT NULL,
  blocked_reason text,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX referral_inbox ON referral (receiver_organisation_id, state, told_at, id) WHERE told_at IS NOT NULL;
CREATE INDEX referral_sent ON referral (sender_organisation_id, created_at, id);
CREATE INDEX referral_of_need ON referral (need_id);
CREATE INDEX referral_by_name ON referral (sender_organisation_id, name_folded);
CREATE INDEX referral_held ON referral (sender_organisation_id) WHERE state = 'held';
CREATE TABLE consent (
  id {uuid} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  recipient_organisation_id {uuid},
  purpose text NOT NULL,
  categories {json} NOT NULL,
  given_at {instant} NOT NULL,
  ends_on {date},
  withdrawn_at {instant},
  version integer NOT NULL
);
CREATE INDEX consent_of_person ON consent (person_id);
CREATE INDEX consent_of_referral ON consent (referral_id);
CREATE TABLE referral_assignment (
  referral_id {uuid} NOT NULL PRIMARY KEY REFERENCES referral (id),
  member_id {uuid},
  unit_id {uuid},
  assigned_at {instant} NOT NULL
);
CREATE TABLE referral_filing (
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  reason text NOT NULL,
  note text,
  before {json},
  version_after integer,
  filed_at {instant} NOT NULL,
  PRIMARY KEY (referral_id, organisation_id)
);
CREATE TABLE reading_mark (
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  read_at {instant} NOT NULL,
  PRIMARY KEY (referral_id, user_id)
);
CREATE TABLE access_link (
  id {uuid} NOT NULL PRIMARY KEY,
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  recipient text NOT NULL,
  token_hash text NOT NULL UNIQUE,
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  revoked_at {instant},
  used_at {instant},
  uses integer NOT NULL
);
CREATE INDEX access_link_of_referral ON access_link (referral_id);
";

const MESSAGE: &str = "
CREATE TABLE message (
  id {uuid} NOT NULL PRIMARY KEY,
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  organisation_id {uuid} NOT NULL,
  author_kind text NOT NULL,
  author_id {uuid},
  author_name text NOT NULL,
  kind text NOT NULL,
  body text NOT NULL,
  recipients {json} NOT NULL,
  created_at {instant} NOT NULL
);
CREATE INDEX message_of_referral ON message (referral_id, created_at, id);
CREATE TABLE notice (
  id {uuid} NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  recipient text NOT NULL,
  channel text NOT NULL,
  organisation_id {uuid},
  referral_id {uuid} REFERENCES referral (id),
  message_id {uuid} REFERENCES message (id),
  user_id {uuid},
  state text NOT NULL,
  error_code text,
  created_at {instant} NOT NULL,
  sent_at {instant}
);
CREATE INDEX notice_of_referral ON notice (referral_id, created_at);
CREATE TABLE task (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  referral_id {uuid} REFERENCES referral (id),
  kind text NOT NULL,
  notices {json} NOT NULL,
  due_at {instant},
  done_at {instant},
  done_by {uuid},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX task_open ON task (referral_id, organisation_id, kind) WHERE done_at IS NULL;
CREATE TABLE sandbox_mail (
  id {uuid} NOT NULL PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  recipient text NOT NULL,
  address text NOT NULL,
  reply_to text,
  subject text NOT NULL,
  text text NOT NULL,
  html text NOT NULL,
  created_at {instant} NOT NULL
);
CREATE INDEX sandbox_mail_by_time ON sandbox_mail (created_at, id);
";

const JOURNAL: &str = "
CREATE TABLE event (
  id {uuid} NOT NULL PRIMARY KEY,
  position bigint UNIQUE,
  kind text NOT NULL,
  object_kind text NOT NULL,
  object_id {uuid} NOT NULL,
  version integer,
  organisation_id {uuid},
  at {instant} NOT NULL,
  request_id text NOT NULL
);
CREATE INDEX event_unplaced ON event (id) WHERE position IS NULL;
CREATE TABLE mutation_entry (
  id {uuid} NOT NULL PRIMARY KEY,
  position bigint UNIQUE,
  seal text,
  at {instant} NOT NULL,
  business_at {instant} NOT NULL,
  actor_kind text NOT NULL,
  actor_id {uuid},
  organisation_id {uuid},
  request_id text NOT NULL,
  purpose text,
  object_kind text NOT NULL,
  object_id {uuid} NOT NULL,
  act text NOT NULL,
  reason text,
  fields {json} NOT NULL
);
CREATE INDEX mutation_entry_unplaced ON mutation_entry (id) WHERE position IS NULL;
CREATE INDEX mutation_entry_of_object ON mutation_entry (object_id, position);
CREATE TABLE mutation_value (
  entry_id {uuid} NOT NULL REFERENCES mutation_entry (id),
  field text NOT NULL,
  salt text NOT NULL,
  before {json},
  after {json},
  PRIMARY KEY (entry_id, field)
);
CREATE TABLE access_entry (
  id {uuid} NOT NULL PRIMARY KEY,
  position bigint UNIQUE,
  seal text,
  at {instant} NOT NULL,
  business_at {instant} NOT NULL,
  actor_kind text NOT NULL,
  actor_id {uuid},
  organisation_id {uuid},
  request_id text NOT NULL,
  purpose text,
  operation text NOT NULL,
  outcome text NOT NULL,
  categories {json} NOT NULL,
  object_kind text NOT NULL,
  object_ids {json} NOT NULL
);
CREATE INDEX access_entry_unplaced ON access_entry (id) WHERE position IS NULL;
CREATE TABLE sequence_state (
  name text NOT NULL PRIMARY KEY,
  last_position bigint NOT NULL,
  last_seal text NOT NULL
);
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('event', 0, '');
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('mutation', 0, '');
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('access', 0, '');
";
