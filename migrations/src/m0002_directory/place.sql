CREATE TABLE place (
  code text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  country text NOT NULL,
  name text NOT NULL,
  parent text,
  departement text,
  region text,
  epci text,
  latitude double precision,
  longitude double precision,
  population integer NOT NULL,
  postal_codes {json} NOT NULL
);
