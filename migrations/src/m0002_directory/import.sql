CREATE TABLE import_run (
  id {uuid} NOT NULL PRIMARY KEY,
  format text NOT NULL,
  options {json} NOT NULL,
  state text NOT NULL,
  progress {json},
  report {json},
  created_by {uuid},
  organisation_id {uuid},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX import_run_by_creation ON import_run (created_at, id);
CREATE TABLE import_part (
  import_id {uuid} NOT NULL REFERENCES import_run (id),
  file text NOT NULL,
  number integer NOT NULL,
  bytes {bytes} NOT NULL,
  PRIMARY KEY (import_id, file, number)
);
