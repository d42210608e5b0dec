-- name: upsert_job
-- Bring a job's row up to its description; an operator's cadence and pause stay.
-- A new job that comes at intervals has its first turn at once.
INSERT INTO job AS j
    (id, title, description, queue, default_cadence, cadence, max_attempts, next_run_at)
VALUES (:id, :title, :description, :queue, :cadence, :cadence, :max_attempts,
    CASE WHEN CAST(:cadence AS text) LIKE 'every %' THEN now() END)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, description = excluded.description, queue = excluded.queue,
    default_cadence = excluded.default_cadence, max_attempts = excluded.max_attempts,
    cadence = CASE WHEN j.is_cadence_own THEN j.cadence ELSE excluded.cadence END,
    next_run_at = CASE
        WHEN j.is_cadence_own OR j.cadence IS NOT DISTINCT FROM excluded.cadence
        THEN j.next_run_at END,
    is_known = true

-- name: retire_unknown_jobs
-- Jobs that no version running here describes any more.
UPDATE job SET is_known = false, next_run_at = NULL
WHERE is_known AND NOT id = ANY(CAST(:ids AS text[]))

-- name: list_unplanned_jobs
-- Jobs that have a cadence but no next turn yet.
SELECT id, cadence FROM job
WHERE is_known AND NOT is_paused AND cadence IS NOT NULL AND next_run_at IS NULL
ORDER BY id
FOR UPDATE SKIP LOCKED

-- name: set_next_run
-- When the job's next turn is.
UPDATE job SET next_run_at = :next_run_at WHERE id = :id

-- name: list_due_jobs
-- Jobs whose turn has come; another scheduler looking at the same time skips them.
SELECT id, queue, cadence, now() AS now FROM job
WHERE is_known AND NOT is_paused AND next_run_at <= now()
ORDER BY next_run_at
FOR UPDATE SKIP LOCKED

-- name: queue_turn
-- A run for a turn of the schedule; none while the job's last turn is unfinished.
INSERT INTO job_run (job_id, queue, cause) VALUES (:job_id, :queue, 'schedule')
ON CONFLICT (job_id) WHERE status IN ('queued', 'running') AND cause = 'schedule' DO NOTHING
RETURNING id

-- name: insert_request
-- Somebody asks for a run; no row where there is no such job.
INSERT INTO job_request (job_id, params, requested_by)
SELECT id, CAST(:params AS jsonb), :requested_by FROM job WHERE id = :job_id AND is_known
RETURNING id

-- name: queue_request
-- The run that answers a request.
INSERT INTO job_run (job_id, queue, cause, request_id, params)
SELECT j.id, j.queue, 'request', r.id, r.params
FROM job_request r JOIN job j ON j.id = r.job_id WHERE r.id = :request_id
RETURNING id

-- name: queue_again
-- A further run of a run that failed, got lost or was handed back.
INSERT INTO job_run (job_id, queue, cause, request_id, params, attempt, due_at)
SELECT job_id, queue, CAST(:cause AS text), request_id, params, CAST(:attempt AS int),
    now() + CAST(:delay AS interval)
FROM job_run WHERE id = :run_id
RETURNING id

-- name: list_queued_runs
-- Runs that may start now, oldest first.
SELECT r.id, r.job_id, r.queue FROM job_run r JOIN job j ON j.id = r.job_id
WHERE r.status = 'queued' AND r.due_at <= now() AND (r.cause <> 'schedule' OR NOT j.is_paused)
ORDER BY r.due_at, r.id

-- name: start_run
-- Take a queued run; no row where somebody else was quicker.
UPDATE job_run SET status = 'running', started_at = now(), host = :host, pid = :pid
WHERE id = :run_id AND status = 'queued' AND stop_requested_by IS NULL
RETURNING params, attempt, cause

-- name: finish_run
-- The end of a run that is still ours.
UPDATE job_run SET
    status = :status, finished_at = now(), error = :error, result = CAST(:result AS jsonb),
    progress = CASE WHEN :status = 'succeeded' THEN 1 ELSE progress END
WHERE id = :run_id AND status = 'running'
RETURNING id

-- name: report_progress
-- How far a run is.
UPDATE job_run SET progress = :progress, message = :message
WHERE id = :run_id AND status = 'running'

-- name: list_running_runs
-- Runs that somebody is working on, or was when the power failed.
SELECT id, job_id, cause, attempt FROM job_run WHERE status = 'running' ORDER BY id

-- name: mark_lost
-- The process that ran it is gone.
UPDATE job_run SET status = 'lost', finished_at = now(), error = :error
WHERE id = :run_id AND status = 'running'
RETURNING id

-- name: ask_to_stop
-- A queued run ends at once, a running one when it notices.
UPDATE job_run SET
    stop_requested_by = :requested_by,
    finished_at = CASE WHEN status = 'queued' THEN now() END,
    status = CASE WHEN status = 'queued' THEN 'stopped' ELSE status END
WHERE id = :run_id AND status IN ('queued', 'running')
RETURNING status

-- name: list_stop_requests
-- Running runs that a person wants to end.
SELECT id FROM job_run WHERE status = 'running' AND stop_requested_by IS NOT NULL

-- name: set_paused
-- Pause or resume; a resumed job gets its next turn from the scheduler.
UPDATE job SET is_paused = :is_paused, next_run_at = NULL,
    changed_by = :changed_by, changed_at = now()
WHERE id = :id AND is_known
RETURNING id

-- name: set_cadence
-- A cadence chosen by an operator, or back to the job's own.
UPDATE job SET cadence = coalesce(:cadence, default_cadence),
    is_cadence_own = CAST(:cadence AS text) IS NOT NULL, next_run_at = NULL,
    changed_by = :changed_by, changed_at = now()
WHERE id = :id AND is_known
RETURNING id

-- name: list_jobs
-- Every job with its newest run, its newest finished one and its last success.
SELECT j.id, j.title, j.description, j.queue, j.cadence, j.default_cadence, j.is_cadence_own,
    j.is_paused, j.is_known, j.next_run_at, j.changed_by, j.changed_at,
    newest.id AS newest_run_id, newest.status AS newest_status,
    last.id AS last_run_id, last.status AS last_status, last.finished_at AS last_finished_at,
    last.finished_at - last.started_at AS last_duration, last.error AS last_error,
    last.result AS last_result, good.finished_at AS last_success_at
FROM job j
LEFT JOIN LATERAL (
    SELECT id, status FROM job_run r WHERE r.job_id = j.id ORDER BY id DESC LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT * FROM job_run r WHERE r.job_id = j.id AND r.finished_at IS NOT NULL
    ORDER BY id DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT finished_at FROM job_run r WHERE r.job_id = j.id AND r.status = 'succeeded'
    ORDER BY id DESC LIMIT 1
) good ON true
WHERE CAST(:id AS text) IS NULL OR j.id = :id
ORDER BY j.queue, j.title

-- name: list_runs
-- Runs, newest first, filtered.
SELECT r.*, j.title, q.requested_by
FROM job_run r JOIN job j ON j.id = r.job_id LEFT JOIN job_request q ON q.id = r.request_id
WHERE (CAST(:job_id AS text) IS NULL OR r.job_id = :job_id)
    AND (CAST(:statuses AS text[]) IS NULL OR r.status = ANY(CAST(:statuses AS text[])))
    AND (CAST(:run_id AS bigint) IS NULL OR r.id = :run_id)
    AND (CAST(:request_id AS bigint) IS NULL OR r.request_id = :request_id)
ORDER BY r.id DESC LIMIT :limit OFFSET :offset

-- name: count_runs
-- How many runs the same filters find.
SELECT count(*) FROM job_run r
WHERE (CAST(:job_id AS text) IS NULL OR r.job_id = :job_id)
    AND (CAST(:statuses AS text[]) IS NULL OR r.status = ANY(CAST(:statuses AS text[])))

-- name: beat
-- This scheduler is alive.
INSERT INTO scheduler_heartbeat (id, host, pid, version) VALUES (:id, :host, :pid, :version)
ON CONFLICT (id) DO UPDATE SET beat_at = now()

-- name: forget_scheduler
-- This scheduler has stopped.
DELETE FROM scheduler_heartbeat WHERE id = :id

-- name: list_schedulers
-- Schedulers heard of within the last hour.
SELECT id, host, pid, version, started_at, beat_at, now() - beat_at AS silent_for
FROM scheduler_heartbeat WHERE beat_at > now() - interval '1 hour' ORDER BY started_at

-- name: find_silence
-- The last sign of any scheduler: its heartbeat, or a run that it took; one that stops in
-- good order takes its heartbeat with it.
SELECT seen.at AS began_at, now() - seen.at AS lasts
FROM (
    SELECT greatest(
        (SELECT max(beat_at) FROM scheduler_heartbeat),
        (SELECT max(greatest(started_at, finished_at)) FROM job_run WHERE started_at IS NOT NULL)
    ) AS at
) seen

-- name: forget_old_schedulers
-- Schedulers that were killed long ago.
DELETE FROM scheduler_heartbeat WHERE beat_at < now() - interval '1 day'

-- name: forget_old_runs
-- Finished runs beyond the newest of each job or older than the period, but never its last success.
DELETE FROM job_run WHERE id IN (
    SELECT id FROM (
        SELECT id, finished_at, status,
            row_number() OVER (PARTITION BY job_id ORDER BY id DESC) AS place,
            row_number() OVER (PARTITION BY job_id, status ORDER BY id DESC) AS place_in_status
        FROM job_run WHERE finished_at IS NOT NULL
    ) ranked
    WHERE (place > :most OR finished_at < now() - CAST(:older_than AS interval))
        AND NOT (status = 'succeeded' AND place_in_status = 1)
)

-- name: forget_old_requests
-- Requests whose runs are gone.
DELETE FROM job_request q WHERE requested_at < now() - CAST(:older_than AS interval)
    AND NOT EXISTS (SELECT FROM job_run r WHERE r.request_id = q.id)

-- name: notify
-- Tell every scheduler, when the transaction commits.
SELECT pg_notify(:channel, :payload)

-- name: count_unfinished_by_queue
-- Runs that wait or run now.
SELECT queue, status, count(*) AS runs FROM job_run
WHERE status IN ('queued', 'running') GROUP BY queue, status

-- name: list_newest_successes
-- The end of each job's newest successful run.
SELECT j.id AS job_id, newest.finished_at
FROM job j CROSS JOIN LATERAL (
    SELECT r.finished_at FROM job_run r
    WHERE r.job_id = j.id AND r.status = 'succeeded'
    ORDER BY r.id DESC LIMIT 1
) newest
