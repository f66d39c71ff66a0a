CREATE TABLE organisation (
  id {uuid} NOT NULL PRIMARY KEY,
  parent_id {uuid} REFERENCES organisation (id),
  name text NOT NULL,
  name_folded {folded} NOT NULL,
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
