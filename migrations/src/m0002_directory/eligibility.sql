ALTER TABLE referral ADD COLUMN eligibility {json};
