CREATE TABLE bookmark (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  service_id {uuid} NOT NULL REFERENCES service (id),
  note text,
  created_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX bookmark_unique ON bookmark (user_id, service_id);
CREATE INDEX bookmark_of_user ON bookmark (user_id, created_at, id);
CREATE TABLE saved_search (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  name text NOT NULL,
  query {json} NOT NULL,
  alert text NOT NULL,
  alerted_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX saved_search_of_user ON saved_search (user_id, created_at, id);
CREATE TABLE service_report (
  id {uuid} NOT NULL PRIMARY KEY,
  service_id {uuid} NOT NULL REFERENCES service (id),
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  reason text NOT NULL,
  note text,
  reported_by {uuid},
  state text NOT NULL,
  created_at {instant} NOT NULL,
  settled_at {instant},
  version integer NOT NULL
);
CREATE INDEX service_report_of_service ON service_report (service_id, created_at, id);
CREATE TABLE contact_reading (
  service_id {uuid} NOT NULL REFERENCES service (id),
  day {date} NOT NULL,
  readings integer NOT NULL,
  PRIMARY KEY (service_id, day)
);
CREATE INDEX saved_search_by_alert ON saved_search (alert, id);
CREATE INDEX service_report_open ON service_report (service_id) WHERE state = 'open';
