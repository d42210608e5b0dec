-- name: forget
-- What was foretold of a machine.
DELETE FROM forecast WHERE system_id = :system_id

-- name: keep
-- When a check's value will reach its next limit.
INSERT INTO forecast (system_id, check_id, limit_kind, limit_value, value, slope_per_day,
    reaches_at, earliest_at, latest_at, span_days, told_at)
VALUES (:system_id, :check_id, :limit_kind, :limit_value, :value, :slope_per_day, :reaches_at,
    :earliest_at, :latest_at, :span_days, :told_at)

-- name: list
-- What is foretold, the soonest first: of one machine, or of all.
SELECT f.system_id, s.code, f.check_id, f.limit_kind, f.limit_value, f.value, f.slope_per_day,
    f.reaches_at, f.earliest_at, f.latest_at, f.span_days, f.told_at
FROM forecast f JOIN hydraulic_system s ON s.id = f.system_id
WHERE CAST(:system_id AS int) IS NULL OR f.system_id = :system_id
ORDER BY f.reaches_at, s.code, f.check_id
