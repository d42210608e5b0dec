-- name: insert_invitation
-- A new invitation.
INSERT INTO invitation (token_hash, role, note, invited_by, expires_at)
VALUES (:token_hash, :role, :note, :invited_by, now() + CAST(:lifetime AS interval))

-- name: list_invitations
-- Invitations that can still be used.
SELECT id, role, note, invited_by, created_at, expires_at FROM invitation
WHERE used_at IS NULL AND withdrawn_at IS NULL AND expires_at > now() ORDER BY id DESC

-- name: withdraw_invitation
-- An invitation that nobody shall use.
UPDATE invitation SET withdrawn_at = now() WHERE id = :id AND withdrawn_at IS NULL

-- name: find_invitation
-- The invitation of a token, if it can still be used.
SELECT id, role, note, invited_by, created_at, expires_at FROM invitation
WHERE token_hash = :token_hash AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > now()

-- name: use_invitation
-- Use an invitation up.
UPDATE invitation SET used_at = now()
WHERE token_hash = :token_hash AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > now()
RETURNING role, invited_by
