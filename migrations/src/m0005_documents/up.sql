CREATE TABLE document (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  uploaded_by {uuid},
  purpose text NOT NULL,
  name text,
  file_type text NOT NULL,
  size_bytes bigint NOT NULL,
  checksum text,
  state text NOT NULL,
  refusal text,
  checks {json} NOT NULL,
  blob_key text,
  erase_at {instant},
  created_at {instant} NOT NULL,
  checked_at {instant},
  erased_at {instant},
  version integer NOT NULL
);
CREATE UNIQUE INDEX document_blob ON document (blob_key) WHERE blob_key IS NOT NULL;
CREATE TABLE referral_document (
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  document_id {uuid} NOT NULL REFERENCES document (id),
  code text,
  added_at {instant} NOT NULL,
  dropped_at {instant},
  version integer NOT NULL,
  PRIMARY KEY (referral_id, document_id)
);
CREATE INDEX referral_document_of ON referral_document (document_id);
CREATE TABLE service_form (
  service_id {uuid} NOT NULL REFERENCES service (id),
  code text NOT NULL,
  document_id {uuid} NOT NULL REFERENCES document (id),
  waiting_id {uuid} REFERENCES document (id),
  PRIMARY KEY (service_id, code)
);
CREATE UNIQUE INDEX service_form_document ON service_form (document_id);
CREATE UNIQUE INDEX service_form_waiting ON service_form (waiting_id) WHERE waiting_id IS NOT NULL;
