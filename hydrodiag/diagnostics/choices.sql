-- name: retire_baseline
-- The machine's baseline is held against no longer.
UPDATE baseline SET is_active = false WHERE system_id = :system_id AND is_active

-- name: insert_baseline
-- A healthy span that somebody stands for; learned from by the next run.
INSERT INTO baseline (system_id, from_at, to_at, is_active, note, confirmed_by)
VALUES (:system_id, :from_at, :to_at, true, '', :confirmed_by) RETURNING id

-- name: list_baselines
-- A machine's healthy spans, the newest first.
SELECT id, system_id, from_at, to_at, is_active, steps, note, confirmed_by, created_at,
    detail <> CAST('{}' AS jsonb) AS is_learned
FROM baseline WHERE system_id = :system_id ORDER BY id DESC

-- name: activate_baseline
-- Hold the machine against this one again.
UPDATE baseline SET is_active = true WHERE id = :id AND system_id = :system_id RETURNING id

-- name: keep_check_setting
-- What differs from the catalogue, for a machine or for all.
INSERT INTO check_setting (system_id, check_id, is_enabled, warn, critical, persist_steps, reason,
    changed_by, changed_at)
VALUES (:system_id, :check_id, :is_enabled, :warn, :critical, :persist_steps, :reason,
    :changed_by, now())
ON CONFLICT (system_id, check_id) DO UPDATE SET is_enabled = excluded.is_enabled,
    warn = excluded.warn, critical = excluded.critical, persist_steps = excluded.persist_steps,
    reason = excluded.reason, changed_by = excluded.changed_by, changed_at = now()

-- name: drop_check_setting
-- As in the catalogue again.
DELETE FROM check_setting
WHERE check_id = :check_id AND system_id IS NOT DISTINCT FROM CAST(:system_id AS int)

-- name: list_check_settings
-- All that differs from the catalogue, with the machine's code.
SELECT c.system_id, s.code AS system_code, c.check_id, c.is_enabled, c.warn, c.critical,
    c.persist_steps, c.reason, c.changed_by, c.changed_at
FROM check_setting c LEFT JOIN hydraulic_system s ON s.id = c.system_id
ORDER BY c.check_id, s.code NULLS FIRST

-- name: keep_diagnosis
-- How a machine is diagnosed.
INSERT INTO diagnosis (system_id, nominal, roles, through_at, changed_by)
VALUES (:system_id, :nominal, :roles, :through_at, :changed_by)
ON CONFLICT (system_id) DO UPDATE SET nominal = excluded.nominal, roles = excluded.roles,
    through_at = coalesce(diagnosis.through_at, excluded.through_at),
    changed_by = excluded.changed_by, changed_at = now()

-- name: find_diagnosis
-- How a machine is diagnosed, and which checks could not be made.
SELECT nominal, roles, through_at, skipped FROM diagnosis WHERE system_id = :system_id

-- name: list_health
-- How well each component is, of one machine or of all.
SELECT system_id, component, score, because, at FROM component_health
WHERE CAST(:system_id AS int) IS NULL OR system_id = :system_id ORDER BY system_id, component

-- name: insert_maintenance
-- What somebody has done to a machine.
INSERT INTO maintenance_event (system_id, component, at, kind, text, author)
VALUES (:system_id, :component, :at, :kind, :text, :author) RETURNING id

-- name: list_maintenance
-- What has been done to a machine, the newest first.
SELECT id, system_id, component, at, kind, text, author FROM maintenance_event
WHERE system_id = :system_id
    AND (CAST(:from_at AS timestamptz) IS NULL OR at >= :from_at)
    AND (CAST(:until_at AS timestamptz) IS NULL OR at < :until_at)
ORDER BY at DESC LIMIT :limit

-- name: set_cycles
-- Diagnose this machine by working cycles, from its first one on.
INSERT INTO diagnosis (system_id, cycle_s, cycle_anchor_at, through_at, changed_by)
VALUES (:system_id, :cycle_s, :anchor_at, :anchor_at, :changed_by)
ON CONFLICT (system_id) DO UPDATE SET cycle_s = excluded.cycle_s,
    cycle_anchor_at = excluded.cycle_anchor_at, changed_by = excluded.changed_by, changed_at = now()
