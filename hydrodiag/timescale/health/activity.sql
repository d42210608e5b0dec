-- name: list_long_transactions
-- Transactions of clients that have been open for long, the oldest first.
SELECT pid, state, application_name, now() - xact_start AS age FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = current_database()
    AND xact_start < now() - CAST(:least AS interval) AND pid <> pg_backend_pid()
ORDER BY xact_start LIMIT 5

-- name: count_hidden_sessions
-- Sessions whose transactions this user may not see.
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND query = '<insufficient privilege>'

-- name: list_blocked
-- Sessions that have waited for a lock for more than ten seconds.
SELECT pid, array_to_string(pg_blocking_pids(pid), ', ') AS blockers,
    now() - state_change AS age
FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND state_change < now() - interval '10 seconds'
ORDER BY state_change LIMIT 5

-- name: count_connections
-- Connections in use and the most there can be.
SELECT count(*) AS used, CAST(current_setting('max_connections') AS int) AS most
FROM pg_stat_activity WHERE backend_type = 'client backend'

-- name: find_xid_age
-- How many transactions ago the oldest row that is not frozen may have been written.
SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()

-- name: list_greedy_slots
-- Replication slots that keep much write-ahead log.
SELECT slot_name AS name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) AS bytes
FROM pg_replication_slots
WHERE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > CAST(:most AS bigint)
