ALTER TABLE person ADD COLUMN unit_id {uuid};
ALTER TABLE person ADD COLUMN entered_by {uuid};
ALTER TABLE person ADD COLUMN adviser_id {uuid};
ALTER TABLE person ADD COLUMN kept_from {uuid};
ALTER TABLE person ADD COLUMN contact_keys text;
ALTER TABLE person ADD COLUMN consent_withdrawn_at {instant};
ALTER TABLE person ADD COLUMN blanked_at {instant};
ALTER TABLE consent ADD COLUMN withdrawal_reason text;
UPDATE person SET
  name_folded = replace(name_folded, ' ', ''),
  unit_id = (SELECT sender_unit_id FROM referral WHERE person_id = person.id ORDER BY created_at DESC, id DESC LIMIT 1),
  entered_by = (SELECT sent_by FROM referral WHERE person_id = person.id ORDER BY created_at DESC, id DESC LIMIT 1),
  adviser_id = (SELECT adviser_id FROM referral WHERE person_id = person.id ORDER BY created_at DESC, id DESC LIMIT 1),
  contact_keys = (SELECT contact_keys FROM referral WHERE person_id = person.id ORDER BY created_at DESC, id DESC LIMIT 1);
CREATE INDEX person_by_age ON person (organisation_id, created_at, id);
CREATE UNIQUE INDEX person_kept_from ON person (organisation_id, kept_from) WHERE kept_from IS NOT NULL;
CREATE INDEX referral_to_blank ON referral (ended_at) WHERE blanked_at IS NULL;
CREATE INDEX person_to_blank ON person (updated_at) WHERE blanked_at IS NULL;
CREATE TABLE disclosure (
  id {uuid} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  recipient_organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  purpose text NOT NULL,
  categories {json} NOT NULL,
  because text NOT NULL,
  consent_id {uuid},
  disclosed_at {instant} NOT NULL
);
CREATE INDEX disclosure_of_person ON disclosure (person_id, disclosed_at, id);
CREATE INDEX disclosure_of_referral ON disclosure (referral_id);
CREATE TABLE identity_link (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  other_person_id {uuid} NOT NULL REFERENCES person (id),
  linked_by {uuid},
  created_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX identity_link_once ON identity_link (person_id, other_person_id);
CREATE INDEX identity_link_of_other ON identity_link (other_person_id);
