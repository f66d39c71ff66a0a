UPDATE role SET grants = (
  SELECT json_group_array(json(value)) FROM json_each(role.grants) WHERE json_extract(value, '$.permission') NOT LIKE 'people:%'
) WHERE grants LIKE '%"people:%';
UPDATE role SET template = NULL WHERE template = 'privacy_officer';
UPDATE organisation SET ceiling = json_set(
  ceiling,
  '$.permissions', (SELECT json_group_array(value) FROM json_each(organisation.ceiling, '$.permissions') WHERE value NOT LIKE 'people:%'),
  '$.templates', (SELECT json_group_array(value) FROM json_each(organisation.ceiling, '$.templates') WHERE value <> 'privacy_officer')
) WHERE ceiling LIKE '%"people:%';
