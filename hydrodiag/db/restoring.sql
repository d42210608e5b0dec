-- name: find_versions
-- Major version of the server, and the version of TimescaleDB in this database.
SELECT current_setting('server_version_num')::int / 10000 AS postgres,
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb

-- name: list_own_relations
-- Tables, views and sequences that neither the server nor an extension brought.
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 LIMIT 3

-- name: list_unknown_roles
-- Those of the given roles that this server does not have.
SELECT name FROM unnest(CAST(:names AS text[])) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY 1

-- name: has_extension_version
-- Whether this server can install this version of TimescaleDB.
SELECT EXISTS (
    SELECT FROM pg_available_extension_versions
    WHERE name = 'timescaledb' AND version = CAST(:version AS text))

-- name: may_fill_catalog
-- Whether this user may write TimescaleDB's own tables.
SELECT has_table_privilege('_timescaledb_catalog.hypertable', 'INSERT')

-- name: enter_restoring
-- TimescaleDB takes its catalog as it comes and stops its workers.
SELECT timescaledb_pre_restore()

-- name: leave_restoring
-- TimescaleDB works as usual again.
SELECT timescaledb_post_restore()
