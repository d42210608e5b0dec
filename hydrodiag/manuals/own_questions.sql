-- name: list_questions
-- All of them, the newest first, with the title of the manual that answers.
SELECT q.id, q.question, q.document_id, d.title, q.pages, q.created_by, q.created_at
FROM evaluation_question q LEFT JOIN document d ON d.id = q.document_id
ORDER BY q.id DESC

-- name: insert_question
-- One question; no row where it is known with this manual and these pages.
INSERT INTO evaluation_question (question, language, document_id, pages, created_by)
SELECT :question, :language, CAST(:document_id AS int), CAST(:pages AS int[]), :created_by
WHERE NOT EXISTS (
    SELECT FROM evaluation_question WHERE question = :question AND pages = CAST(:pages AS int[])
        AND document_id IS NOT DISTINCT FROM CAST(:document_id AS int))
RETURNING id

-- name: delete_question
-- One question.
DELETE FROM evaluation_question WHERE id = :id
