UPDATE role SET grants = (
  SELECT coalesce(jsonb_agg(entry), '[]'::jsonb) FROM jsonb_array_elements(grants) entry WHERE entry->>'permission' NOT LIKE 'people:%'
) WHERE grants::text LIKE '%"people:%';
UPDATE role SET template = NULL WHERE template = 'privacy_officer';
UPDATE organisation SET ceiling = ceiling || jsonb_build_object(
  'permissions',
  (SELECT coalesce(jsonb_agg(entry), '[]'::jsonb) FROM jsonb_array_elements_text(ceiling->'permissions') entry WHERE entry NOT LIKE 'people:%'),
  'templates',
  (SELECT coalesce(jsonb_agg(entry), '[]'::jsonb) FROM jsonb_array_elements_text(ceiling->'templates') entry WHERE entry <> 'privacy_officer')
) WHERE ceiling::text LIKE '%"people:%';
