CREATE TABLE message (
  id {uuid} NOT NULL PRIMARY KEY,
  referral_id {uuid} NOT NULL REFERENCES referral (id),
  organisation_id {uuid} NOT NULL,
  author_kind text NOT NULL,
  author_id {uuid},
  author_name text NOT NULL,
  kind text NOT NULL,
  body text NOT NULL,
  recipients {json} NOT NULL,
  created_at {instant} NOT NULL
);
CREATE INDEX message_of_referral ON message (referral_id, created_at, id);
CREATE TABLE notice (
  id {uuid} NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  recipient text NOT NULL,
  channel text NOT NULL,
  organisation_id {uuid},
  referral_id {uuid} REFERENCES referral (id),
  message_id {uuid} REFERENCES message (id),
  user_id {uuid},
  state text NOT NULL,
  error_code text,
  created_at {instant} NOT NULL,
  sent_at {instant}
);
CREATE INDEX notice_of_referral ON notice (referral_id, created_at);
CREATE TABLE task (
  id {uuid} NOT NULL PRIMARY KEY,
  organisation_id {uuid} NOT NULL REFERENCES organisation (id),
  referral_id {uuid} REFERENCES referral (id),
  kind text NOT NULL,
  notices {json} NOT NULL,
  due_at {instant},
  done_at {instant},
  done_by {uuid},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX task_open ON task (referral_id, organisation_id, kind) WHERE done_at IS NULL;
CREATE TABLE sandbox_mail (
  id {uuid} NOT NULL PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  recipient text NOT NULL,
  address text NOT NULL,
  reply_to text,
  subject text NOT NULL,
  text text NOT NULL,
  html text NOT NULL,
  created_at {instant} NOT NULL
);
CREATE INDEX sandbox_mail_by_time ON sandbox_mail (created_at, id);
