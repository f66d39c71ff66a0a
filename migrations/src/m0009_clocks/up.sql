ALTER TABLE referral ADD COLUMN plan {json};
ALTER TABLE organisation ADD COLUMN clocks {json};
CREATE INDEX task_of_organisation ON task (organisation_id, created_at, id);
