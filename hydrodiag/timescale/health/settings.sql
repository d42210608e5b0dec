-- name: list_settings
-- Settings of the server, sizes in bytes; `reset_val` is what a session starts with.
SELECT name, CASE unit
    WHEN '8kB' THEN CAST(CAST(reset_val AS bigint) * 8192 AS text)
    WHEN 'kB' THEN CAST(CAST(reset_val AS bigint) * 1024 AS text)
    WHEN 'MB' THEN CAST(CAST(reset_val AS bigint) * 1048576 AS text)
    ELSE reset_val END AS value
FROM pg_settings
WHERE name IN ('shared_buffers', 'max_wal_size', 'work_mem', 'maintenance_work_mem', 'jit',
    'timescaledb.telemetry_level')

-- name: count_lockable
-- Locks the server has room for, and chunks that one statement may have to lock.
SELECT CAST(current_setting('max_locks_per_transaction') AS bigint)
    * (CAST(current_setting('max_connections') AS bigint)
        + CAST(current_setting('max_prepared_transactions') AS bigint)) AS room,
    (SELECT count(*) FROM timescaledb_information.chunks) AS chunks
