-- name: find_versions
-- Installed version of the extension, and the one that the server's files would give.
SELECT installed_version AS installed, default_version AS available
FROM pg_available_extensions WHERE name = 'timescaledb'

-- name: list_usable_roles
-- Which of the roles exist and may be taken by whoever signed in.
SELECT rolname FROM pg_roles
WHERE rolname = ANY(CAST(:roles AS text[])) AND pg_has_role(session_user, oid, 'SET')

-- name: list_invalid_indexes
-- Indexes that a build left behind unfinished.
SELECT CAST(CAST(indexrelid AS regclass) AS text) FROM pg_index
WHERE NOT indisvalid ORDER BY 1 LIMIT 10
