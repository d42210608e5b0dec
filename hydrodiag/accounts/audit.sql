-- name: insert_event
-- An event of the audit log.
INSERT INTO audit_event (actor, actor_role, address, action, subject, outcome, detail)
VALUES (:actor, :actor_role, :address, :action, :subject, :outcome, CAST(:detail AS jsonb))

-- name: list_events
-- Events that match, newest first.
SELECT id, at, actor, actor_role, address, action, subject, outcome, detail FROM audit_event
WHERE (CAST(:actor AS text) = '' OR strpos(lower(actor), lower(:actor)) > 0)
    AND (CAST(:action AS text) = '' OR strpos(lower(action), lower(:action)) > 0)
    AND (CAST(:subject AS text) = '' OR strpos(lower(subject), lower(:subject)) > 0)
    AND (CAST(:outcome AS text) = '' OR outcome = :outcome)
    AND at >= coalesce(CAST(:since AS timestamptz), '-infinity')
    AND at < coalesce(CAST(:until AS timestamptz), 'infinity')
ORDER BY id DESC LIMIT :limit OFFSET :offset

-- name: count_events
-- How many events match.
SELECT count(*) FROM audit_event
WHERE (CAST(:actor AS text) = '' OR strpos(lower(actor), lower(:actor)) > 0)
    AND (CAST(:action AS text) = '' OR strpos(lower(action), lower(:action)) > 0)
    AND (CAST(:subject AS text) = '' OR strpos(lower(subject), lower(:subject)) > 0)
    AND (CAST(:outcome AS text) = '' OR outcome = :outcome)
    AND at >= coalesce(CAST(:since AS timestamptz), '-infinity')
    AND at < coalesce(CAST(:until AS timestamptz), 'infinity')
