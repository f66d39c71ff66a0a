UPDATE organisation SET ceiling = json_insert(json_insert(ceiling, '$.permissions[#]', 'people:read', '$.permissions[#]', 'people:write', '$.permissions[#]', 'people:export', '$.permissions[#]', 'people:erase'), '$.templates[#]', 'privacy_officer')
  WHERE ceiling LIKE '%"referrals:read"%';
UPDATE role SET grants = json_insert(grants,
  '$[#]', json('{"permission":"people:read","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}'),
  '$[#]', json('{"permission":"people:read","scope":"team","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"team","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}')
) WHERE template = 'prescriber';
UPDATE role SET grants = json_insert(grants,
  '$[#]', json('{"permission":"people:read","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}')
) WHERE template = 'operator';
UPDATE role SET grants = json_insert(grants,
  '$[#]', json('{"permission":"people:read","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"organisation","side":"received","categories":["existence","identity_min","contact","identity","social","documents"]}')
) WHERE template = 'operator_lead';
UPDATE role SET grants = json_insert(grants,
  '$[#]', json('{"permission":"people:read","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"own","side":"sent","categories":["existence","identity_min","contact","identity","social","health","finance","documents"]}'),
  '$[#]', json('{"permission":"people:read","scope":"organisation","side":"both","categories":["existence","identity_min","contact","identity","social","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"organisation","side":"both","categories":["existence","identity_min","contact","identity","social","documents"]}')
) WHERE template = 'team_lead';
UPDATE role SET grants = json_insert(grants,
  '$[#]', json('{"permission":"people:read","scope":"organisation","side":"sent","categories":["existence","identity_min","contact","identity","social","documents"]}'),
  '$[#]', json('{"permission":"people:write","scope":"organisation","side":"sent","categories":["existence","identity_min","contact","identity","social","documents"]}')
) WHERE template = 'partner';
