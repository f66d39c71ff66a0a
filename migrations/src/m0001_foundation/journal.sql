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
  position bigint NOT NULL UNIQUE,
  seal text NOT NULL,
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
CREATE TABLE sequence_state (
  name text NOT NULL PRIMARY KEY,
  last_position bigint NOT NULL,
  last_seal text NOT NULL
);
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('event', 0, '');
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('mutation', 0, '');
INSERT INTO sequence_state (name, last_position, last_seal) VALUES ('access', 0, '');
