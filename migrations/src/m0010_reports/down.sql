DROP INDEX referral_received;
DROP TABLE export_part;
DROP TABLE export;
