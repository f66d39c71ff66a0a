DROP INDEX referral_warned;
DROP INDEX referral_carried;
DROP TABLE saved_view;
DROP TABLE retrieval;
DROP TABLE booklet_entry;
DROP TABLE booklet;
DROP TABLE booklet_series;
DROP TABLE booklet_counter;
