ALTER TABLE notice DROP COLUMN other_organisation_id;
ALTER TABLE notice DROP COLUMN other_referral_id;
