ALTER TABLE notice ADD COLUMN other_referral_id {uuid};
ALTER TABLE notice ADD COLUMN other_organisation_id {uuid};
ALTER TABLE app_user ADD COLUMN digest boolean NOT NULL DEFAULT false;
CREATE TABLE digest_entry (
  user_id {uuid} NOT NULL REFERENCES app_user (id),
  notice_id {uuid} NOT NULL,
  mail_id {uuid},
  created_at {instant} NOT NULL,
  PRIMARY KEY (user_id, notice_id)
);
CREATE INDEX digest_entry_mail ON digest_entry (mail_id) WHERE mail_id IS NOT NULL;
