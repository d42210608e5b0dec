-- name: list_successes
-- When each of the jobs last succeeded.
SELECT j.id, j.cadence, j.is_paused, j.changed_at, now() AS now, (
    SELECT max(r.finished_at) FROM job_run r WHERE r.job_id = j.id AND r.status = 'succeeded'
) AS succeeded_at
FROM job j WHERE j.is_known AND j.id = ANY(CAST(:jobs AS text[])) ORDER BY j.id

-- name: list_failures
-- Jobs whose newest finished run of the last day failed, with the number of failures.
WITH run AS (
    SELECT job_id, status, row_number() OVER (PARTITION BY job_id ORDER BY id DESC) AS age
    FROM job_run WHERE finished_at > now() - interval '1 day'
        AND status IN ('succeeded', 'failed', 'lost')
)
SELECT job_id, count(*) FILTER (WHERE status <> 'succeeded') AS count FROM run
GROUP BY job_id HAVING bool_or(age = 1 AND status <> 'succeeded') ORDER BY job_id

-- name: list_timescale_failures
-- TimescaleDB's background jobs that failed within a day.
SELECT job_id, min(proc_name) AS proc_name, left(max(err_message), 120) AS message
FROM timescaledb_information.job_errors
WHERE finish_time > now() - interval '1 day' AND job_id <> CAST(:excused AS int)
GROUP BY job_id ORDER BY job_id

-- name: list_rival_policies
-- Policies of TimescaleDB on tables that HydroDiag looks after.
SELECT proc_name, hypertable_name FROM timescaledb_information.jobs
WHERE proc_name LIKE 'policy\_%' AND hypertable_name IN (SELECT table_name FROM lifecycle_policy)
ORDER BY hypertable_name, proc_name

-- name: count_schedulers
-- Schedulers that gave a sign of life lately.
SELECT count(*) FROM scheduler_heartbeat WHERE beat_at > now() - interval '1 minute'
