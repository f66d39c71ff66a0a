DROP TABLE digest_entry;
ALTER TABLE app_user DROP COLUMN digest;
ALTER TABLE notice DROP COLUMN other_organisation_id;
ALTER TABLE notice DROP COLUMN other_referral_id;
