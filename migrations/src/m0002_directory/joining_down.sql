DROP INDEX organisation_branches;
