-- name: find_extension
-- Version of the extension in this database, and the license the server claims to run under.
SELECT extversion AS version, current_setting('timescaledb.license', true) AS license
FROM pg_extension WHERE extname = 'timescaledb'

-- name: probe_community
-- A function that only the Community edition has, on a job that does not exist.
SELECT (alter_job(-1, if_exists => true)).job_id
