-- name: list_findings
-- Findings that fit, the worst and newest first.
SELECT f.id, f.system_id, s.code AS system_code, s.name AS system_name, s.site, f.component,
    f.mode, f.severity, f.status, f.confidence, f.title, f.explanation, f.evidence, f.action,
    f.manual_query, f.parent_id, f.since_at, f.opened_at, f.last_seen_at, f.cleared_at,
    f.resolved_at, f.assigned_to, f.assigned_name,
    f.snoozed_until_at
FROM finding f
JOIN hydraulic_system s ON s.id = f.system_id
WHERE (CAST(:id AS int) IS NULL OR f.id = :id)
    AND (CAST(:system_id AS int) IS NULL OR f.system_id = :system_id)
    AND (CAST(:statuses AS text[]) IS NULL OR f.status = ANY(CAST(:statuses AS text[])))
    AND (CAST(:system_code AS text) = '' OR s.code = :system_code)
    AND f.severity >= :least
    AND (CAST(:assigned_to AS int) IS NULL OR f.assigned_to = :assigned_to)
    AND (CAST(:from_at AS timestamptz) IS NULL OR f.resolved_at IS NULL OR f.resolved_at >= :from_at)
    AND (CAST(:until_at AS timestamptz) IS NULL OR f.since_at < :until_at)
    AND (CAST(:is_quiet AS boolean) OR f.snoozed_until_at IS NULL OR f.snoozed_until_at < now())
    AND (CAST(:words AS text) = ''
        OR concat_ws(' ', s.code, s.name, s.site, f.component, f.title) ILIKE :pattern)
ORDER BY f.severity DESC, f.parent_id NULLS FIRST, f.last_seen_at DESC, f.id DESC LIMIT :limit

-- name: lock_ongoing
-- The findings of a machine that are not over, and those that ended lately, locked.
SELECT id, component, mode, severity, status, since_at, last_seen_at, cleared_at, resolved_at,
    confidence, explanation, evidence
FROM finding
WHERE system_id = :system_id
    AND (status IN ('open', 'acknowledged', 'in_work') OR resolved_at > :ended_after)
ORDER BY id FOR UPDATE

-- name: insert_finding
-- A new finding.
INSERT INTO finding (system_id, component, mode, severity, confidence, title, explanation,
    evidence, action, manual_query, parent_id, since_at, opened_at, last_seen_at)
VALUES (:system_id, :component, :mode, :severity, :confidence, :title, :explanation,
    :evidence, :action, :manual_query, :parent_id, :since_at, :opened_at, :last_seen_at)
RETURNING id

-- name: update_finding
-- What the newest assessment says of it.
UPDATE finding SET severity = :severity, confidence = :confidence, title = :title,
    explanation = :explanation, evidence = :evidence, action = :action,
    manual_query = :manual_query, parent_id = :parent_id, since_at = least(since_at, :since_at),
    last_seen_at = :last_seen_at, cleared_at = :cleared_at, changed_at = now()
WHERE id = :id

-- name: clear_finding
-- It is not seen any more, from this step on.
UPDATE finding SET cleared_at = :cleared_at, changed_at = now() WHERE id = :id

-- name: move_finding
-- Another status.
UPDATE finding SET status = :status, resolved_at = :resolved_at, cleared_at = :cleared_at,
    snoozed_until_at = NULL, changed_at = now()
WHERE id = :id

-- name: assign_finding
-- Who takes care of it.
UPDATE finding SET assigned_to = :assigned_to, assigned_name = :assigned_name, changed_at = now() WHERE id = :id RETURNING id

-- name: snooze_finding
-- Left out of the list until then.
UPDATE finding SET snoozed_until_at = :until_at, changed_at = now() WHERE id = :id RETURNING id

-- name: insert_event
-- Something that happened to a finding.
INSERT INTO finding_event (finding_id, author, kind, text, detail)
VALUES (:finding_id, :author, :kind, :text, :detail)

-- name: list_events
-- All that happened to a finding, oldest first.
SELECT id, at, author, kind, text, detail FROM finding_event
WHERE finding_id = :finding_id ORDER BY id

-- name: insert_attachment
-- A file beside a finding.
INSERT INTO finding_attachment (finding_id, file_name, size_bytes, content, uploaded_by)
VALUES (:finding_id, :file_name, :size_bytes, :content, :uploaded_by) RETURNING id

-- name: list_attachments
-- The files beside a finding.
SELECT id, file_name, size_bytes, uploaded_by, uploaded_at FROM finding_attachment
WHERE finding_id = :finding_id ORDER BY id

-- name: load_attachment
-- One file, byte for byte.
SELECT content FROM finding_attachment WHERE id = :id

-- name: count_ongoing
-- How many findings are not over, a row a severity.
SELECT severity, count(*) AS n FROM finding
WHERE status IN ('open', 'acknowledged', 'in_work') GROUP BY severity

-- name: list_worst
-- The worst finding that is not over, a row a machine, with the first of its evidence.
SELECT DISTINCT ON (system_id) system_id, id, severity, title, component, since_at,
    evidence -> 0 AS evidence, count(*) OVER (PARTITION BY system_id) AS n
FROM finding WHERE status IN ('open', 'acknowledged', 'in_work')
ORDER BY system_id, severity DESC, parent_id NULLS FIRST, last_seen_at DESC

-- name: insert_proposal
-- What a false alarm suggests.
INSERT INTO check_proposal (system_id, check_id, finding_id, proposed, reason)
VALUES (:system_id, :check_id, :finding_id, :proposed, :reason)

-- name: list_proposals
-- Proposals that nobody has decided about.
SELECT p.id, p.system_id, s.code AS system_code, p.check_id, p.finding_id, p.proposed, p.reason,
    p.created_at
FROM check_proposal p JOIN hydraulic_system s ON s.id = p.system_id
WHERE p.decision = '' ORDER BY p.id

-- name: decide_proposal
-- Somebody has decided.
UPDATE check_proposal SET decision = :decision, decided_by = :decided_by, decided_at = now()
WHERE id = :id AND decision = ''
RETURNING system_id, check_id, proposed, reason

-- name: list_ongoing_levels
-- The levels of a machine's findings that are not over and not cleared.
SELECT component, mode, severity FROM finding
WHERE system_id = :system_id AND status IN ('open', 'acknowledged', 'in_work')
    AND cleared_at IS NULL
