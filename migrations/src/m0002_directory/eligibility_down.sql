ALTER TABLE referral DROP COLUMN eligibility;
