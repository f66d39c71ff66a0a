CREATE TABLE export (
  id {uuid} NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  format text NOT NULL,
  direction text,
  filter {json} NOT NULL,
  rights text,
  state text NOT NULL,
  row_count bigint NOT NULL,
  byte_count bigint NOT NULL,
  failed_because text,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  created_by {uuid},
  session_id {uuid},
  created_at {instant} NOT NULL,
  finished_at {instant},
  expires_at {instant},
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX export_of_organisation ON export (organisation_id, created_at, id);
CREATE TABLE export_part (
  export_id {uuid} NOT NULL REFERENCES export (id),
  number integer NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (export_id, number)
);
CREATE INDEX referral_received ON referral (receiver_organisation_id, told_at, id) WHERE told_at IS NOT NULL;
