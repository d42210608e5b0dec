-- name: insert_session
-- A new session.
INSERT INTO user_session (token_hash, user_id, expires_at, address, user_agent)
VALUES (:token_hash, :user_id, now() + CAST(:lifetime AS interval), :address, :user_agent)

-- name: find_by_token
-- The living session of a token, with its user.
SELECT CAST(s.id AS text) AS id, u.id AS user_id, u.user_name, u.full_name, u.role,
    u.must_change_password, s.address
FROM user_session s JOIN app_user u ON u.id = s.user_id
WHERE s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > now()
    AND s.last_seen_at > now() - CAST(:idle AS interval) AND u.disabled_at IS NULL

-- name: find_by_id
-- The living session of an id, with its user.
SELECT CAST(s.id AS text) AS id, u.id AS user_id, u.user_name, u.full_name, u.role,
    u.must_change_password, s.address
FROM user_session s JOIN app_user u ON u.id = s.user_id
WHERE s.id = CAST(:id AS uuid) AND s.ended_at IS NULL AND s.expires_at > now()
    AND s.last_seen_at > now() - CAST(:idle AS interval) AND u.disabled_at IS NULL

-- name: list_living
-- Which of these sessions still live.
SELECT CAST(s.id AS text) FROM user_session s JOIN app_user u ON u.id = s.user_id
WHERE s.id = ANY(CAST(:ids AS uuid[])) AND s.ended_at IS NULL AND s.expires_at > now()
    AND s.last_seen_at > now() - CAST(:idle AS interval) AND u.disabled_at IS NULL

-- name: touch_sessions
-- People did something in these sessions.
UPDATE user_session SET last_seen_at = now() WHERE id = ANY(CAST(:ids AS uuid[]))

-- name: list_sessions
-- A user's living sessions.
SELECT CAST(id AS text) AS id, created_at, last_seen_at, expires_at, address, user_agent
FROM user_session
WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > now()
    AND last_seen_at > now() - CAST(:idle AS interval)
ORDER BY last_seen_at DESC

-- name: end_session
-- End a session and tell every process when this commits.
WITH ended AS (
    UPDATE user_session SET ended_at = now()
    WHERE id = CAST(:id AS uuid) AND ended_at IS NULL
        AND user_id = coalesce(CAST(:user_id AS int), user_id)
    RETURNING id
)
SELECT CAST(pg_notify(:channel, CAST(id AS text)) AS text) FROM ended

-- name: end_sessions_of
-- End all sessions of a user but one.
WITH ended AS (
    UPDATE user_session SET ended_at = now()
    WHERE user_id = :user_id AND ended_at IS NULL
        AND id IS DISTINCT FROM CAST(:but AS uuid)
    RETURNING id
)
SELECT pg_notify(:channel, CAST(id AS text)) FROM ended

-- name: forget_sessions
-- Sessions that ended more than 30 days ago.
DELETE FROM user_session
WHERE least(coalesce(ended_at, expires_at), expires_at) < now() - interval '30 days'

-- name: forget_attempts
-- Sign-in attempts that throttle nothing any more; successes mark known addresses for 30 days.
DELETE FROM sign_in_attempt
WHERE at < now() - CASE WHEN succeeded THEN interval '30 days' ELSE interval '1 day' END

-- name: forget_invitations
-- Invitations that ended more than 30 days ago.
DELETE FROM invitation WHERE expires_at < now() - interval '30 days'
