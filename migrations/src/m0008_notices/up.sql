ALTER TABLE notice ADD COLUMN other_referral_id {uuid};
ALTER TABLE notice ADD COLUMN other_organisation_id {uuid};
