-- name: lock_owner
-- Whoever changes their views, locked: what is counted or looked up next stays true.
SELECT id FROM app_user WHERE id = :owner_id FOR NO KEY UPDATE

-- name: count_other_views
-- How many views with other names somebody has.
SELECT count(*) FROM saved_view
WHERE owner_id = :owner_id AND name IS NOT NULL AND name <> :name

-- name: save_view
-- A new view, or the owner's view of that name anew.
INSERT INTO saved_view (token, name, params, owner_id, is_shared)
VALUES (:token, :name, CAST(:params AS jsonb), :owner_id, :is_shared)
ON CONFLICT (owner_id, name)
    DO UPDATE SET params = EXCLUDED.params, is_shared = EXCLUDED.is_shared
RETURNING token

-- name: list_views
-- Somebody's own views, then those that others share.
SELECT view.id, view.token, view.name, view.owner_id,
    coalesce(nullif(person.full_name, ''), person.user_name) AS owner_name,
    view.is_shared, view.created_at, view.used_at
FROM saved_view AS view JOIN app_user AS person ON person.id = view.owner_id
WHERE view.name IS NOT NULL AND (view.owner_id = :user_id OR view.is_shared)
ORDER BY view.owner_id <> :user_id, lower(view.name), view.id

-- name: open_view
-- What a token stands for, if this person may open it; the use is noted.
UPDATE saved_view SET used_at = now()
WHERE token = :token AND (name IS NULL OR is_shared OR owner_id = :user_id)
RETURNING params

-- name: is_name_taken
-- Whether another view of this owner has the name.
SELECT EXISTS (
    SELECT FROM saved_view WHERE owner_id = :owner_id AND name = :name AND id <> :id
)

-- name: rename_view
-- Another name for one's own view.
UPDATE saved_view SET name = :name
WHERE id = :id AND owner_id = :owner_id AND name IS NOT NULL
RETURNING id

-- name: share_view
-- Whether everybody sees one's own view.
UPDATE saved_view SET is_shared = :is_shared
WHERE id = :id AND owner_id = :owner_id AND name IS NOT NULL
RETURNING id

-- name: delete_view
-- One's own view, or one that everybody sees.
DELETE FROM saved_view
WHERE id = :id AND name IS NOT NULL
    AND (owner_id = :owner_id OR (is_shared AND CAST(:may_delete_shared AS boolean)))
RETURNING id

-- name: find_short_link
-- The owner's short link to exactly these parameters; that it was asked for again is noted.
UPDATE saved_view SET used_at = now()
WHERE owner_id = :owner_id AND name IS NULL AND params = CAST(:params AS jsonb)
RETURNING token

-- name: drop_oldest_short_links
-- All of an owner's short links but those used last.
DELETE FROM saved_view WHERE id IN (
    SELECT id FROM saved_view WHERE owner_id = :owner_id AND name IS NULL
    ORDER BY coalesce(used_at, created_at) DESC, id DESC OFFSET :kept
)

-- name: insert_short_link
-- A short link.
INSERT INTO saved_view (token, params, owner_id)
VALUES (:token, CAST(:params AS jsonb), :owner_id)
