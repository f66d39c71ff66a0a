CREATE TABLE join_request (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  state text NOT NULL,
  message text,
  reason text,
  decided_by {uuid},
  decided_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX join_request_pending ON join_request (organisation_id, user_id) WHERE state = 'pending';
CREATE INDEX join_request_of_organisation ON join_request (organisation_id, created_at, id);
CREATE INDEX join_request_of_user ON join_request (user_id, created_at, id);
CREATE INDEX organisation_branches ON organisation (parent_id, created_at, id);
