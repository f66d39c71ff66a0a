DROP INDEX service_by_creation;
CREATE INDEX service_by_creation ON service (state, created_at, id);
DROP INDEX organisation_by_state;
DROP INDEX service_source_id;
DROP INDEX organisation_source_id;
