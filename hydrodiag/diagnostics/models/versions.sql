-- name: list_versions
-- Versions of condition models, newest first: of one component, one of them, or the active ones.
SELECT id, component, kind, state, is_active, parameters, metrics, trained_on, error, acknowledged,
    created_by, created_at, changed_by, changed_at
FROM model_version
WHERE (CAST(:id AS int) IS NULL OR id = :id)
    AND (CAST(:component AS text) IS NULL OR component = :component)
    AND (NOT CAST(:only_active AS boolean) OR is_active)
ORDER BY id DESC

-- name: insert_version
-- A version that is about to be trained.
INSERT INTO model_version (component, kind, trained_on, created_by)
VALUES (:component, '', :trained_on, :created_by) RETURNING id

-- name: finish_version
-- It is trained and judged.
UPDATE model_version SET state = 'ready', kind = :kind, parameters = :parameters,
    metrics = :metrics, trained_on = trained_on || CAST(:trained_on AS jsonb), changed_at = now()
WHERE id = :id

-- name: fail_version
-- It could not be trained.
UPDATE model_version SET state = 'failed', error = :error, changed_at = now() WHERE id = :id

-- name: fail_abandoned
-- Versions whose training ended without a word: only one trains at a time.
UPDATE model_version SET state = 'failed', error = :error, changed_at = now()
WHERE state = 'training'

-- name: retire_versions
-- No version of the component judges any more.
UPDATE model_version SET is_active = false, changed_by = :changed_by, changed_at = now()
WHERE component = :component AND is_active

-- name: activate_version
-- This one judges from now on.
UPDATE model_version SET is_active = true, acknowledged = :acknowledged, changed_by = :changed_by,
    changed_at = now()
WHERE id = :id AND state = 'ready'

-- name: delete_version
-- One version; the active one stays.
DELETE FROM model_version WHERE id = :id AND NOT is_active RETURNING id
