-- Public lists in the order of creation are read from these two alone.
DROP INDEX service_by_creation;
CREATE INDEX service_by_creation ON service (state, created_at, id, organisation_id, suspended_from);
CREATE INDEX organisation_by_state ON organisation (state, id);
-- A record is asked for by its id at the producer, without the producer.
CREATE INDEX service_source_id ON service (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX organisation_source_id ON organisation (source_id) WHERE source_id IS NOT NULL;
