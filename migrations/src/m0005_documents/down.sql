DROP TABLE service_form;
DROP TABLE referral_document;
DROP TABLE document;
