ALTER TABLE person DROP COLUMN made_by;
