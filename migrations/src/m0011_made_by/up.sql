ALTER TABLE person ADD COLUMN made_by {uuid};
UPDATE person SET made_by = (
  SELECT referral.id FROM referral
  WHERE referral.person_id = person.id
    AND referral.sender_organisation_id = person.organisation_id
    AND referral.created_at = person.created_at
  ORDER BY referral.id
  LIMIT 1
);
