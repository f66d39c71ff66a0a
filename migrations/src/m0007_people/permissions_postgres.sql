UPDATE organisation SET ceiling = jsonb_set(
  jsonb_set(ceiling, '{permissions}', (ceiling->'permissions') || '["people:read", "people:write", "people:export", "people:erase"]'::jsonb),
  '{templates}', (ceiling->'templates') || '["privacy_officer"]'::jsonb
) WHERE ceiling->'permissions' @> '["referrals:read"]'::jsonb;
UPDATE role SET grants = grants || '[
  {"permission":"people:read","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]},
  {"permission":"people:write","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]},
  {"permission":"people:read","scope":"team","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]},
  {"permission":"people:write","scope":"team","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}
]'::jsonb WHERE template = 'prescriber';
UPDATE role SET grants = grants || '[
  {"permission":"people:read","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]},
  {"permission":"people:write","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}
]'::jsonb WHERE template = 'operator';
UPDATE role SET grants = grants || '[
  {"permission":"people:read","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]},
  {"permission":"people:write","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}
]'::jsonb WHERE template = 'operator_lead';
UPDATE role SET grants = grants || '[
  {"permission":"people:read","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]},
  {"permission":"people:write","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]},
  {"permission":"people:read","scope":"organisation","side":"both","categories":["existence","identity_min","contact","identity","social","documents"]},
  {"permission":"people:write","scope":"organisation","side":"both","categories":["existence","identity_min","contact","identity","social","documents"]}
]'::jsonb WHERE template = 'team_lead';
UPDATE role SET grants = grants || '[
  {"permission":"people:read","scope":"organisation","side":"sent","categories":["existence","identity_min","contact","identity","social","documents"]},
  {"permission":"people:write","scope":"organisation","side":"sent","categories":["existence","identity_min","contact","identity","social","documents"]}
]'::jsonb WHERE template = 'partner';
