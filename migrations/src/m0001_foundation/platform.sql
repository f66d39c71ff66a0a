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
  unique_key {folded},
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
