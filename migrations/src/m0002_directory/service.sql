ALTER TABLE organisation ADD COLUMN networks {json};
ALTER TABLE organisation ADD COLUMN opening_hours text;
ALTER TABLE organisation ADD COLUMN accessibility text;
ALTER TABLE organisation ADD COLUMN source_url text;
ALTER TABLE organisation ADD COLUMN source_values {json};
ALTER TABLE organisation ADD COLUMN referral_form boolean NOT NULL DEFAULT true;
ALTER TABLE organisation ADD COLUMN locality_folded {folded};
ALTER TABLE organisation ADD COLUMN commune text;
ALTER TABLE service ADD COLUMN labels {json};
ALTER TABLE service ADD COLUMN criteria_mode text;
ALTER TABLE service ADD COLUMN fee_amount bigint;
ALTER TABLE service ADD COLUMN fee_currency text;
ALTER TABLE service ADD COLUMN opening_hours text;
ALTER TABLE service ADD COLUMN open_to {json};
ALTER TABLE service ADD COLUMN way_in_note text;
ALTER TABLE service ADD COLUMN professional_ways_in {json};
ALTER TABLE service ADD COLUMN conditions text;
ALTER TABLE service ADD COLUMN source_url text;
ALTER TABLE service ADD COLUMN source_values {json};
ALTER TABLE service ADD COLUMN capacity_total integer;
ALTER TABLE service ADD COLUMN capacity_free integer;
ALTER TABLE service ADD COLUMN waiting_list integer;
ALTER TABLE service ADD COLUMN capacity_valid_until {date};
ALTER TABLE service ADD COLUMN suspended_from {date};
ALTER TABLE service ADD COLUMN other_places {json};
ALTER TABLE service ADD COLUMN last_confirmed_at {instant};
ALTER TABLE service ADD COLUMN case_type text;
ALTER TABLE service ADD COLUMN median_days double precision;
CREATE TABLE search_document (
  service_id {uuid} NOT NULL PRIMARY KEY REFERENCES service (id),
  document text NOT NULL
);
