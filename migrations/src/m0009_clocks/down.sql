DROP INDEX task_of_organisation;
ALTER TABLE organisation DROP COLUMN clocks;
ALTER TABLE referral DROP COLUMN plan;
