CREATE TABLE booklet_counter (
  name text NOT NULL PRIMARY KEY,
  next bigint NOT NULL
);
CREATE TABLE booklet_series (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  first_number {folded} NOT NULL,
  last_number {folded} NOT NULL,
  count integer NOT NULL,
  units integer NOT NULL,
  created_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX booklet_series_in_order ON booklet_series (created_at, id);
CREATE TABLE booklet (
  id {uuid} NOT NULL PRIMARY KEY,
  series_id {uuid} NOT NULL REFERENCES booklet_series (id),
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  number {folded} NOT NULL,
  state text NOT NULL,
  units integer NOT NULL,
  balance integer NOT NULL,
  referral_id {uuid} REFERENCES referral (id),
  assigned_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX booklet_number ON booklet (number);
CREATE INDEX booklet_of_organisation ON booklet (organisation_id, created_at, id);
CREATE INDEX booklet_of_referral ON booklet (referral_id) WHERE referral_id IS NOT NULL;
CREATE TABLE booklet_entry (
  id {uuid} NOT NULL PRIMARY KEY,
  booklet_id {uuid} NOT NULL REFERENCES booklet (id),
  kind text NOT NULL,
  units integer NOT NULL,
  balance_after integer NOT NULL,
  referral_id {uuid} REFERENCES referral (id),
  step_id {uuid},
  reverses {uuid} REFERENCES booklet_entry (id),
  reversed_by {uuid},
  reason text,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  user_id {uuid},
  created_at {instant} NOT NULL
);
CREATE INDEX booklet_entry_in_order ON booklet_entry (booklet_id, created_at, id);
CREATE UNIQUE INDEX booklet_entry_one_use_per_step ON booklet_entry (referral_id, step_id) WHERE kind = 'use' AND reversed_by IS NULL;
CREATE UNIQUE INDEX booklet_entry_reversed_once ON booklet_entry (reverses) WHERE reverses IS NOT NULL;
CREATE TABLE retrieval (
  id {uuid} NOT NULL PRIMARY KEY,
  booklet_id {uuid} NOT NULL REFERENCES booklet (id),
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  next_referral_id {uuid} REFERENCES referral (id),
  holder_organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  claimant_organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  claimed_by {uuid},
  service_id {uuid},
  take_in_charge boolean NOT NULL,
  state text NOT NULL,
  urgent_reason text,
  objection text,
  due_at {instant},
  decided_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX retrieval_one_claim ON retrieval (referral_id) WHERE state = 'claimed';
CREATE INDEX retrieval_of_claimant ON retrieval (claimant_organisation_id, created_at, id);
CREATE INDEX retrieval_of_holder ON retrieval (holder_organisation_id, created_at, id);
CREATE TABLE saved_view (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  unit_id {uuid},
  name text NOT NULL,
  query {json} NOT NULL,
  shared text NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE INDEX saved_view_of_organisation ON saved_view (organisation_id, created_at, id);
CREATE INDEX saved_view_of_user ON saved_view (user_id, organisation_id);
CREATE INDEX referral_carried ON referral (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX referral_warned ON referral (sender_organisation_id, sent_at) WHERE warnings <> '[]';
