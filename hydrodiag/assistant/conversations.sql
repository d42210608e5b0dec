-- name: insert_conversation
-- A new conversation of a user.
INSERT INTO conversation (user_id, scope) VALUES (:user_id, :scope) RETURNING id

-- name: list_conversations
-- A user's conversations, newest first; with words: those that hold them all somewhere.
SELECT c.id, c.title, c.scope, c.created_at, c.changed_at
FROM conversation c
WHERE c.user_id = :user_id AND (CAST(:words AS text) = '' OR c.title ILIKE :pattern OR EXISTS (
    SELECT FROM message m WHERE m.conversation_id = c.id AND m.text ILIKE :pattern))
ORDER BY c.changed_at DESC, c.id DESC LIMIT :limit

-- name: find_conversation
-- One conversation, if it is this user's.
SELECT id, title, scope, created_at, changed_at FROM conversation
WHERE id = :id AND user_id = :user_id

-- name: rename_conversation
-- Another title.
UPDATE conversation SET title = :title WHERE id = :id AND user_id = :user_id RETURNING id

-- name: scope_conversation
-- Search elsewhere from now on.
UPDATE conversation SET scope = :scope WHERE id = :id AND user_id = :user_id RETURNING id

-- name: delete_conversation
-- With all its messages.
DELETE FROM conversation WHERE id = :id AND user_id = :user_id RETURNING id

-- name: list_messages
-- The messages of a conversation, oldest first, with what its user thinks of each answer.
SELECT m.id, m.role, m.text, m.state, m.detail, m.created_at, f.is_helpful, f.reason
FROM message m JOIN conversation c ON c.id = m.conversation_id
LEFT JOIN message_feedback f ON f.message_id = m.id AND f.user_id = c.user_id
WHERE m.conversation_id = :id AND c.user_id = :user_id
ORDER BY m.id

-- name: insert_message
-- One message; the conversation moves to the top and takes its first question as its title.
WITH moved AS (
    UPDATE conversation SET changed_at = now(),
        title = CASE WHEN title = '' AND :role = 'question' THEN left(:text, 80) ELSE title END
    WHERE id = :conversation_id AND user_id = :user_id RETURNING id)
INSERT INTO message (conversation_id, role, text, state, detail)
SELECT id, :role, :text, :state, :detail FROM moved RETURNING id

-- name: count_questions
-- How many questions a user has asked since then.
SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE c.user_id = :user_id AND m.role = 'question' AND m.created_at > :since

-- name: keep_feedback
-- What a user thinks of an answer of their own conversation.
INSERT INTO message_feedback (message_id, user_id, is_helpful, reason)
SELECT m.id, c.user_id, :is_helpful, :reason
FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.id = :message_id AND c.user_id = :user_id AND m.role = 'answer'
ON CONFLICT (message_id, user_id) DO UPDATE SET is_helpful = excluded.is_helpful,
    reason = excluded.reason, created_at = now(), reviewed_by = NULL, reviewed_at = NULL
RETURNING message_id

-- name: list_feedback
-- Answers that people have judged, those not reviewed first.
SELECT a.id AS message_id, q.text AS question, a.text AS answer, a.detail, f.is_helpful, f.reason,
    u.user_name, f.created_at, f.reviewed_by, f.reviewed_at
FROM message_feedback f
JOIN message a ON a.id = f.message_id
JOIN app_user u ON u.id = f.user_id
JOIN LATERAL (
    SELECT text FROM message m WHERE m.conversation_id = a.conversation_id
        AND m.role = 'question' AND m.id < a.id ORDER BY m.id DESC LIMIT 1
) q ON true
WHERE NOT CAST(:only_open AS boolean) OR f.reviewed_at IS NULL
ORDER BY f.reviewed_at IS NOT NULL, f.created_at DESC LIMIT :limit

-- name: note_review
-- An engineer has dealt with it.
UPDATE message_feedback SET reviewed_by = :reviewed_by, reviewed_at = now()
WHERE message_id = :message_id

-- name: keep_approved
-- An answer that an engineer stands for.
INSERT INTO approved_answer (question, question_key, text, detail, approved_by)
VALUES (:question, :question_key, :text, :detail, :approved_by)
ON CONFLICT (question_key) DO UPDATE SET question = excluded.question, text = excluded.text,
    detail = excluded.detail, approved_by = excluded.approved_by, approved_at = now()

-- name: find_approved
-- The approved answer of a question.
SELECT id, question, text, detail, approved_by, approved_at, used FROM approved_answer
WHERE question_key = :question_key

-- name: count_use
-- It has been shown once more.
UPDATE approved_answer SET used = used + 1 WHERE id = :id

-- name: list_approved
-- All of them, the most used first.
SELECT id, question, text, detail, approved_by, approved_at, used FROM approved_answer
ORDER BY used DESC, id

-- name: list_standing
-- Those of these chunks that are in the newest file of their manual that has been read.
SELECT c.id FROM document_chunk c JOIN document_revision r ON r.id = c.revision_id
WHERE c.id = ANY(CAST(:ids AS bigint[])) AND NOT EXISTS (
    SELECT FROM document_revision newer
    WHERE newer.document_id = r.document_id AND newer.id > r.id AND newer.status = 'read')

-- name: delete_approved
-- It holds no more.
DELETE FROM approved_answer WHERE id = :id RETURNING id

-- name: list_frequent
-- What has been asked most since then, whoever asked.
SELECT min(m.text) AS question, count(*) AS times
FROM message m WHERE m.role = 'question' AND m.created_at > :since
GROUP BY lower(regexp_replace(m.text, '\W+', ' ', 'g'))
HAVING count(*) > 1 ORDER BY times DESC, question LIMIT :limit

-- name: list_asked
-- Questions of all users since then with how they were answered, the newest first.
SELECT u.user_name, q.text AS question, q.created_at AS asked_at, a.state, a.detail, f.is_helpful
FROM message a
JOIN conversation c ON c.id = a.conversation_id
JOIN app_user u ON u.id = c.user_id
LEFT JOIN message_feedback f ON f.message_id = a.id
JOIN LATERAL (
    SELECT text, created_at FROM message m WHERE m.conversation_id = a.conversation_id
        AND m.role = 'question' AND m.id < a.id ORDER BY m.id DESC LIMIT 1
) q ON true
WHERE a.role = 'answer' AND a.created_at > :since AND (
    NOT CAST(:only_weak AS boolean) OR a.state = 'interrupted' OR f.is_helpful IS FALSE
    OR coalesce(CAST(a.detail ->> 'is_refusal' AS boolean), false)
    OR coalesce(CAST(a.detail ->> 'unsupported' AS int), 0) > 0)
ORDER BY a.id DESC LIMIT :limit
