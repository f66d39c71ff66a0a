CREATE TABLE need (
  id {uuid} NOT NULL PRIMARY KEY,
  created_at {instant} NOT NULL
);
CREATE TABLE person (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  family_name text,
  given_name text,
  name_folded {folded},
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
  name_folded {folded},
  contact_keys text,
  form {json} NOT NULL,
  snapshot {json},
  override_reason text,
  sent_at {instant},
  told_at {instant},
  inbox_box text,
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
CREATE INDEX referral_inbox ON referral (receiver_organisation_id, inbox_box, told_at, id) WHERE inbox_box IS NOT NULL;
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
