-- name: list_machines
-- Machines that have readings, with how far they are diagnosed.
SELECT s.id AS system_id, s.code, d.cycle_s, d.cycle_anchor_at, coalesce(d.roles, '{}') AS roles,
    coalesce(d.nominal, '{}') AS nominal, d.through_at, l.newest_at
FROM hydraulic_system s
JOIN (
    SELECT sensor.system_id, max(latest.time) AS newest_at
    FROM sensor JOIN sensor_latest latest ON latest.sensor_id = sensor.id
    GROUP BY sensor.system_id
) l ON l.system_id = s.id
LEFT JOIN diagnosis d ON d.system_id = s.id
WHERE CAST(:system_id AS int) IS NULL OR s.id = :system_id
ORDER BY s.id

-- name: note_through
-- Steps are computed up to here; and which checks could not be made.
INSERT INTO diagnosis (system_id, through_at, skipped) VALUES (:system_id, :through_at, :skipped)
ON CONFLICT (system_id) DO UPDATE SET through_at = greatest(diagnosis.through_at,
    excluded.through_at), skipped = excluded.skipped

-- name: upsert_step
-- What was measured in one step.
INSERT INTO diagnostic_step (system_id, time, step_s, state, indicators)
VALUES (:system_id, :time, :step_s, :state, :indicators)
ON CONFLICT (system_id, time) DO UPDATE SET step_s = excluded.step_s, state = excluded.state,
    indicators = excluded.indicators

-- name: load_steps
-- The steps of a machine within a span.
SELECT time, step_s, state, indicators FROM diagnostic_step
WHERE system_id = :system_id AND time >= :start_at AND time < :end_at ORDER BY time

-- name: forget_steps
-- Steps that are too old to look at.
DELETE FROM diagnostic_step WHERE time < :before

-- name: list_settings
-- What people have set about checks: of this machine, then of all.
SELECT check_id, is_enabled, warn, critical, persist_steps FROM check_setting
WHERE system_id IS NULL OR system_id = :system_id ORDER BY system_id NULLS FIRST

-- name: find_baseline
-- The active baseline of a machine.
SELECT id, from_at, to_at, detail FROM baseline WHERE system_id = :system_id AND is_active

-- name: keep_learned
-- What was learned from a span.
UPDATE baseline SET detail = :detail, steps = :steps, note = :note WHERE id = :id

-- name: upsert_health
-- How well a component is now.
INSERT INTO component_health (system_id, component, score, because, at)
VALUES (:system_id, :component, :score, :because, :at)
ON CONFLICT (system_id, component) DO UPDATE SET score = excluded.score,
    because = excluded.because, at = excluded.at

-- name: begin_run
-- A run of the diagnostics begins.
INSERT INTO diagnostic_run (kind, system_id, asked_by) VALUES (:kind, :system_id, :asked_by)
RETURNING id

-- name: end_run
-- A run has ended.
UPDATE diagnostic_run SET finished_at = now(), systems = :systems, steps = :steps,
    opened = :opened, failures = :failures WHERE id = :id

-- name: go_back
-- Diagnose again from there on.
INSERT INTO diagnosis (system_id, through_at) VALUES (:system_id, :from_at)
ON CONFLICT (system_id) DO UPDATE SET through_at = excluded.through_at
